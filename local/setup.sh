#!/usr/bin/env bash
# Sets up this checkout: Python 3.13, the locked packages in .venv, and a database server. Quick when all is there.
# usage: local/setup.sh any|all   (any: one MySQL-family server is enough; all: MariaDB and MySQL, as the tests need)
set -euo pipefail
cd "$(dirname "$0")/.."
servers=${1:?usage: local/setup.sh any|all}
UV_VERSION=0.13.9
export UV_SYSTEM_CERTS=true  # trust what this machine trusts; companies often have an authority of their own
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME
PATH=${PATH//"$PWD/.venv/bin:"/}  # the link to uv in there is made below

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$1"; say "remedy: $2"; exit 1; }

python313() { # prints a Python 3.13, from PATH or pyenv; fails when there is none
  local candidate
  for candidate in python3.13 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*/bin/python python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  return 1
}

if command -v uv >/dev/null 2>&1; then
  uv=$(command -v uv)
else
  uv=$PWD/build/uv/bin/uv
  if ! "$uv" --version >/dev/null 2>&1; then
    starter=$(python313 || command -v python3) ||
      fail "no Python was found" "install Python 3.11 or newer, for example: apt-get install python3 python3-venv"
    say "installing uv $UV_VERSION (once)"
    rm -rf build/uv
    "$starter" -m venv build/uv >/dev/null 2>&1 ||
      fail "$starter cannot make a virtual environment" "install its venv module, for example: apt-get install python3-venv"
    build/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" ||
      fail "uv could not be installed" "check that the Python package index can be reached, then run the same command again"
  fi
fi

quiet=--quiet
if [ ! -x .venv/bin/python ] || [ uv.lock -nt .venv/.set-up ]; then
  quiet=
  say "installing the locked packages into .venv"
fi
"$uv" sync --frozen $quiet --python "$(python313 || echo 3.13)" ||
  fail "the locked packages could not be installed" "check that the Python package index can be reached; with no Python 3.13 on this machine uv has to download one: install python3.13 or a pyenv 3.13 instead"
touch .venv/.set-up
ln -sf "$uv" .venv/bin/uv 2>/dev/null || true  # the layer's build asks for uv by name

.venv/bin/python -m local.database install "$servers"
