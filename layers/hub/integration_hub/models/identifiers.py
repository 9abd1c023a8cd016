"""Identifiers that callers and operators give, with their bounds."""

from typing import Annotated

from pydantic import Field, StringConstraints

from integration_hub.privacy import HubModel

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


class References(HubModel):
    """The carrier's own records that a call belongs to; each must exist."""

    policy_id: EntityId | None = None
    quote_id: EntityId | None = None
    driver_id: EntityId | None = None
    vehicle_id: EntityId | None = None
