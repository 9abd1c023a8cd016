"""The guard: a small process that ends and removes what we started, however we end.

It receives process ids and directories through a pipe. The pipe closes when the process that holds it is gone, also
after `kill -9`; then the guard ends the processes, removes the directories and exits. Run as a program, this file is
the guard itself, so it uses the standard library only.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Self, cast

_AFTER_KILL_SECONDS = 5.0
_POLL_SECONDS = 0.02


class Guard:
    """Our end of the pipe. Tell it of each process and directory as soon as it exists.

    Leaving the context does at once what the guard would do after a crash. Methods may be called from any thread.
    `grace_seconds` is what a process gets between TERM and KILL: enough for a database to stop cleanly.
    """

    def __init__(self, *, grace_seconds: float = 5.0) -> None:
        self._grace_seconds = grace_seconds
        self._lock = threading.Lock()
        hears, tells = os.pipe()
        command = [sys.executable, "-I", __file__, str(grace_seconds)]
        with os.fdopen(hears, "rb") as ear:
            # A session of its own: Ctrl-C in a terminal goes to everything that the terminal started.
            self._process = subprocess.Popen(
                command, stdin=ear, stdout=subprocess.PIPE, start_new_session=True, cwd="/"
            )
        with cast("IO[bytes]", self._process.stdout) as said:
            if not said.readline():
                raise RuntimeError("the guard did not start; its reason is on standard error")
        self._pipe = os.fdopen(tells, "wb", buffering=0)
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def watch_process(self, pid: int) -> None:
        """End this process and its group with us. It has to lead a group (`start_new_session=True`)."""
        self._tell({"watch": pid, "born": _birth(pid)})

    def forget(self, pid: int) -> None:
        """Stop watching a process that has ended: its number may be given to another."""
        # Without the guard there is nothing to forget.
        with contextlib.suppress(ValueError, BrokenPipeError):
            self._tell({"forget": pid})

    def watch_directory(self, path: Path) -> None:
        """Remove this directory with us. It has to be empty now: one with content may belong to another program."""
        if path.is_symlink() or any(path.iterdir()):
            raise ValueError(f"{path} is not an empty directory, so it will not be given to the guard")
        self._tell({"directory": str(path.resolve())})

    def close(self) -> None:
        """End and remove everything that is still watched; return when that is done."""
        with self._lock:
            self._pipe.close()
        self._process.wait(timeout=self._grace_seconds + 2 * _AFTER_KILL_SECONDS)

    def _tell(self, message: dict[str, object]) -> None:
        with self._lock:
            self._pipe.write(json.dumps(message).encode() + b"\n")


def _birth(pid: int) -> str | None:
    """Return what tells this process from a later one with the same number; None where it is gone or unknown."""
    fields = _status(pid)
    return fields[19] if fields else None


def _status(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the state on (proc(5)); None for no such process, or no such system."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name before it stands in brackets and may hold anything.
    return text.rpartition(")")[2].split()


def _runs(pid: int, born: str | None) -> bool:
    """Whether this very process has not ended; one that only waits to be collected by its parent has."""
    if fields := _status(pid):
        return fields[19] == born and fields[0] not in "ZX"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _signal(processes: dict[int, str | None], number: signal.Signals) -> None:
    for pid, born in processes.items():
        # Where the leader has ended its children may have stayed, under its number.
        if _birth(pid) in (None, born):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)


def _wait(processes: dict[int, str | None], seconds: float) -> None:
    end = time.monotonic() + seconds
    while any(_runs(pid, born) for pid, born in processes.items()) and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)


def _remove(directory: str) -> None:
    # A process that is just ending may still write; a few rounds are enough.
    for _ in range(10):
        shutil.rmtree(directory, ignore_errors=True)
        if not Path(directory).exists():
            return
        time.sleep(_POLL_SECONDS)


def _keep_watch(grace_seconds: float) -> None:
    """Be the guard: listen until the pipe closes, then end and remove."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    print("on watch", flush=True)
    processes: dict[int, str | None] = {}
    directories: list[str] = []
    for line in sys.stdin.buffer:
        match json.loads(line):
            case {"watch": pid, "born": born}:
                processes[pid] = born
            case {"forget": pid}:
                processes.pop(pid, None)
            case {"directory": directory}:
                directories.append(directory)
    _signal(processes, signal.SIGTERM)
    _wait(processes, grace_seconds)
    _signal(processes, signal.SIGKILL)
    _wait(processes, _AFTER_KILL_SECONDS)
    for directory in directories:
        _remove(directory)


if __name__ == "__main__":
    _keep_watch(float(sys.argv[1]))
