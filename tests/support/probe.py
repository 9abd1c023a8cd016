"""The definition of the probe function in fixture_functions/probe, for the tests of the local runtime."""

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
    """Return the probe's definition with some fields changed."""
    return FunctionDefinition(**_DEFINITION | changes)
