"""What an integration type declares, so that the hub can run it without knowing its vendor.

A vendor package (for example `dcs`) makes one `Integration` per integration type and one `Operation` per
vendor call. Everything here is data and pure functions: no network, no clock, no configuration store.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import SecretStr

from integration_hub.privacy import HubModel


class Requester(HubModel):
    """Who asks, as the vendor wants to hear it in every request (vendor manuals: TransactionInfo)."""

    department_id: str
    user_id: str
    user_name: str


class Login(HubModel):
    """A vendor login. The account number is configuration, the other two are secrets."""

    account_number: str
    username: SecretStr
    password: SecretStr


@dataclass(frozen=True, slots=True)
class VendorRequest:
    """A request ready for the wire. It carries no secret: the login travels in a header."""

    body: bytes
    content_type: str
    accept: str


@dataclass(frozen=True, slots=True)
class VendorResponse:
    """What came back, byte for byte. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Counted(Protocol):
    """What every operation's result tells about the reading of the answer, so that a change at the vendor shows."""

    @property
    def tolerances(self) -> Mapping[str, int]:
        """How often each known slip of the vendor was tolerated, by its number."""
        ...

    @property
    def tolerances_on_record(self) -> Mapping[str, int]:
        """Those of them that tell of nobody's criminal record."""
        ...

    @property
    def unknown_elements(self) -> Mapping[str, int]:
        """How often each unknown element was met, by its name."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUp[RequestT: HubModel]:
    """A second search that the first one's answer suggests, and why."""

    search: RequestT
    reason: str


@dataclass(frozen=True, slots=True)
class CachePolicy[RequestT: HubModel]:
    """That an answer may be used again for the same question: for how many hours, and for which searches."""

    hours: int
    allowed: Callable[[RequestT], bool] = lambda _search: True


@dataclass(frozen=True, slots=True)
class Operation[RequestT: HubModel, ResultT: HubModel, DocumentT]:
    """One call that the vendor offers.

    `encode` turns the typed request into bytes. `judge` reads a reply once and either returns the parsed
    document or raises the error that the vendor's status means (a 200 can carry another status inside).
    `decode` turns the document into the normalised result; it is given the request, because an answer is
    only complete when held against what was asked. `encode_json` is there where the vendor also takes JSON.
    `follow_up` may suggest a second search, a paid call of its own. Without `reuse` every question is a new call.
    """

    name: str
    path_key: str
    request: type[RequestT]
    result: type[ResultT]
    encode: Callable[[RequestT, Requester], VendorRequest]
    judge: Callable[[VendorResponse], DocumentT]
    decode: Callable[[DocumentT, RequestT], ResultT]
    encode_json: Callable[[RequestT, Requester], VendorRequest] | None = None
    follow_up: Callable[[RequestT, ResultT], FollowUp[RequestT] | None] | None = None
    reuse: CachePolicy[RequestT] | None = None

    @property
    def setting_name(self) -> str:
        """Name of the operation among settings that each operation has one of."""
        return self.path_key.removesuffix("_path")


type AnyOperation = Operation[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Integration:
    """One integration type: a row of `integration_type`, one Lambda function, one or more operations.

    `fallback` tells the caller what to do when the vendor cannot answer; it is never "clear".
    """

    type_code: str
    vendor: str
    fallback: str
    operations: tuple[AnyOperation, ...]
    authorization: Callable[[Login], str]
