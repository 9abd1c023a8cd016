"""How a call ended, as its row of integration_log says it, from masked values only. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integration_hub.errors import IntegrationError, NotAdmitted
from integration_hub.integration_log.projection import as_json, bounded
from integration_hub.models.outcome import Attempt, Outcome
from integration_hub.privacy import HubModel, masked

_MAX_RESPONSE_DATA_BYTES = 5_000
_MAX_MESSAGE_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a call. `response_data` is masked."""

    outcome: Outcome
    response_code: int | None = None
    response_time_ms: int | None = None
    response_data: dict[str, Any] | None = None
    error_code: str | None = None
    error_message: str | None = None
    attempts: Sequence[Attempt] = field(default=())
    credential_version: str | None = None
    source_call_id: str | None = None

    def columns(self) -> dict[str, Any]:
        """Return the values of the columns that settling writes."""
        data = self.response_data
        return {
            "outcome": self.outcome.value,
            "is_success": self.outcome.has_answer,
            "response_code": self.response_code,
            "response_time_ms": self.response_time_ms,
            "response_data": None if data is None else bounded(data, _MAX_RESPONSE_DATA_BYTES),
            "error_code": self.error_code,
            "error_message": None if self.error_message is None else self.error_message[:_MAX_MESSAGE_CHARACTERS],
            "retry_count": max(0, len(self.attempts) - 1),
            "cost": sum((attempt.charge or Decimal(0) for attempt in self.attempts), Decimal(0)),
            "attempts": as_json([attempt.as_json() for attempt in self.attempts]),
            "credential_version": self.credential_version,
            "source_call_id": self.source_call_id,
        }


def answered(result: HubModel, attempts: Sequence[Attempt], credential_version: str | None) -> Settlement:
    """Settle a call that the vendor answered."""
    last = attempts[-1] if attempts else None
    return Settlement(
        outcome=Outcome.ANSWERED,
        response_code=last.status if last else None,
        response_time_ms=last.elapsed_ms if last else None,
        response_data=masked(result),
        attempts=attempts,
        credential_version=credential_version,
    )


def from_other_call(outcome: Outcome, result: HubModel, source_call_id: str) -> Settlement:
    """Settle a call that got another call's response: CACHED or REPLAYED."""
    return Settlement(outcome=outcome, response_data=masked(result), source_call_id=source_call_id)


def failed(
    error: IntegrationError, attempts: Sequence[Attempt] = (), credential_version: str | None = None
) -> Settlement:
    """Settle a call that ended in an error."""
    last = attempts[-1] if attempts else None
    return Settlement(
        outcome=_outcome(error, attempts),
        response_code=last.status if last else None,
        response_time_ms=last.elapsed_ms if last else None,
        error_code=error.code,
        error_message=error.detail,
        attempts=attempts,
        credential_version=credential_version,
    )


def _outcome(error: IntegrationError, attempts: Sequence[Attempt]) -> Outcome:
    """Say whether something may have been bought: when in doubt, UNKNOWN."""
    if any(attempt.charge is not None for attempt in attempts):
        return Outcome.UNKNOWN
    if isinstance(error, NotAdmitted):
        return Outcome.REFUSED
    return Outcome.REJECTED if any(attempt.status is not None for attempt in attempts) else Outcome.FAILED
