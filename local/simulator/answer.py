"""An answer as a value: what is sent, and how it travels."""

from dataclasses import dataclass, field, replace
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement, indent, tostring

XML = "application/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"

NAMES = {
    200: "OK",
    400: "Invalid Request",
    401: "Unauthorized",
    403: "Bad Request",
    500: "Service Error",
    503: "Service Unavailable",
    504: "Request Timed Out",
}
"""`ResponseStatusMessage` by code (vendor manuals, table of status codes)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the bytes of an answer travel. The default is at once and whole; seconds and bytes throughout."""

    wait: float = 0.0
    """Before the first byte."""
    pause: float | None = None
    """After each piece of the body; None sends it at once."""
    cut_after: int | None = None
    """Bytes of the body after which the connection is closed."""
    reset: bool = False
    """No answer: the connection is reset."""
    silence: float | None = None
    """No answer: nothing is sent for so long, then the connection is closed."""
    length_error: int = 0
    """Added to the announced Content-Length."""
    chunked: bool = False
    """Sent with Transfer-Encoding: chunked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `reason` is for the person at the client and travels as X-Simulator-Reason."""

    status: int
    body: bytes
    content_type: str = XML
    headers: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    operation: str = ""
    delivery: Delivery = field(default_factory=Delivery)

    def travelling(self, **changes: Any) -> Self:
        """Return the same answer on another way."""
        return replace(self, delivery=replace(self.delivery, **changes))


def close(root: Element, code: int = 200) -> Element:
    """Add the two elements that end every answer."""
    SubElement(root, "ResponseStatusCode").text = str(code)
    SubElement(root, "ResponseStatusMessage").text = NAMES.get(code, "")
    return root


def write(root: Element) -> str:
    """Write an answer as the vendor's samples look: indented, without declaration, with numeric references (C8)."""
    indent(root)
    text = tostring(root, encoding="unicode")
    # Answers carry no attributes, so every equals sign belongs to a value.
    return text.replace("=", "&#61;").replace("&gt;", "&#62;").replace("&lt;", "&#60;") + "\n"


def error_response(operation: str, code: int, *, status: int | None = None, reason: str = "") -> Answer:
    """Return an error as we suppose that the vendor sends it: the usual root with only the code in it."""
    body = write(close(Element(f"{operation}Response"), code)).encode()
    return Answer(status or code, body, reason=reason, operation=operation)
