"""Coverage of the functions' own processes."""

import os
from typing import TypedDict

_VARIABLE = "COVERAGE_PROCESS_CONFIG"
_EXIT_SECONDS = 5.0


class Measured(TypedDict, total=False):
    """Arguments of local.bundle.Bundle."""

    environment: dict[str, str]
    exit_seconds: float


def measured_functions() -> Measured:
    """Return the arguments with which a bundle's functions are measured, if this process is; else none.

    Coverage's `patch = ["subprocess"]` sets the variable here, and coverage starts in every Python process that has it.
    It writes its data when the process exits, so the functions need time for that.
    """
    if _VARIABLE not in os.environ:
        return {}
    return {"environment": {_VARIABLE: os.environ[_VARIABLE]}, "exit_seconds": _EXIT_SECONDS}
