"""How a call and its attempts ended, as integration_log has it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a call ended, as integration_log says it."""

    OPEN = "OPEN"
    """Still running, or its function died: maintenance will close it. Its cost is that of one search."""
    ANSWERED = "ANSWERED"
    """The vendor answered, also "nothing found"."""
    REJECTED = "REJECTED"
    """The vendor said no: to our request, to our login, or because it cannot serve now. Nothing was bought."""
    REFUSED = "REFUSED"
    """Admission refused it (limit, breaker, locked login): nothing was sent."""
    FAILED = "FAILED"
    """No request reached the vendor, so nothing was bought."""
    CACHED = "CACHED"
    """A cached response was used, that of the call that `source_call_id` names. Nothing was bought."""
    REPLAYED = "REPLAYED"
    """The response to the idempotency key was replayed, that of the call that `source_call_id` names."""
    UNKNOWN = "UNKNOWN"
    """The request was sent and its answer is lost or cannot be read: it may have been charged."""
    ABANDONED = "ABANDONED"
    """Its function ended and left it open: whether anything was sent or charged is not on record."""

    @property
    def has_answer(self) -> bool:
        """Whether the caller got a result."""
        return self in {Outcome.ANSWERED, Outcome.CACHED, Outcome.REPLAYED}

    @property
    def bought_nothing(self) -> bool:
        """Whether it is certain that the vendor charges nothing, so that asking again is no second payment."""
        return self in {Outcome.REJECTED, Outcome.REFUSED, Outcome.FAILED}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that was sent, or tried to be sent, to the vendor. Times are milliseconds.

    `charge` is what the vendor charges for it, or may charge; None where it certainly charges nothing. `retry_refused`
    is the code of what kept a retry that was due from being made.
    """

    number: int
    elapsed_ms: int
    status: int | None
    error: str | None
    charge: Decimal | None = None
    retry_refused: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the form that integration_log keeps."""
        document = {
            "number": self.number,
            "elapsed_ms": self.elapsed_ms,
            "status": self.status,
            "error": self.error,
            "charge": None if self.charge is None else str(self.charge),
        }
        return document if self.retry_refused is None else {**document, "retry_refused": self.retry_refused}
