"""The circuit breakers as an operator sees them, and how an operator forces one open or closed.

Whether a call passes, also the trial of a half-open breaker, is decided by hub_admit (`decision`); what its result
changes is in `result`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from integration_hub.admission.decision import DATABASE_CLOCK, MICROSECONDS
from integration_hub.admission.timestamps import timestamp
from integration_hub.db.connection import Database, Row


class State(StrEnum):
    """The state of a circuit breaker."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"
    """The open time is over: one trial call at a time is let through, others are refused until its result is known."""
    FORCED_OPEN = "FORCED_OPEN"
    FORCED_CLOSED = "FORCED_CLOSED"


@dataclass(frozen=True, slots=True)
class Breaker:
    """The circuit breaker of one vendor operation. `until` is None where the state has no end of its own.

    `reason` is the operator's reason while a state is forced, else the error code that opened it. `by` is the operator
    who acted last, also where that was ending a forced state.
    """

    endpoint: str
    state: State
    since: datetime | None
    until: datetime | None
    failures: int
    reason: str | None
    by: str | None


class CircuitBreakers:
    """Reads and forces circuit breakers; a change applies to the next call of every function."""

    def __init__(self, database: Database, *, database_clock: str = DATABASE_CLOCK) -> None:
        self._database = database
        self._states = f"SELECT b.*, {database_clock} AS now FROM circuit_breaker b ORDER BY endpoint"  # noqa: S608 - a constant
        self._force_one = f"""
INSERT INTO circuit_breaker (endpoint, forced, forced_until, forced_by, forced_reason, forced_at)
VALUES (%(endpoint)s, %(forced)s, {database_clock} + %(lasting)s, %(by)s, %(reason)s, {database_clock})
ON DUPLICATE KEY UPDATE forced = VALUES(forced), forced_until = VALUES(forced_until), forced_by = VALUES(forced_by),
  forced_reason = VALUES(forced_reason), forced_at = VALUES(forced_at),
  epoch = epoch + 1, probe_token = 0, probe_until = 0
"""  # noqa: S608 - a constant

    def all(self) -> list[Breaker]:
        """Return every circuit breaker that was ever used or forced."""
        return [_breaker(row) for row in self._database.query(self._states)]

    def force_open(self, endpoint: str, *, by: str, reason: str, lasting_seconds: float | None = None) -> None:
        """Stop all calls of an operation, for a time or until further notice."""
        self._force(endpoint, "OPEN", by, reason, lasting_seconds)

    def force_closed(self, endpoint: str, *, by: str, reason: str, lasting_seconds: float | None = None) -> None:
        """Let all calls through whatever their results, for a time or until further notice."""
        self._force(endpoint, "CLOSED", by, reason, lasting_seconds)

    def automatic(self, endpoint: str, *, by: str, reason: str) -> None:
        """End a forced state. A breaker that had opened by itself goes on from there, half-open first."""
        self._force(endpoint, None, by, reason, None)

    def _force(self, endpoint: str, forced: str | None, by: str, reason: str, lasting_seconds: float | None) -> None:
        if not by.strip() or not reason.strip():
            raise ValueError("by and reason must not be empty")
        lasting = None if lasting_seconds is None else round(lasting_seconds * MICROSECONDS)
        values = {"endpoint": endpoint, "forced": forced, "lasting": lasting, "by": by, "reason": reason}
        self._database.write(self._force_one, values)


def _breaker(row: Row) -> Breaker:
    now, failures = row["now"], row["failures"]
    if row["forced"] is not None and (row["forced_until"] is None or row["forced_until"] > now):
        state = State.FORCED_OPEN if row["forced"] == "OPEN" else State.FORCED_CLOSED
        since, until, reason = row["forced_at"], row["forced_until"], row["forced_reason"]
    elif row["open_until"] == 0:
        state, since, until, reason = State.CLOSED, None, None, None
    else:
        since, until, reason = row["opened_at"], row["open_until"], row["opened_because"]
        if until > now:
            state = State.OPEN
        else:
            state, until = State.HALF_OPEN, row["probe_until"] if row["probe_until"] > now else None
    return Breaker(row["endpoint"], state, timestamp(since), timestamp(until), failures, reason, row["forced_by"])
