"""Answers that must be refused: attacks on a parser, and documents that are cut, mangled or not the vendor's.

Used in a process of its own (test_dcs_hostile.py): `python hostile_documents.py PORT` reads each, prints one line
per document, and ends with the peak of the memory that Python allocated, in bytes, and with how often anything
tried to reach a network. PORT is where a listener waits that nothing may ever reach.
"""

import sys
import tracemalloc
from collections.abc import Iterator

from dcs.drivers import HOUSEHOLD_DRIVERS
from integration_hub.errors import IntegrationError
from integration_hub.integration import VendorResponse

ROOT = "HouseholdDriversResponse"
GOOD = f"<{ROOT}><AddressSearchStatus>Found</AddressSearchStatus><ResponseStatusCode>200</ResponseStatusCode></{ROOT}>"


def attacks(port: int) -> Iterator[tuple[str, str]]:
    """Return documents with a DTD, in every form that has been used against parsers."""
    here = f"http://127.0.0.1:{port}"
    tail = "]><r>&x;</r>"
    yield (
        "billion laughs",
        (
            "<!DOCTYPE r [<!ENTITY a0 'ha'>"
            + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
            + "]><r>&a11;</r>"
        ),
    )
    yield "quadratic blow-up", f"<!DOCTYPE r [<!ENTITY x '{'x' * 50_000}'>]><r>{'&x;' * 5_000}</r>"
    yield "entity that is itself", "<!DOCTYPE r [<!ENTITY x '&x;'>" + tail
    yield "two entities in a circle", "<!DOCTYPE r [<!ENTITY x '&y;'><!ENTITY y '&x;'>" + tail
    for scheme in ("file:///etc/passwd", here, f"ftp://127.0.0.1:{port}/x", "php://filter/x", "//127.0.0.1/x", "C:\\x"):
        yield f"external entity {scheme[:8]}", f"<!DOCTYPE r [<!ENTITY x SYSTEM '{scheme}'>{tail}"
        yield f"external DTD {scheme[:8]}", f"<!DOCTYPE r SYSTEM '{scheme}'>{GOOD}"
    yield "public DTD", f"<!DOCTYPE r PUBLIC '-//X//Y' '{here}/x.dtd'>{GOOD}"
    yield "parameter entity", f"<!DOCTYPE r [<!ENTITY % p SYSTEM '{here}/p'>%p;]>{GOOD}"
    yield "parameter entity out of band", f"<!DOCTYPE r [<!ENTITY % p '<!ENTITY x SYSTEM \"{here}\">'>%p;{tail}"
    yield "unparsed entity", f"<!DOCTYPE r [<!NOTATION n SYSTEM 'n'><!ENTITY x SYSTEM '{here}' NDATA n>]>{GOOD}"
    yield "default attribute", f"<!DOCTYPE {ROOT} [<!ATTLIST {ROOT} a CDATA 'b'>]>{GOOD}"
    yield "empty DTD", f"<!DOCTYPE {ROOT}>{GOOD}"
    yield "DTD after a comment", f"<!-- x --><!DOCTYPE {ROOT} []>{GOOD}"
    yield "undefined entity", GOOD.replace("Found", "&secret;")
    yield "no namespace for the prefix", GOOD.replace("AddressSearchStatus", "x:AddressSearchStatus")


def within(inner: bytes) -> bytes:
    """Put something into an answer that is good otherwise, so that nothing else can be the reason to refuse it."""
    return GOOD.encode().replace(b"<AddressSearchStatus>", inner + b"<AddressSearchStatus>")


def documents(port: int) -> Iterator[tuple[str, bytes]]:
    """Return all hostile and broken documents, by name."""
    for name, text in attacks(port):
        yield name, text.encode()
    yield "DTD in UTF-16", f"<!DOCTYPE {ROOT} [<!ENTITY x 'y'>]>{GOOD}".encode("utf-16")
    yield "too large", within(b"x" * 5_000_000)
    yield "too deep", within(b"<a>" * 100_000 + b"</a>" * 100_000)
    yield "a little too deep", within(b"<a>" * 64 + b"</a>" * 64)
    yield "too many elements", within(b"<b/>" * 600_000)
    yield "a few elements too many", within(b"<b/>" * 250_001)
    yield "one tag of four megabytes", b"<" + b"a" * 4_000_000 + b"/>"
    yield "never-ending attribute", b"<a b='" + b"x" * 1_000_000
    yield "never-ending comment", GOOD.encode()[:-5] + b"<!--" + b"-x" * 500_000
    yield "never-ending CDATA", b"<a><![CDATA[" + b"]" * 1_000_000
    yield "empty", b""
    yield "blank", b" \r\n\t"
    yield "byte order mark alone", b"\xef\xbb\xbf"
    yield "plain text", b"Service Unavailable"
    yield "HTML", b"<html><body><p>Maintenance<br></body></html>"
    yield "well-formed HTML", b"<html><body>Maintenance</body></html>"
    yield "cut off", GOOD.encode()[:80]
    yield "cut within a character", GOOD.replace("Found", "Ñ").encode()[:-90]
    yield "NUL", GOOD.replace("Found", "Fo\x00und").encode()
    yield "control character", GOOD.replace("Found", "Fo\x0bund").encode()
    yield "reference to NUL", GOOD.replace("Found", "&#0;").encode()
    yield (
        "latin-1 that says UTF-8",
        b"<?xml version='1.0' encoding='utf-8'?>" + GOOD.replace("Found", "Ñ").encode("cp1252"),
    )
    yield "unknown encoding", b"<?xml version='1.0' encoding='klingon'?>" + GOOD.encode()
    yield "encoding that is no character set", b"<?xml version='1.0' encoding='base64'?>" + GOOD.encode()
    yield "UTF-7", b"<?xml version='1.0' encoding='utf-7'?>" + GOOD.encode("utf-7")
    yield "UTF-32", GOOD.encode("utf-32")
    yield "two roots", GOOD.encode() * 2
    yield "text after the root", GOOD.encode() + b"x"
    yield "same attribute twice", GOOD.replace(f"<{ROOT}>", f"<{ROOT} a='1' a='2'>").encode()
    yield "status that is no number", GOOD.replace("200", "OK").encode()
    yield "status of a thousand digits", GOOD.replace("200", "2" * 1000).encode()
    yield "compressed", b"\x1f\x8b\x08\x00" + b"\x00" * 100
    yield "JSON cut off", b'{"ResponseStatusCode": '
    yield "JSON too deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    yield "JSON list too deep", b'{"a":' + b"[" * 100 + b"]" * 100 + b"}"
    yield "JSON list", b"[]"
    yield "JSON of something else", b'{"message": "Forbidden"}'
    yield "JSON with NaN", b'{"ResponseStatusCode": NaN}'
    yield "JSON in latin-1", b'{"ResponseStatusCode": 200, "a": "\xd1"}'


def main() -> None:
    """Read every document; any error but a named one ends the process."""
    reached = []
    sys.addaudithook(lambda event, _: reached.append(event) if event.startswith(("socket.", "urllib.")) else None)
    tracemalloc.start()
    for name, body in documents(int(sys.argv[1])):
        try:
            HOUSEHOLD_DRIVERS.judge(VendorResponse(200, {}, body))
        except IntegrationError as error:
            print(f"{type(error).__name__}\t{name}\t{error.detail}")  # noqa: T201 - read by the test
        else:
            print(f"accepted\t{name}\t")  # noqa: T201 - read by the test
    print(tracemalloc.get_traced_memory()[1], len(reached))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
