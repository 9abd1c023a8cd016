"""One HTTP request and response, as a vendor package writes and reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import MappingProxyType

LONGEST_WAIT_SECONDS = 3600.0  # a larger Retry-After is a mistake, or longer than any caller waits

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class VendorRequest:
    """A request ready for the wire. It carries no credential: authentication adds its headers when it is sent.

    `path_suffix` and `query` are added to the operation's configured path. They may name a person, so no log holds
    them. `path` takes the place of the configured path, for requests that belong to no operation (a token) or to
    another resource of the vendor; it is absolute, and host and port stay the configured ones.
    """

    body: bytes = field(default=b"", repr=False)
    method: str = "POST"
    content_type: str | None = None
    accept: str = "*/*"
    path_suffix: str = field(default="", repr=False)
    query: Mapping[str, str] = field(default=_NONE, repr=False)
    headers: Mapping[str, str] = field(default=_NONE, repr=False)
    path: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class VendorResponse:
    """What came back, byte for byte. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def retry_after_seconds(self) -> float | None:
        """Retry-After (RFC 9110), an hour at most; a date is compared with the Date of the same response."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdecimal():
            return min(float(text[:9]), LONGEST_WAIT_SECONDS)
        try:
            moment, now = parsedate_to_datetime(text), parsedate_to_datetime(self.headers.get("date", ""))
            seconds = (moment - now).total_seconds()
        except (TypeError, ValueError):
            return None
        return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)
