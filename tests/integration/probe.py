"""The probe function (fixture_functions/probe), ready to be run."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.template import FunctionDefinition

_DEFINITION: dict[str, Any] = {
    "logical_id": "Probe",
    "name": "probe",
    "handler": "probe.app.handler",
    "code": Path(__file__).parent / "fixture_functions",
    "layers": (),
    "timeout_seconds": 30,
    "memory_mb": 256,
    "concurrency": 10,
    "environment": {},
    "routes": (),
}


def definition(**changes: Any) -> FunctionDefinition:
    """Return the probe's definition with some things different."""
    return FunctionDefinition(**_DEFINITION | changes)


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until the condition holds; false if it never did."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    """Whether the process has ended, collected by its parent or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
