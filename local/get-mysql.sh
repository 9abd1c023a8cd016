#!/usr/bin/env bash
# Puts a real MySQL server under DIRECTORY without touching the system: Debian's own packages (from its unstable suite,
# signatures checked by apt), unpacked, and a wrapper DIRECTORY/bin/mysqld that runs the server with its own libraries.
# usage: local/get-mysql.sh DIRECTORY     (cannot be moved afterwards; does nothing where it is complete)
set -euo pipefail
target=$(realpath -m "${1:?usage: get-mysql.sh DIRECTORY}")
fail() { printf 'get-mysql: %s\nremedy: %s\n' "$1" "$2" >&2; exit 1; }

mkdir -p "$(dirname "$target")"
exec 9>"$target.lock"
flock 9  # a second run waits, and then finds everything there
if [ -x "$target/bin/mysqld" ] && "$target/bin/mysqld" --no-defaults --version >/dev/null 2>&1; then exit 0; fi
for tool in apt-get apt-cache dpkg; do
  command -v "$tool" >/dev/null || fail "$tool is not here" "use a Debian or Ubuntu machine, or install mysqld yourself so that it is on PATH"
done

keyring=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
mirror=${DEBIAN_MIRROR:-$(
  { sed -n 's/^URIs:[[:space:]]*//p' /etc/apt/sources.list.d/*.sources; awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) print $i }' /etc/apt/sources.list; } 2>/dev/null |
    grep -E '/debian/?$' | head -n 1 || true
)}
[ -n "$mirror" ] || fail "no Debian mirror is named in apt's sources" "set DEBIAN_MIRROR to one"
[ -r "$keyring" ] || fail "Debian's keyring is not at $keyring" "apt-get install debian-archive-keyring"

# An apt of its own, with no package installed: what it downloads is complete, and the system's apt is not asked.
rm -rf "$target"
apt_state=$target/apt root=$target/root debs=$target/debs
mkdir -p "$apt_state"/{lists/partial,cache/archives/partial,state} "$debs" "$root" "$target/bin"
: > "$apt_state/state/status"
echo "deb [signed-by=$keyring] $mirror ${MYSQL_SUITE:-sid} main" > "$apt_state/sources.list"
options=(
  -qq -oDir::Etc::SourceList="$apt_state/sources.list" -oDir::Etc::SourceParts=/dev/null
  -oDir::Etc::PreferencesParts=/dev/null -oDir::State::Lists="$apt_state/lists" -oDir::State::Status="$apt_state/state/status"
  -oDir::Cache="$apt_state/cache" -oAcquire::Languages=none -oAcquire::PDiffs=false -oAcquire::Retries=3
  -oAcquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false -oAPT::Sandbox::User=root -oAPT::Install-Recommends=0
)
apt-get "${options[@]}" update

# The server and the libraries that it needs, however deep; not perl and the like, which only its scripts need.
mapfile -t wanted < <(
  apt-cache "${options[@]}" depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances mysql-server-core |
    awk '/^[^ ]/ { package = $1 }
         /^  Depends: (lib[^ ]*|zlib1g)(:any)?$/ { sub(/:any$/, "", $2); needs[package] = needs[package] " " $2 }
         END {
           list[1] = "mysql-server-core"; count = 1
           for (at = 1; at <= count; at++) {
             if (list[at] in seen) continue
             seen[list[at]] = 1; print list[at]
             found = split(needs[list[at]], names, " ")
             for (n = 1; n <= found; n++) list[++count] = names[n]
           }
         }'
)
(cd "$debs" && apt-get "${options[@]}" download "${wanted[@]}")
for package in "$debs"/*.deb; do dpkg -x "$package" "$root"; done
rm -rf "$debs" "$apt_state"

loader=$(find "$root" -name 'ld-linux-*.so*' -type f | head -n 1)
[ -n "$loader" ] || fail "the packages hold no loader" "report the output of: apt-cache depends mysql-server-core"
libraries=$(dirname "$loader"):$root/usr/lib:$root/usr/lib/mysql/private
cat > "$target/bin/mysqld" <<WRAPPER
#!/bin/sh
# Runs the unpacked server with its own loader and libraries.
first=; case "\${1:-}" in --no-defaults|--defaults-file=*) first=\$1; shift ;; esac
exec '$loader' --library-path '$libraries' '$root/usr/sbin/mysqld' \$first --basedir='$root/usr' \\
  --lc-messages-dir='$root/usr/share/mysql' --character-sets-dir='$root/usr/share/mysql/charsets' \\
  --plugin-dir='$root/usr/lib/mysql/plugin' --secure-file-priv=NULL "\$@"
WRAPPER
chmod +x "$target/bin/mysqld"
"$target/bin/mysqld" --no-defaults --version
