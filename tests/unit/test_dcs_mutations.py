"""Ten thousand corrupted responses: each gives a result or a named error, never another exception."""

import random
from collections.abc import Callable
from xml.etree.ElementTree import Element, tostring

import pytest
from defusedxml.ElementTree import fromstring

from integration_hub.errors import IntegrationError
from integration_hub.privacy import masked
from integration_hub.vendor.message import VendorResponse
from tests.support.dcs.operations import OPERATIONS, SAMPLES, read

PER_OPERATION = 2_000
ODD = ["", " ", "0", "00000000", "99999999999999999999", "-1", "1e9", "No", "Clear", "\u0661\u0662", "x" * 5_000]
ODD += ["12/31/9999", "02/30/2000", "0000-00-00", "2019W101", "5-13", "\ufffd", "<b>", "&", ",", "a,", "NaN", "200"]
NAMES = ["Id", "Vehicle", "Offenses", "CriminalHistory", "CriminalHistories", "OwnerCity", "X", "raw", "Zip4", "Name"]


def flip(body: bytes, chance: random.Random) -> bytes:
    """Change, drop, double or insert some bytes."""
    data = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.choice((1, 10, 1000))]
            case 2:
                data[at:at] = data[at : at + chance.choice((1, 50, 500))]
            case _:
                data[at:at] = chance.choice((b"<", b">", b"</", b"&#0;", b"\x00", b"{", b'"', b"<!--", b"<![CDATA["))
        if not data:
            return b""
    return bytes(data)


def rearrange(body: bytes, chance: random.Random) -> bytes:
    """Drop, double, move, rename or refill elements; the response stays well-formed."""
    root = fromstring(body)
    for _ in range(chance.randint(1, 6)):
        nodes = list(root.iter())
        node, other = chance.choice(nodes), chance.choice(nodes)
        match chance.randrange(5):
            case 0 if len(node):
                node.remove(chance.choice(list(node)))
            case 1 if len(node):
                node.append(chance.choice(list(node)))
            case 2 if node is not root and other not in set(node.iter()):
                other.append(Element(node.tag))
                other[-1].extend(list(node))
                other[-1].text = node.text
            case 3 if node is not root:
                node.tag = chance.choice([*NAMES, node.tag.upper(), "{urn:x}" + node.tag, other.tag])
            case _:
                node.text = chance.choice(ODD)
    return tostring(root)


@pytest.mark.parametrize("folder", OPERATIONS)
def test_corrupted_response_gives_a_result_or_a_named_error(folder: str) -> None:
    """Bytes and elements of every sample are changed with a fixed seed; both outcomes must occur."""
    operation, document = OPERATIONS[folder]
    request = operation.request.model_validate(document)
    samples = [
        path.read_bytes() for path in sorted((SAMPLES / folder).iterdir()) if not path.stem.startswith("request")
    ]
    well_formed = [body for body in samples if _parses(operation.parse_response, body)]
    chance = random.Random(20_250_702)  # noqa: S311 - a fixed seed, so that a failure can be repeated
    results = refusals = 0
    for turn in range(PER_OPERATION):
        corrupt, source = (flip, samples) if turn % 2 else (rearrange, well_formed)
        body = corrupt(chance.choice(source), chance)
        try:
            result = read(operation, body, request)
        except IntegrationError:
            refusals += 1
        else:
            results += 1
            if turn % 10 == 0:
                result.model_dump_json()
                masked(result)
    assert results > PER_OPERATION / 4
    assert refusals > PER_OPERATION / 10


def _parses(parse_response: Callable[[VendorResponse], object], body: bytes) -> bool:
    """Return whether a sample is well-formed XML and not an error."""
    try:
        parse_response(VendorResponse(200, {}, body))
        fromstring(body)
    except (IntegrationError, SyntaxError):
        return False
    return True
