"""Faults that are switched on for coming calls, by the administration or by a test in the same process."""

import time
from dataclasses import asdict, dataclass
from threading import Lock

from local.simulator.faults import UnknownFault, parse
from local.simulator.faults.model import Active, Handshake
from local.simulator.operations import PATHS


@dataclass(slots=True)
class Switch:
    """One fault that is on. `calls` left, `until` on the monotonic clock in seconds; None has no end."""

    active: Active
    calls: int | None
    until: float | None
    operation: str | None

    def applies(self, operation: str | None) -> bool:
        """Tell whether it is still on, for this operation."""
        in_time = self.until is None or time.monotonic() < self.until
        return self.calls != 0 and in_time and self.operation in (None, operation)


@dataclass(frozen=True, slots=True)
class Shown:
    """A switch as the administration shows it."""

    fault: str
    calls_left: int | None
    seconds_left: float | None
    operation: str | None


class Switches:
    """All faults that are on. They apply together, in the order in which they were switched on."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._switches: list[Switch] = []

    def on(
        self, faults: str, *, calls: int | None = None, seconds: float | None = None, operation: str | None = None
    ) -> None:
        """Switch faults on: for the next calls, for some seconds, or until cleared; for one operation or for all.

        Raises:
            UnknownFault: for an unknown name, argument or operation.

        """
        if operation is not None and operation not in PATHS.values():
            raise UnknownFault(f"no operation {operation!r}")
        until = None if seconds is None else time.monotonic() + seconds
        with self._lock:
            self._switches += [Switch(active, calls, until, operation) for active in parse(faults)]

    def clear(self) -> None:
        """Switch everything off."""
        with self._lock:
            self._switches.clear()

    def take(self, operation: str) -> tuple[Active, ...]:
        """Return what applies to a call that has just come in, and count the call."""
        return self._take(operation, connection=False)

    def connect(self) -> Handshake:
        """Return what happens to a connection that has just come in, and count the connection."""
        for active in self._take(None, connection=True):
            if active.fault.connect:
                return active.fault.connect(active.argument)
        return Handshake()

    def shown(self) -> list[dict[str, object]]:
        """What is on."""
        now = time.monotonic()
        with self._lock:
            return [
                asdict(Shown(str(on.active), on.calls, on.until and round(on.until - now, 3), on.operation))
                for on in self._switches
                if on.applies(on.operation)
            ]

    def _take(self, operation: str | None, *, connection: bool) -> tuple[Active, ...]:
        with self._lock:
            taken = [
                on
                for on in self._switches
                if on.applies(on.operation if connection else operation)
                and (on.active.fault.connect is not None) == connection
            ]
            for on in taken:
                on.calls = None if on.calls is None else on.calls - 1
        return tuple(on.active for on in taken)
