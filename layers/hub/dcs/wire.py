"""From the bytes of an answer to a tree, safely: XML, and the JSON that the Criminal operation can give.

Nothing is fetched, no entity is defined, and size, depth and number of elements are bounded before anything is
read out of the tree. A document is parsed strictly; only when that fails are the two slips of the manual's own
samples repaired (B1, B2), and then it is parsed strictly again. Anything else is refused: a recovering parser
could attach offenses to the wrong person (B3). No refusal quotes the document.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dcs.wire_json import tree
from integration_hub.errors import VendorResponseInvalid

# Bounds of an answer. 100 drivers with long histories come to some 2 MB and 60,000 elements. The size is also the most
# that the setting max_response_bytes can allow.
MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS = 5_000_000, 64, 250_000


@dataclass(frozen=True, slots=True)
class Document:
    """An answer as a tree, with what had to be tolerated to read it."""

    root: Element
    has_expected_root: bool
    tolerances: Counter[str] = field(default_factory=Counter)


def parse(body: bytes, root: str) -> Document:
    """Parse an answer, XML or JSON by its first character. Raises VendorResponseInvalid."""
    if len(body) > MAX_BYTES:
        raise VendorResponseInvalid(f"The answer is larger than {MAX_BYTES} bytes")
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not start:
        raise VendorResponseInvalid("The answer is empty")
    document = Document(*tree(body, root, MAX_DEPTH)) if start in b"{[" else _xml(body, root)
    _check_size(document.root)
    return document


def _xml(body: bytes, root: str) -> Document:
    if body.count(b"<") > 2 * MAX_ELEMENTS:
        raise VendorResponseInvalid(f"The answer has more than {MAX_ELEMENTS} elements")
    tolerances: Counter[str] = Counter()
    try:
        node = _strict(body)
    except ParseError as error:
        repaired, tolerances = _repair(body, root)
        if not tolerances:
            raise _not_well_formed(error) from None
        try:
            node = _strict(repaired)
        except ParseError as again:
            raise _not_well_formed(again) from None
    return Document(node, node.tag.rpartition("}")[2].casefold() == root.casefold(), tolerances)


def _strict(body: bytes) -> Element:
    try:
        # White space before the declaration is the one thing in front of a document that is harmless.
        node: Element = fromstring(body.lstrip(b" \t\r\n"), forbid_dtd=True)
    except DefusedXmlException:
        raise VendorResponseInvalid("The answer holds a DTD or entities, which are refused") from None
    except (LookupError, ValueError):  # an encoding that does not exist or is not what the bytes are
        raise VendorResponseInvalid("The answer is in an encoding that cannot be read") from None
    return node


def _not_well_formed(error: ParseError) -> VendorResponseInvalid:
    line, column = error.position
    return VendorResponseInvalid(f"The answer is not well-formed XML (line {line}, column {column})")


_ODOMETER = re.compile(rb"<VehicleOdometerBrandDescrption>([^<]*)</VehicleOdometerBrandDescription>")


def _repair(body: bytes, root: str) -> tuple[bytes, Counter[str]]:
    """Repair the two slips that the manuals show, and count them."""
    fixed, odometers = _ODOMETER.subn(rb"<VehicleOdometerBrandDescription>\1</VehicleOdometerBrandDescription>", body)
    fixed, roots = re.subn(rb"<" + root.encode() + rb"(?=\s*<)", b"<" + root.encode() + b">", fixed, count=1)
    return fixed, +Counter({"B1": odometers, "B2": roots})


def _check_size(root: Element) -> None:
    """Go down level by level, so that neither depth nor number is ever a recursion."""
    level, depth, number = [root], 0, 0
    while level:
        depth += 1
        number += len(level)
        if depth > MAX_DEPTH or number > MAX_ELEMENTS:
            raise VendorResponseInvalid(
                f"The answer is nested deeper than {MAX_DEPTH} or has more than {MAX_ELEMENTS} elements"
            )
        level = [child for node in level for child in node]
