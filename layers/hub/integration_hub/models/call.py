"""A call: what a caller asks for, on whose behalf, and by when."""

from dataclasses import dataclass

from pydantic import Field

from integration_hub.deadline import Deadline
from integration_hub.models.identifiers import CorrelationId, EntityId, IdempotencyKey, References
from integration_hub.models.purpose import Purpose
from integration_hub.privacy import HubModel
from integration_hub.vendor.contract import AnyOperation, Integration

SETTLE_SECONDS = 1.2
"""How long after a call's deadline the database may still take to settle its row."""


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

    @property
    def settle_by(self) -> Deadline:
        """When the call's row has to be settled; what is left of the invocation then is for the answer."""
        return self.deadline.later(SETTLE_SECONDS)
