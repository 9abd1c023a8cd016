"""From an HTTP response to a parsed document, or to the error that its status means.

The status is in the HTTP status line or, with HTTP 200, in ResponseStatusCode inside the response (vendor manuals,
"Response status codes"). Error messages never repeat the vendor's own text, which could name a person.
"""

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from dcs.wire import Document, parse
from integration_hub.errors import (
    IntegrationError,
    VendorAuthRefused,
    VendorRejected,
    VendorResponseInvalid,
    VendorTimedOut,
    VendorUnavailable,
)
from integration_hub.vendor.message import VendorResponse

OK = 200
MAX_RETRY_AFTER_SECONDS = 3600.0
"""A larger Retry-After is reduced to this: it is an error of the vendor, or longer than any caller waits."""

type ErrorFactory = Callable[[str, float | None], IntegrationError]
"""Makes the error from its detail and the vendor's Retry-After in seconds."""


def _final(kind: type[IntegrationError]) -> ErrorFactory:
    return lambda detail, _retry_after: kind(detail)


def _retryable(kind: type[VendorUnavailable], *, may_be_charged: bool = False) -> ErrorFactory:
    return lambda detail, retry_after: kind(detail, may_be_charged=may_be_charged, retry_after_seconds=retry_after)


STATUS_ERRORS: Mapping[int, tuple[str, ErrorFactory]] = {
    400: ("Invalid Request", _final(VendorRejected)),
    401: ("Unauthorized", _final(VendorAuthRefused)),
    403: ("Bad Request: not in the right format", _final(VendorRejected)),  # D3: not an access problem
    429: ("too many requests; undocumented", _retryable(VendorUnavailable)),
    500: ("Service Error", _retryable(VendorUnavailable)),
    502: ("bad gateway; undocumented", _retryable(VendorUnavailable)),
    503: ("Service Unavailable", _retryable(VendorUnavailable)),
    504: ("Request Timed Out", _retryable(VendorTimedOut, may_be_charged=True)),  # the search may have run
}
"""The meaning of each status and its error. Any other status but 200 is VendorResponseInvalid."""


def parse_response(root: str, *, status_is_optional: bool = False) -> Callable[[VendorResponse], Document]:
    """Make the parser of an operation whose response has the root element `root`.

    `status_is_optional`: the manual's table omits ResponseStatusCode and only its sample shows it (A22).
    """

    def parse_operation_response(response: VendorResponse) -> Document:
        if response.status != OK:
            raise _status_error(response.status, "HTTP", response)  # error bodies are undocumented: never read (D14)
        document = parse(response.body, root)
        codes = _status_codes(document.root)
        for code in codes:
            if code != OK:
                raise _status_error(code, "ResponseStatusCode", response)
        if not document.has_expected_root or not len(document.root):
            raise VendorResponseInvalid(f"The response is not a {root}.")
        if not codes:
            if not status_is_optional:
                raise VendorResponseInvalid("The response has no ResponseStatusCode.")
            document.tolerances["A22"] += 1
        return document

    return parse_operation_response


def _status_error(code: int, source: str, response: VendorResponse) -> IntegrationError:
    if code not in STATUS_ERRORS:
        refused = 300 <= code < 500  # a redirect or a client error: no search was run
        return VendorResponseInvalid(f"DCS returned the undocumented {source} {code}.", may_be_charged=not refused)
    meaning, error = STATUS_ERRORS[code]
    return error(f"DCS returned {source} {code} ({meaning}).", _retry_after_seconds(response.headers))


def _status_codes(root: Element) -> list[int]:
    """Return every non-empty ResponseStatusCode; where there are several, any error among them counts."""
    codes = []
    for node in root:
        if node.tag.rpartition("}")[2].casefold() == "responsestatuscode":
            text = (node.text or "").strip()
            if text and not (text.isascii() and text.isdecimal() and len(text) <= 6):
                raise VendorResponseInvalid("ResponseStatusCode must be an integer.")
            codes += [int(text)] if text else []
    return codes


def _retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After (RFC 9110, 10.2.3) in seconds; None where it is absent or malformed.

    A date is compared with the Date of the same response, so that no clock is needed.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), MAX_RETRY_AFTER_SECONDS)
    try:
        retry_at, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
        seconds = (retry_at - now).total_seconds()
    except (TypeError, ValueError, OverflowError):  # not a date, no zone, or a zone of more than a day
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)
