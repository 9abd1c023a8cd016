"""The guard, with real processes that are really killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.guard import Guard
from tests.support.waiting import eventually, gone

ROOT = Path(__file__).parents[2]

# Starts two children (one deaf to TERM), a grandchild and a directory with a file, tells their names, and waits.
PARENT = """
import subprocess, sys, tempfile, time
from pathlib import Path
from local.guard import Guard

guard = Guard(grace_seconds=0.3)
directory = Path(tempfile.mkdtemp(prefix="guarded-"))
guard.watch_directory(directory)
(directory / "data").mkdir()
(directory / "data" / "file").write_text("something")
SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
FAMILY = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', %r]); print(p.pid, flush=True); p.wait()"
deaf = subprocess.Popen([sys.executable, "-c", DEAF], start_new_session=True, stdout=subprocess.PIPE)
guard.watch_process(deaf.pid)
deaf.stdout.readline()
family = subprocess.Popen([sys.executable, "-c", FAMILY % SLEEP], start_new_session=True, stdout=subprocess.PIPE)
guard.watch_process(family.pid)
grandchild = int(family.stdout.readline())
print(guard.pid, deaf.pid, family.pid, grandchild, directory, flush=True)
time.sleep(60)
"""


def sleeper() -> subprocess.Popen[bytes]:
    """Start a process that does nothing for a minute."""
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)


def test_nothing_is_left_after_the_parent_was_killed() -> None:
    """After `kill -9` of the parent its children, theirs, its directory and the guard itself are gone."""
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        *pids, directory = parent.stdout.readline().split()
        guard, *children = map(int, pids)
        assert Path(directory).is_dir()
        # What a terminal or a service manager would send on the way must not end the guard before its work.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(guard, number)
        assert not any(map(gone, [guard, *children]))
        parent.kill()
    assert eventually(lambda: all(map(gone, [guard, *children])))
    assert not Path(directory).exists()


def test_closing_ends_and_removes_at_once(tmp_path: Path) -> None:
    """Leaving the context returns when the watched process has ended and the directory is gone."""
    directory = tmp_path / "data"
    directory.mkdir()
    with Guard() as guard, sleeper() as process:
        guard.watch_process(process.pid)
        guard.watch_directory(directory)
        guard.close()
        assert process.wait(timeout=10) == -signal.SIGTERM
        assert not directory.exists()


def test_a_forgotten_process_lives_on() -> None:
    """A process that was forgotten is not touched."""
    with sleeper() as process:
        with Guard() as guard:
            guard.watch_process(process.pid)
            guard.forget(process.pid)
        assert process.poll() is None
        process.kill()


def test_a_process_that_took_over_a_number_lives_on() -> None:
    """A watched number that by now belongs to a younger process is left alone."""
    with sleeper() as process:
        with Guard() as guard:
            guard._tell({"watch": process.pid, "born": "1"})
        assert process.poll() is None
        process.kill()


def test_a_directory_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """The guard takes only empty directories, so that a wrong path cannot cost anybody's files."""
    (tmp_path / "letter").touch()
    with Guard() as guard, pytest.raises(ValueError, match="not an empty directory"):
        guard.watch_directory(tmp_path)
    assert (tmp_path / "letter").exists()
