"""What DCS means by a status, as one table (vendor manuals, "Response status codes").

The number can stand in the HTTP status line or, with HTTP 200, as ResponseStatusCode inside the answer. The
sentences never repeat the vendor's own text, which could name a person.
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
from integration_hub.integration import VendorResponse

OK = 200
LONGEST_WAIT_SECONDS = 3600.0  # a larger Retry-After is a mistake, or longer than any caller waits

type Verdict = Callable[[str, float | None], IntegrationError]


def _final(kind: type[IntegrationError]) -> Verdict:
    return lambda detail, _wait: kind(detail)


def _later(kind: type[VendorUnavailable], *, may_be_charged: bool = False) -> Verdict:
    return lambda detail, wait: kind(detail, may_be_charged=may_be_charged, retry_after_seconds=wait)


VERDICTS: Mapping[int, tuple[str, Verdict]] = {
    400: ("Invalid Request", _final(VendorRejected)),
    401: ("Unauthorized", _final(VendorAuthRefused)),
    403: ("Bad Request: not in the right format", _final(VendorRejected)),  # D3: no access problem here
    429: ("too many requests; not in the manuals", _later(VendorUnavailable)),
    500: ("Service Error", _later(VendorUnavailable)),
    502: ("bad gateway; not in the manuals", _later(VendorUnavailable)),
    503: ("Service Unavailable", _later(VendorUnavailable)),
    504: ("Request Timed Out", _later(VendorTimedOut, may_be_charged=True)),  # the search may have run
}


def judge(root: str, *, status_is_optional: bool = False) -> Callable[[VendorResponse], Document]:
    """Make the judge of an operation whose answer's root element is `root`.

    `status_is_optional`: the manual's table leaves ResponseStatusCode out and only its sample shows it (A22).
    """

    def judged(reply: VendorResponse) -> Document:
        if reply.status != OK:
            raise _failure(reply.status, "HTTP", reply)  # the body of an error is not documented: never read
        document = parse(reply.body, root)
        codes = _inner_statuses(document.root)
        for code in codes:
            if code != OK:
                raise _failure(code, "ResponseStatusCode", reply)
        if not document.has_expected_root or not len(document.root):
            raise VendorResponseInvalid(f"The answer is not a {root}")
        if not codes:
            if not status_is_optional:
                raise VendorResponseInvalid("The answer does not say ResponseStatusCode")
            document.tolerances["A22"] += 1
        return document

    return judged


def _failure(code: int, where: str, reply: VendorResponse) -> IntegrationError:
    if code not in VERDICTS:
        turned_away = 300 <= code < 500  # a redirect or a client error: nothing was searched
        return VendorResponseInvalid(
            f"DCS answered with {where} {code}, which its manuals do not know", may_be_charged=not turned_away
        )
    name, verdict = VERDICTS[code]
    return verdict(f"DCS answered with {where} {code} ({name})", _wait(reply.headers))


def _inner_statuses(root: Element) -> list[int]:
    """Return every ResponseStatusCode that says something; two would contradict each other, and the worse counts."""
    codes = []
    for node in root:
        if node.tag.rpartition("}")[2].casefold() == "responsestatuscode":
            text = (node.text or "").strip()
            if text and not (text.isascii() and text.isdecimal() and len(text) <= 6):
                raise VendorResponseInvalid("ResponseStatusCode in the answer is not a number")
            codes += [int(text)] if text else []
    return codes


def _wait(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After in seconds; a date is held against the Date of the same reply, so no clock is needed."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), LONGEST_WAIT_SECONDS)
    try:
        moment, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
        seconds = (moment - now).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)
