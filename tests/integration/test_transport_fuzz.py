"""Thousands of mutated server replies over real TLS: each ends in a response or one of the hub's errors, in time."""

import contextlib
import os
import random
import resource
import time
from collections import Counter
from pathlib import Path

import pytest

from integration_hub.deadline import Deadline
from integration_hub.errors import VendorResponseInvalid, VendorUnavailable
from integration_hub.vendor.message import VendorRequest, VendorResponse
from integration_hub.vendor.transport import Exchange, VendorTransport
from tests.support.raw_vendor import RawVendor

CASES = int(os.environ.get("HUB_FUZZ", "2000"))
SECONDS = 2.0
OPEN_SECONDS = 0.1
"""For the few cases whose connection stays open, which end with the deadline when the reply is incomplete."""
MAX_BYTES = 5_000
MEMORY_KIB = 64 * 1024

HEAD = b"HTTP/1.1 200 OK\r\n"
REPLIES = (
    HEAD + b"Content-Type: text/xml\r\nContent-Length: 6\r\n\r\n<body>",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n<bo\r\n3;a=b\r\ndy>\r\n0\r\nTrailer: 1\r\n\r\n",
    HEAD + b"Connection: close\r\n\r\n<body>",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 Error\r\nContent-Length: 3\r\n\r\nbad",
    b"HTTP/1.0 200 OK\r\nKeep-Alive: 1\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    HEAD + b"Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\n\x1f\x8b\x08\0\0\0\0\0",
)
PIECES = (
    *(b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b";", b",", b"-", b"-1", b"0x10", b"9" * 30),
    *(b"\r\n ffff", b"f" * 17 + b"\r\n", b"-1\r\n", b"0\r\n\r\n", b"1\r\n", b"\xff\xfe", b"\xc3\xa9", HEAD, b"HTTP/2 "),
    *(b"Content-Length: 0\r\n", b"Content-Length: 99999\r\n", b"Content-Length: -1\r\n", b"Content-Length: 1, 2\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Content-Encoding: gzip\r\n"),
    *(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Hints\r\n\r\n", b"a" * 70_000, b"a: b\r\n" * 20_000),
)


def _mutated(chance: random.Random) -> bytes:
    reply = bytearray(chance.choice(REPLIES))
    for _ in range(chance.randint(0, 4)):
        at = chance.randint(0, len(reply))
        act = chance.randrange(6)
        if act == 0:
            reply[at:at] = chance.choice(PIECES)
        elif act == 1:
            reply[at : at + chance.randint(1, 10)] = b""
        elif act == 2:
            reply[at : at + 1] = bytes([chance.randrange(256)])
        elif act == 3:
            reply[at:at] = reply[at : at + 20] * chance.randint(1, 5)
        elif act == 4:
            del reply[at:]
        else:
            reply[at : at + 5] = chance.randbytes(chance.randint(0, 50))
    return bytes(reply)


def _exchange(vendor: RawVendor, seconds: float) -> Exchange:
    now = time.monotonic()
    return Exchange(
        url=f"https://{vendor.host}/",
        request=VendorRequest(b"<a/>"),
        headers={},
        connect_timeout_seconds=SECONDS,
        deadline=Deadline(now + seconds),
        send_by=now + seconds,
        max_response_bytes=MAX_BYTES,
        ca_bundle=str(vendor.ca_file),
    )


def _end(transport: VendorTransport, exchange: Exchange) -> VendorResponse | Exception:
    try:
        return transport.send(exchange)
    except Exception as error:  # noqa: BLE001 - what this test is about
        return error


@pytest.mark.timeout(600)
def test_no_reply_ends_otherwise_than_in_the_hubs_errors(tmp_path: Path) -> None:
    """After each of them the next exchange gets its own response. The seed of a failure is in its message."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended: Counter[str] = Counter()
    with RawVendor(tmp_path) as vendor, contextlib.closing(VendorTransport(frozenset({vendor.host}))) as transport:
        for seed in range(CASES):
            chance = random.Random(seed)  # noqa: S311 - a repeatable choice
            vendor.reply = _mutated(chance)
            vendor.ending = chance.choices(["close", "cut", "reset", "keep"], [60, 20, 15, 5])[0]
            seconds = OPEN_SECONDS if vendor.ending == "keep" else SECONDS
            arrived, begun = len(vendor.requests), time.monotonic()
            end = _end(transport, _exchange(vendor, seconds))
            ended[type(end).__name__] += 1
            if isinstance(end, VendorResponse):
                assert len(end.body) <= MAX_BYTES, f"seed {seed}"
            else:
                assert isinstance(end, VendorUnavailable | VendorResponseInvalid), f"seed {seed}: {end!r}"
                assert end.may_be_charged or len(vendor.requests) == arrived, f"seed {seed}: sent, not charged"
            assert time.monotonic() - begun < seconds + 0.5, f"seed {seed}: {time.monotonic() - begun} s"
            if seed % 5 == 0:
                announced = vendor.ending == "keep"
                own = b"own %d" % seed
                vendor.reply, vendor.ending = HEAD + b"Content-Length: %d\r\n\r\n" % len(own) + own, "keep"
                end = _end(transport, _exchange(vendor, SECONDS))
                if isinstance(end, VendorUnavailable) and not announced:
                    # The server closed a connection just while it was used again; a new one has to do.
                    end = _end(transport, _exchange(vendor, SECONDS))
                assert isinstance(end, VendorResponse), f"seed {seed}: {end!r}"
                assert end.body == own, f"seed {seed}: another response"
    assert ended.keys() == {"VendorResponse", "VendorResponseInvalid", "VendorTimedOut", "VendorUnavailable"}, ended
    assert min(ended["VendorResponse"], ended["VendorResponseInvalid"], ended["VendorUnavailable"]) > CASES / 20, ended
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MEMORY_KIB
