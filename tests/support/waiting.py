"""Waiting for something that another thread or process does, without fixed sleeps."""

import time
from collections.abc import Callable
from pathlib import Path

_POLL_SECONDS = 0.01


def eventually(condition: Callable[[], object], seconds: float = 20) -> bool:
    """Wait until the condition is true; return False if it was not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def gone(pid: int) -> bool:
    """Return whether the process has ended, collected by its parent or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
