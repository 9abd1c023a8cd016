"""What a caller gets for an answered call."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, SerializeAsAny

from integration_hub.privacy import RESTRICTED, HubModel


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


class Cached(HubModel):
    """The call that paid for a cached response, and when."""

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
    cached: Cached | None = None


class Answer(HubModel):
    """What a caller gets for an answered call. `result` has the form that the operation declares."""

    call_id: str
    correlation_id: str
    integration: str
    operation: str
    result: SerializeAsAny[HubModel]
    mapped: Mapped | None = None
    """The carrier's own codes beside the vendor's, where the program has a mapping for the operation."""
    cached: Cached | None = None
    """Set where a cached response to the same question was used, and nothing was bought."""
    second_search: SecondSearch | None = None
    replayed: bool = Field(default=False, exclude=True)
    """Whether it is the first response to this idempotency key; over HTTP a header says so."""
