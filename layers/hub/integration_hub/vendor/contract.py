"""What a vendor package declares, so that the hub can call the vendor without knowing it.

A vendor package makes one `Integration` per integration type and one `Operation` per vendor call. Everything here is
data and pure functions: no network, no clock, no configuration store. docs/new-integration.md builds one step by step;
tests/second_vendor is a complete one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import SecretStr

from integration_hub.configuration_key import Key, Settings
from integration_hub.privacy import HubModel
from integration_hub.vendor.authentication import Authentication
from integration_hub.vendor.message import VendorRequest, VendorResponse


class ReadingCounts(Protocol):
    """What every operation's result says about the reading of the response, so that a vendor's change is noticed."""

    @property
    def tolerances(self) -> Mapping[str, int]:
        """How often each known deviation of the vendor was tolerated, by its number."""
        ...

    @property
    def tolerances_on_record(self) -> Mapping[str, int]:
        """Those of them that reveal nothing about a criminal record."""
        ...

    @property
    def unknown_elements(self) -> Mapping[str, int]:
        """How often each unknown element was found, by its name."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUp[RequestT: HubModel]:
    """A second search that the first result suggests, and why. It is a paid call of its own."""

    search: RequestT
    reason: str


@dataclass(frozen=True, slots=True)
class CachePolicy[RequestT: HubModel]:
    """That a response may be used again for the same question: for how many hours, and for which searches."""

    hours: int
    allowed: Callable[[RequestT], bool] = lambda _search: True


@dataclass(frozen=True, slots=True)
class Pending:
    """A vendor that works on an order: ask again with `request` after `after_seconds`. Polling is not charged."""

    request: VendorRequest
    after_seconds: float


@dataclass(frozen=True, slots=True)
class Operation[RequestT: HubModel, ResultT: HubModel, DocumentT]:
    """One call that the vendor offers.

    `encode` turns the typed request into a request for the wire; `settings` gives the vendor's own keys, for example
    who asks. `parse_response` reads a response once and returns the parsed document, `Pending` where the vendor wants
    to be asked again later, or raises the error that the vendor's status means (a 200 can carry another status).
    `decode` turns the document into the normalised result; it is given the request, because a response is only
    complete when held against what was asked. `follow_up` may suggest a second search. Without `cache` every
    question is a new call. `setting_name` names the operation's path (`<setting_name>_path`), price, cache lifetime
    and mapping among the settings.
    """

    name: str
    setting_name: str
    request: type[RequestT]
    result: type[ResultT]
    encode: Callable[[RequestT, Settings], VendorRequest]
    parse_response: Callable[[VendorResponse], DocumentT | Pending]
    decode: Callable[[DocumentT, RequestT], ResultT]
    follow_up: Callable[[RequestT, ResultT, Settings], FollowUp[RequestT] | None] | None = None
    cache: CachePolicy[RequestT] | None = None


type AnyOperation = Operation[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Integration:
    """One integration type: a row of `integration_type`, one Lambda function, one or more operations.

    `fallback` tells the caller what to do when the vendor cannot answer; it is never "clear". `settings` are the
    vendor's own configuration keys.
    """

    type_code: str
    vendor: str
    fallback: str
    operations: tuple[AnyOperation, ...]
    authentication: Authentication
    settings: tuple[Key[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Credential:
    """A decrypted vendor credential: its secrets by name. `version` names it in logs and holds nothing secret."""

    secrets: Mapping[str, SecretStr] = field(repr=False)
    version: str
