"""What a server may send instead of a response, over real TLS: the exchange ends in one of the hub's errors."""

import contextlib
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration_hub.deadline import Deadline
from integration_hub.errors import IntegrationError, VendorResponseInvalid, VendorTimedOut, VendorUnavailable
from integration_hub.vendor.message import VendorRequest, VendorResponse
from integration_hub.vendor.transport import Exchange, VendorTransport
from tests.support.raw_vendor import RawVendor

MAX_BYTES = 20_000
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
type Send = Callable[..., VendorResponse]


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawVendor]:
    """A server that answers as it is told."""
    with RawVendor(tmp_path_factory.mktemp("raw")) as running:
        yield running


@pytest.fixture
def send(vendor: RawVendor) -> Iterator[Send]:
    """Send a request over a new transport, which keeps its connection during the test."""
    vendor.reply, vendor.ending = GOOD, "keep"

    def send(seconds: float = 5.0, **changes: Any) -> VendorResponse:
        values: dict[str, Any] = {
            "url": f"https://{vendor.host}/path",
            "request": VendorRequest(b"<a/>", content_type="application/xml"),
            "headers": {"Authorization": "Basic c2VjcmV0"},
            "connect_timeout_seconds": 5.0,
            "deadline": Deadline(time.monotonic() + seconds),
            "send_by": time.monotonic() + 5,
            "max_response_bytes": MAX_BYTES,
            "ca_bundle": str(vendor.ca_file),
        }
        return transport.send(Exchange(**{**values, **changes}))

    with contextlib.closing(VendorTransport(frozenset({vendor.host}))) as transport:
        yield send


def _fails(send: Send, error: type[IntegrationError], **options: Any) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        send(**options)
    assert type(caught.value) is error, caught.value
    return caught.value


def _until_it_breaks(piece: bytes) -> Callable[[ssl.SSLSocket], None]:
    def stream(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"HTTP/1.1 ")
        while True:
            connection.sendall(piece)

    return stream


NONSENSE = {
    "negative chunk size": CHUNKED + b"-1\r\nabc\r\n0\r\n\r\n",
    "signed chunk size": CHUNKED + b"+4\r\ngood\r\n0\r\n\r\n",
    "chunk size with underscore": CHUNKED + b"0_4\r\ngood\r\n0\r\n\r\n",
    "chunk size overflow": CHUNKED + b"f" * 40 + b"\r\n",
    "chunk size without digits": CHUNKED + b"\r\n",
    "chunk longer than its size": CHUNKED + b"2\r\ngood\r\n0\r\n\r\n",
    "chunk over the limit": CHUNKED + b"fffff\r\n",
    "chunk extension without end": CHUNKED + b"4;" + b"a" * 10_000,
    "endless trailers": CHUNKED + b"0\r\n" + b"a: b\r\n" * 20_000,
    "100,000 headers": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 100_000 + b"\r\n",
    "header line of a megabyte": b"HTTP/1.1 200 OK\r\na: " + b"b" * 1_000_000 + b"\r\n\r\n",
    "20,000 interim responses": b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000 + GOOD,
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "HTTP/0.9": b"<html>an old reply</html>\r\n",
    "HTTP/2": b"HTTP/2 200\r\n\r\n",
    "status of two digits": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "status with a sign": b"HTTP/1.1 -20 OK\r\n\r\n",
    "NULs": b"\0" * 100 + b"\r\n\r\n",
    "NUL in a header": b"HTTP/1.1 200 OK\r\na: \0\r\nContent-Length: 0\r\n\r\n",
    "header without a colon": b"HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n",
    "space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 4\r\n\r\ngood",
    "contradicting lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\ngood!",
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\ngood",
    "length with a sign": b"HTTP/1.1 200 OK\r\nContent-Length: +4\r\n\r\ngood",
    "folded length": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n 0\r\n\r\ngood",
    "length over the limit": b"HTTP/1.1 200 OK\r\nContent-Length: 20001\r\n\r\n",
    "huge length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "unknown transfer coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "random bytes": bytes(range(256)),
}


@pytest.mark.parametrize("reply", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_an_invalid_response_that_may_be_charged(vendor: RawVendor, send: Send, reply: bytes) -> None:
    """The connection is not used again, so that nothing of it is taken for the next response."""
    send()
    vendor.reply, before = reply, vendor.connections
    begun = time.monotonic()
    assert _fails(send, VendorResponseInvalid).may_be_charged
    assert time.monotonic() - begun < 2
    vendor.reply = GOOD
    assert send().body == b"good"
    assert vendor.connections == before + 1


@pytest.mark.parametrize(
    "piece",
    [b"200 OK\r\n" + b"a: b\r\n" * 1000, b"100 Continue\r\n\r\nHTTP/1.1 ", b"x" * 1000],
    ids=["headers", "interim responses", "status line"],
)
def test_a_head_without_end_is_given_up_at_its_limit(vendor: RawVendor, send: Send, piece: bytes) -> None:
    """Long before the deadline."""
    vendor.reply = _until_it_breaks(piece)
    begun = time.monotonic()
    assert _fails(send, VendorResponseInvalid).may_be_charged
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\n\r\n", CHUNKED + b"4e20\r\n"],
    ids=["until closed", "chunked"],
)
def test_a_body_without_end_is_given_up_at_its_limit(vendor: RawVendor, send: Send, start: bytes) -> None:
    """Whatever its framing says."""

    def stream(connection: ssl.SSLSocket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(b"x" * 4096)

    vendor.reply = stream
    assert _fails(send, VendorResponseInvalid).may_be_charged


def test_a_flood_of_small_chunks_is_given_up_at_twice_the_limit(vendor: RawVendor, send: Send) -> None:
    """Chunk extensions cost time on the wire without adding to the body."""

    def stream(connection: ssl.SSLSocket) -> None:
        connection.sendall(CHUNKED)
        while True:
            connection.sendall((b"1;" + b"e" * 1000 + b"\r\nx\r\n") * 100)

    vendor.reply = stream
    assert "larger than" in _fails(send, VendorResponseInvalid, max_response_bytes=5_000_000).detail


@pytest.mark.parametrize("ending", ["close", "cut", "reset"])
@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ngood",
        CHUNKED + b"4\r\ngo",
        CHUNKED + b"4\r\ngood\r\n",
        CHUNKED + b"4\r\ngood\r\n0\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_a_response_that_ends_early_may_be_charged(vendor: RawVendor, send: Send, reply: bytes, ending: str) -> None:
    """A body shorter than its length included."""
    vendor.reply, vendor.ending = reply, ending
    assert _fails(send, VendorUnavailable).may_be_charged


@pytest.mark.parametrize("ending", ["cut", "reset"])
def test_a_body_until_the_end_of_the_connection_must_end_in_order(vendor: RawVendor, send: Send, ending: str) -> None:
    """Without TLS's close_notify it may have been cut anywhere."""
    vendor.reply, vendor.ending = b"HTTP/1.1 200 OK\r\n\r\ngood", ending
    assert _fails(send, VendorUnavailable).may_be_charged


def test_a_length_that_is_never_reached_ends_with_the_deadline(vendor: RawVendor, send: Send) -> None:
    """The connection stays open and silent."""
    vendor.reply = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ngood"
    assert _fails(send, VendorTimedOut, seconds=0.3).may_be_charged


def test_a_response_that_drips_ends_with_the_deadline(vendor: RawVendor, send: Send) -> None:
    """Also in the head, where each byte comes in time and the whole does not."""

    def drip(connection: ssl.SSLSocket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    vendor.reply = drip
    begun = time.monotonic()
    assert _fails(send, VendorTimedOut, seconds=0.5).may_be_charged
    assert 0.4 < time.monotonic() - begun < 1


def test_a_server_that_does_not_read_ends_with_the_deadline(vendor: RawVendor, send: Send) -> None:
    """A request larger than all buffers has begun to leave."""
    vendor.reading.clear()
    begun = time.monotonic()
    error = _fails(send, VendorTimedOut, seconds=0.3, request=VendorRequest(b"x" * 30_000_000))
    vendor.reading.set()
    assert error.may_be_charged
    assert 0.2 < time.monotonic() - begun < 1


WELL_FORMED = {
    "length": (GOOD, 1),
    "chunks": (CHUNKED + b"2\r\ngo\r\n2;ext=1\r\nod\r\n0\r\ntrailer: 1\r\n\r\n", 1),
    "interim responses": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + GOOD, 1),
    "line feeds": (GOOD.replace(b"\r\n", b"\n"), 1),
    "equal lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\ngood", 1),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\ngood", 1),
    "closing": (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood", 2),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\ngood", 2),
    "length and chunks": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n",
        2,
    ),
    "a byte too many": (GOOD + b"x", 2),
    "a second response": (GOOD + GOOD.replace(b"good", b"evil"), 2),
}


@pytest.mark.parametrize(("reply", "connections"), WELL_FORMED.values(), ids=WELL_FORMED)
def test_a_well_formed_response_is_read(vendor: RawVendor, send: Send, reply: bytes, connections: int) -> None:
    """And its connection is used again where the server lets it, and nothing is left on it."""
    before = vendor.connections
    vendor.reply = reply
    assert send().body == b"good"
    vendor.reply = GOOD
    assert send().body == b"good"
    assert vendor.connections - before == connections


def test_a_body_may_last_until_the_connection_ends(vendor: RawVendor, send: Send) -> None:
    """If TLS ends in order."""
    vendor.reply, vendor.ending = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\n\r\ngood", "close"
    response = send()
    assert (response.body, response.headers) == (b"good", {"x-a": "1, 2"})


def test_the_limit_is_exact(vendor: RawVendor, send: Send) -> None:
    """In bytes of the body."""
    vendor.reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % MAX_BYTES + b"x" * MAX_BYTES
    assert len(send().body) == MAX_BYTES
    assert _fails(send, VendorResponseInvalid, max_response_bytes=MAX_BYTES - 1).may_be_charged


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_body_ends_with_its_head(vendor: RawVendor, send: Send, status: int) -> None:
    """Whatever length it names."""
    vendor.reply = b"HTTP/1.1 %d A\r\nContent-Length: 4\r\n\r\n" % status
    assert (send().status, send().body) == (status, b"")


def test_a_head_request_has_no_body(vendor: RawVendor, send: Send) -> None:
    """The length is that of the body that GET would have."""
    vendor.reply = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    assert send(request=VendorRequest(method="HEAD")).body == b""


@pytest.mark.parametrize("late", [GOOD, b"x"], ids=["response", "byte"])
def test_what_arrives_between_exchanges_is_not_taken_for_a_response(vendor: RawVendor, send: Send, late: bytes) -> None:
    """The connection is dropped instead."""

    def reply(connection: ssl.SSLSocket) -> None:
        connection.sendall(GOOD)
        connection.sendall(late)

    vendor.reply = reply
    before = vendor.connections
    send()
    time.sleep(0.05)
    vendor.reply = GOOD.replace(b"good", b"next")
    assert send().body == b"next"
    assert vendor.connections == before + 2


def test_a_connection_that_the_server_ended_costs_no_request(vendor: RawVendor, send: Send) -> None:
    """It is noticed before anything is sent."""
    send()
    arrived = len(vendor.requests)
    vendor.end_connections()
    time.sleep(0.05)
    assert send().body == b"good"
    assert len(vendor.requests) == arrived + 1


def test_a_connection_that_was_idle_is_not_used_again(
    vendor: RawVendor, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Firewalls drop idle connections without telling either side."""
    before = vendor.connections
    send()
    send()
    assert vendor.connections == before + 1
    monkeypatch.setattr("integration_hub.vendor.connection._IDLE_SECONDS", 0.0)
    send()
    assert vendor.connections == before + 2


def test_a_request_is_complete_and_sent_once(vendor: RawVendor, send: Send) -> None:
    """Byte for byte."""
    request = VendorRequest(
        b"<a/>",
        method="PUT",
        content_type="text/xml",
        accept="text/plain",
        path_suffix="/AB 1/ü",
        query={"q": "a&b c"},
        headers={"X-A": "1", "authorization": "overruled"},
    )
    arrived = len(vendor.requests)
    send(request=request)
    (sent,) = vendor.requests[arrived:]
    head, _, body = sent.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "PUT /path/AB%201/%C3%BC?q=a%26b%20c HTTP/1.1"
    assert sorted(lines) == [
        "Accept-Encoding: identity",
        "Accept: text/plain",
        "Authorization: Basic c2VjcmV0",
        "Content-Length: 4",
        "Content-Type: text/xml",
        f"Host: {vendor.host}",
        "User-Agent: integration-hub",
        "X-A: 1",
    ]
    assert body == b"<a/>"


def test_a_defect_after_sending_is_not_taken_for_nothing_sent(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a response provokes, it may be charged."""

    def fail(*_: object) -> None:
        raise IndexError

    monkeypatch.setattr("integration_hub.vendor.http_response.ResponseReader.read", fail)
    assert _fails(send, VendorResponseInvalid).may_be_charged
