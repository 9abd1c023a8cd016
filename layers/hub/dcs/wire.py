"""Parses the bytes of a response to a tree: XML, and the JSON that the Criminal operation can return.

No external resource is loaded, DTDs and entities are refused, and size, depth and number of elements are bounded before
the tree is read. A document is parsed strictly; if that fails, the two errors of the manual's own samples are repaired
(B1, B2) and it is parsed strictly again. Anything else is refused: a recovering parser could attach offenses to the
wrong person (B3). Error messages never quote the document.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dcs.wire_json import tree
from integration_hub.errors import VendorResponseInvalid

# 100 drivers with long histories have about 2 MB and 60,000 elements. MAX_BYTES is also the maximum of the setting
# max_response_bytes.
MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS = 5_000_000, 64, 250_000


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed response, with the tolerances that parsing needed."""

    root: Element
    has_expected_root: bool
    tolerances: Counter[str] = field(default_factory=Counter)


def parse(body: bytes, root: str) -> Document:
    """Parse a response, XML or JSON by its first character. Raises VendorResponseInvalid."""
    if len(body) > MAX_BYTES:
        raise VendorResponseInvalid(f"The response is larger than {MAX_BYTES} bytes.")
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not start:
        raise VendorResponseInvalid("The response is empty.")
    document = Document(*tree(body, root, MAX_DEPTH)) if start in b"{[" else _xml(body, root)
    _check_size(document.root)
    return document


def _xml(body: bytes, root: str) -> Document:
    if body.count(b"<") > 2 * MAX_ELEMENTS:
        raise VendorResponseInvalid(f"The response has more than {MAX_ELEMENTS} elements.")
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
        # XML allows no white space before the declaration; it is harmless, so it is removed.
        node: Element = fromstring(body.lstrip(b" \t\r\n"), forbid_dtd=True)
    except DefusedXmlException:
        raise VendorResponseInvalid("The response must not contain a DTD or entities.") from None
    except (LookupError, ValueError):  # an unknown encoding, or bytes that do not have it
        raise VendorResponseInvalid("The response has an encoding that cannot be read.") from None
    return node


def _not_well_formed(error: ParseError) -> VendorResponseInvalid:
    line, column = error.position
    return VendorResponseInvalid(f"The response is not well-formed XML (line {line}, column {column}).")


_ODOMETER = re.compile(rb"<VehicleOdometerBrandDescrption>([^<]*)</VehicleOdometerBrandDescription>")


def _repair(body: bytes, root: str) -> tuple[bytes, Counter[str]]:
    """Repair the two errors of the manual's samples, and count them."""
    fixed, odometers = _ODOMETER.subn(rb"<VehicleOdometerBrandDescription>\1</VehicleOdometerBrandDescription>", body)
    fixed, roots = re.subn(rb"<" + root.encode() + rb"(?=\s*<)", b"<" + root.encode() + b">", fixed, count=1)
    return fixed, +Counter({"B1": odometers, "B2": roots})


def _check_size(root: Element) -> None:
    """Count level by level, without recursion, so that the depth of a document cannot exhaust the stack."""
    level, depth, number = [root], 0, 0
    while level:
        depth += 1
        number += len(level)
        if depth > MAX_DEPTH or number > MAX_ELEMENTS:
            raise VendorResponseInvalid(
                f"The response is nested deeper than {MAX_DEPTH} levels or has more than {MAX_ELEMENTS} elements."
            )
        level = [child for node in level for child in node]
