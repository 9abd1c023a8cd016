"""The bytes of one HTTP/1.1 request, complete before a connection is used."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from integration_hub.errors import ConfigurationMissing, RequestInvalid
from integration_hub.vendor.address import Address
from integration_hub.vendor.message import VendorRequest

_METHOD = re.compile(r"[A-Z]+")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# The transport decides these: another value could change where a request ends or whom it is for.
_RESERVED = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "expect", "upgrade", "te"}
)
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def encode_request(address: Address, request: VendorRequest, headers: Mapping[str, str]) -> bytes:
    """Return head and body. `headers` (authentication, ids) win over the request's own.

    Raises ConfigurationMissing for a method or header that cannot be sent, RequestInvalid for a path or query value
    with a control character, and for a path segment that a server would resolve to another path.
    """
    if not _METHOD.fullmatch(request.method):
        raise ConfigurationMissing("The vendor request's method must consist of the letters A to Z.")
    sent = {
        # Some web application firewalls refuse a request without one.
        "user-agent": "User-Agent: integration-hub",
        "accept": _line("Accept", request.accept),
        **_lines(request.headers),
        **_lines(headers),
    }
    if request.content_type is not None:
        sent["content-type"] = _line("Content-Type", request.content_type)
    if request.body or request.method in _WITH_BODY:
        sent["content-length"] = f"Content-Length: {len(request.body)}"
    head = [
        f"{request.method} {_target(address.path, request)} HTTP/1.1",
        f"Host: {address.authority}",
        "Accept-Encoding: identity",  # a compressed response has no size that could be bounded cheaply
        *sent.values(),
        "\r\n",
    ]
    return "\r\n".join(head).encode("latin-1") + request.body


def _lines(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): _line(name, value) for name, value in headers.items()}


def _line(name: str, value: str) -> str:
    if not _NAME.fullmatch(name) or name.lower() in _RESERVED:
        raise ConfigurationMissing("A header of the vendor request has a name that cannot be used.")
    if not _VALUE.fullmatch(value):
        raise ConfigurationMissing(f"The header {name} has a character that cannot be sent.")
    return f"{name}: {value}"


def _target(path: str, request: VendorRequest) -> str:
    if not request.path_suffix and not request.query:
        return path
    texts = (request.path_suffix, *request.query, *request.query.values())
    if any(map(_CONTROL.search, texts)):
        raise RequestInvalid("The request contains a control character.")
    if not {".", ".."}.isdisjoint(request.path_suffix.split("/")):
        raise RequestInvalid('The request contains a value that cannot be part of a URL: "." or "..".')
    query = f"?{urlencode(request.query, quote_via=quote)}" if request.query else ""
    return path + quote(request.path_suffix) + query
