"""One HTTP request and response, as a vendor package writes and reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class VendorRequest:
    """A request ready for the wire. It carries no credential: authentication adds its headers when it is sent.

    `path_suffix` and `query` are added to the operation's configured path. They may name a person, so no log holds
    them.
    """

    body: bytes = field(default=b"", repr=False)
    method: str = "POST"
    content_type: str | None = None
    accept: str = "*/*"
    path_suffix: str = field(default="", repr=False)
    query: Mapping[str, str] = field(default=_NONE, repr=False)
    headers: Mapping[str, str] = field(default=_NONE, repr=False)


@dataclass(frozen=True, slots=True)
class VendorResponse:
    """What came back, byte for byte. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
