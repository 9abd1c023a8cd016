"""The words of a call: what was asked, on whose behalf, how it ended."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, SerializeAsAny, StringConstraints

from integration_hub.deadline import Deadline as Deadline  # noqa: PLC0414 - other modules import it from here
from integration_hub.integration import AnyOperation, Integration
from integration_hub.privacy import RESTRICTED, HubModel

EntityId = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""A row of the existing schema (signed INT)."""

CorrelationId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._:\-]+$")]
"""The caller's thread through all its calls; letters, digits and . _ : - only, so that it is safe in any log."""


IdempotencyKey = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[\x20-\x7e]+$")]
"""The caller's name for one request, however often it is sent; printable ASCII."""


OperatorName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
"""Who changed something."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
"""Why it was changed, for the next person on call."""


class Purpose(StrEnum):
    """The permissible purpose that every call must state (DPPA 18 USC 2721(b)(6), FCRA 15 USC 1681b(a)(3)(C))."""

    UNDERWRITING = "UNDERWRITING"
    RATING = "RATING"
    CLAIMS = "CLAIMS"
    ANTIFRAUD = "ANTIFRAUD"


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
    REUSED = "REUSED"
    """Another call's answer was used, the one that `source_call_id` names. Nothing was bought."""
    UNKNOWN = "UNKNOWN"
    """The request was sent and its answer is lost or cannot be read: it may have been charged."""
    ABANDONED = "ABANDONED"
    """Its function ended and left it open: whether anything was sent or charged is not on record."""

    @property
    def has_answer(self) -> bool:
        """Whether the caller got a result."""
        return self in {Outcome.ANSWERED, Outcome.REUSED}

    @property
    def bought_nothing(self) -> bool:
        """Whether it is certain that the vendor charges nothing, so that asking again is no second payment."""
        return self in {Outcome.REJECTED, Outcome.REFUSED, Outcome.FAILED}


class References(HubModel):
    """The carrier's own records that a call belongs to; each must exist."""

    policy_id: EntityId | None = None
    quote_id: EntityId | None = None
    driver_id: EntityId | None = None
    vehicle_id: EntityId | None = None


class CallOptions(HubModel):
    """What a caller may also say in headers, which are the same thing."""

    correlation_id: CorrelationId | None = None
    timeout_ms: int | None = Field(default=None, ge=500, le=30_000)
    """How long the caller is willing to wait; the configured time-out and Lambda's own may be shorter."""
    idempotency_key: IdempotencyKey | None = None
    """The same key gets the same answer, paid once. A state machine makes it from its execution and step."""


class CallRequest(CallOptions):
    """What every request says beside its search, whichever vendor operation it asks for."""

    operation: str | None = Field(default=None, max_length=50)
    """Name of the vendor operation; may be left out where the integration has only one."""
    program_id: EntityId
    permissible_purpose: Purpose
    references: References = References()
    force_refresh: bool = False
    """Ask the vendor even where a recent answer could be used again."""


@dataclass(frozen=True, slots=True)
class Call:
    """One accepted request. `search` is the operation's typed request."""

    call_id: str
    correlation_id: str
    integration: Integration
    operation: AnyOperation
    program_id: int
    purpose: Purpose
    references: References
    search: HubModel
    deadline: Deadline
    idempotency_key: str | None = None
    force_refresh: bool = False
    trace_id: str | None = None


class MappedValue(HubModel):
    """One value in the carrier's words. `place` is a JSON pointer into the answer, or into its second search."""

    field: str
    """The carrier's name for it."""
    place: str
    vendor: Annotated[str, RESTRICTED]
    carrier: Annotated[str, RESTRICTED] | None
    """None where the mapping has no entry for the vendor's value."""


class Mapped(HubModel):
    """What a program's field mapping makes of a result; `version` is the mapping's own."""

    version: str
    values: tuple[MappedValue, ...]


class Reused(HubModel):
    """Whose answer it is, and from when, where it was not bought for this call."""

    call_id: str
    answered_at: datetime


class SecondSearch(HubModel):
    """A search that was repeated in another form because of the first one's answer: a paid call of its own."""

    reason: str
    call_id: str
    error_code: str | None = None
    """Set where the second search was not answered; the first answer stands."""
    result: SerializeAsAny[HubModel] | None = None
    mapped: Mapped | None = None
    reused: Reused | None = None


class Answer(HubModel):
    """What a caller gets for an answered call. `result` has the form that the operation declares."""

    call_id: str
    correlation_id: str
    integration: str
    operation: str
    result: SerializeAsAny[HubModel]
    mapped: Mapped | None = None
    """The carrier's own codes beside the vendor's, where the program has a mapping for the operation."""
    reused: Reused | None = None
    """Set where a recent answer to the same question was used again, and nothing was bought."""
    second_search: SecondSearch | None = None
    replayed: bool = Field(default=False, exclude=True)
    """Whether it is the first answer to this idempotency key, told once more; over HTTP a header says so."""


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
        told = {
            "number": self.number,
            "elapsed_ms": self.elapsed_ms,
            "status": self.status,
            "error": self.error,
            "charge": None if self.charge is None else str(self.charge),
        }
        return told if self.retry_refused is None else {**told, "retry_refused": self.retry_refused}
