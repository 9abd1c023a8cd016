"""What the vendor saw: every call with its arrival and its end, append-only, flushed entry by entry.

It is kept independently of every client, so that a test can hold a client's own log against it. No name, birth date,
licence number, VIN, plate or password is in it: of the subjects only their ids and number.
"""

import json
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

PRICES = {"HouseholdDrivers": 250, "HouseholdVehicles": 175, "VehicleVin": 90, "VehicleTag": 90, "Criminal": 325}
"""Invented prices in US cents, for each call whatever the number of subjects."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as it came in. `arrived_ns` is the monotonic clock of this machine, in nanoseconds."""

    operation: str
    path: str
    account: str
    call_id: str
    correlation_id: str
    subjects: tuple[str, ...]
    subject_count: int
    form: str
    """`xml`, `json`, or empty where the request could not be read."""
    arrived_at: str
    arrived_ns: int


@dataclass(frozen=True, slots=True)
class End:
    """How a call ended. `status` is None when no status line was sent; `sent` counts bytes of the body."""

    status: int | None
    sent: int
    outcome: str
    """`complete`, `cut`, `reset`, `silent`, `client left` or `failed` (a defect of the simulator)."""
    fault: str
    charged: bool
    price_cents: int
    duration_ms: float


@dataclass(frozen=True, slots=True)
class Call:
    """A call: its arrival, and its end once there is one."""

    sequence: int
    arrival: Arrival
    end: End | None = None

    @property
    def charged(self) -> bool:
        """Whether it costs money."""
        return self.end is not None and self.end.charged


@dataclass(frozen=True, slots=True)
class Line:
    """One operation on the invoice."""

    calls: int
    price_cents: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """What the calls cost. A search that ran is charged, even when its answer was lost on the way."""

    lines: dict[str, Line]
    total_cents: int


def now() -> tuple[str, int]:
    """Return the wall clock (ISO 8601, UTC) and the monotonic clock (nanoseconds)."""
    return datetime.now(UTC).isoformat(timespec="microseconds"), time.monotonic_ns()


class CallLog:
    """The log, in memory and in a file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._calls: list[Call] = []
        # A directory used again goes on counting; `calls` holds those of this run.
        self._before = path.read_text().count('{"event": "arrived"') if path.exists() else 0
        self._file = path.open("a", encoding="utf-8")

    def arrived(self, arrival: Arrival) -> int:
        """Write the first entry of a call and return its sequence number, counted from 1 for a new log."""
        with self._lock:
            sequence = self._before + len(self._calls) + 1
            self._calls.append(Call(sequence, arrival))
            self._write({"event": "arrived", "sequence": sequence, **asdict(arrival)})
        return sequence

    def ended(self, sequence: int, end: End) -> None:
        """Write the second entry."""
        with self._lock:
            index = sequence - self._before - 1
            self._calls[index] = replace(self._calls[index], end=end)
            self._write({"event": "ended", "sequence": sequence, "ended_at": now()[0], **asdict(end)})

    def calls(self) -> tuple[Call, ...]:
        """All calls in the order of their arrival."""
        with self._lock:
            return tuple(self._calls)

    def invoice(self) -> Invoice:
        """Add up what is charged."""
        counts = dict.fromkeys(PRICES, 0)
        for call in self.calls():
            counts[call.arrival.operation] += call.charged
        lines = {name: Line(count, PRICES[name], count * PRICES[name]) for name, count in counts.items()}
        return Invoice(lines, sum(line.total_cents for line in lines.values()))

    def close(self) -> None:
        """Close the file. An entry that comes later stays in memory only."""
        with self._lock:
            self._file.close()

    def _write(self, entry: dict[str, object]) -> None:
        if not self._file.closed:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
