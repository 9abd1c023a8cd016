"""What a row of integration_log says, from masked values only. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integration_hub.errors import IntegrationError, NotAdmitted
from integration_hub.models import Attempt, Outcome
from integration_hub.privacy import HubModel, masked


@dataclass(frozen=True, slots=True)
class Closing:
    """How a call ended. `response_data` is masked before it gets here."""

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
        """Return the values of the columns that closing writes."""
        return {
            "outcome": self.outcome.value,
            "is_success": self.outcome.has_answer,
            "response_code": self.response_code,
            "response_time_ms": self.response_time_ms,
            "response_data": None if self.response_data is None else as_json(self.response_data),
            "error_code": self.error_code,
            "error_message": self.error_message,
            "retry_count": max(0, len(self.attempts) - 1),
            "cost": sum((attempt.charge or Decimal(0) for attempt in self.attempts), Decimal(0)),
            "attempts": as_json([attempt.as_json() for attempt in self.attempts]),
            "credential_version": self.credential_version,
            "source_call_id": self.source_call_id,
        }


def answered(result: HubModel, attempts: Sequence[Attempt], credential_version: str | None) -> Closing:
    """Close a call that the vendor answered."""
    last = attempts[-1] if attempts else None
    return Closing(
        outcome=Outcome.ANSWERED,
        response_code=last.status if last else None,
        response_time_ms=last.elapsed_ms if last else None,
        response_data=masked(result),
        attempts=attempts,
        credential_version=credential_version,
    )


def reused(result: HubModel, source_call_id: str) -> Closing:
    """Close a call that another call's answer was used for."""
    return Closing(outcome=Outcome.REUSED, response_data=masked(result), source_call_id=source_call_id)


def failed(error: IntegrationError | None, attempts: Sequence[Attempt], credential_version: str | None) -> Closing:
    """Close a call that ended in an error; None stands for a defect of the hub itself."""
    last = attempts[-1] if attempts else None
    return Closing(
        outcome=_outcome(error, attempts),
        response_code=last.status if last else None,
        response_time_ms=last.elapsed_ms if last else None,
        error_code="INTERNAL_ERROR" if error is None else error.code,
        error_message="The hub failed; see its log under this call id." if error is None else error.detail,
        attempts=attempts,
        credential_version=credential_version,
    )


def _outcome(error: IntegrationError | None, attempts: Sequence[Attempt]) -> Outcome:
    """Say whether something may have been bought: when in doubt, UNKNOWN."""
    if any(attempt.charge is not None for attempt in attempts):
        return Outcome.UNKNOWN
    if isinstance(error, NotAdmitted):
        return Outcome.REFUSED
    return Outcome.REJECTED if attempts and attempts[-1].status is not None else Outcome.FAILED


def as_json(value: Any) -> str:
    """Serialise for a JSON column, compactly and readable by people."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
