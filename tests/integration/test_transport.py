"""An exchange ends when its time is over, whatever the other side, the network or the name server does."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from integration_hub.deadline import Deadline
from integration_hub.errors import VendorResponseInvalid, VendorTimedOut, VendorUnavailable
from integration_hub.vendor.message import VendorRequest
from integration_hub.vendor.transport import Exchange, VendorTransport
from local.simulator import Credentials, Simulator
from tests.support.simulator_client import PATH, sample

SECONDS = 1.0
GRACE_SECONDS = 0.5


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A vendor to be slow."""
    with Simulator(tmp_path_factory.mktemp("simulator")) as running:
        yield running


@pytest.fixture
def transport(simulator: Simulator) -> Iterator[VendorTransport]:
    """A transport that has not called yet, and may call the simulator by its address and by a name."""
    port = urlsplit(simulator.url).port
    with contextlib.closing(VendorTransport(frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}))) as transport:
        yield transport


def _exchange(simulator: Simulator, *, host: str = "127.0.0.1", seconds: float = SECONDS, **changes: Any) -> Exchange:
    values: dict[str, Any] = {
        "url": f"https://{host}:{urlsplit(simulator.url).port}{PATH['VehicleVin']}",
        "request": VendorRequest(
            sample("VehicleVin"), content_type="application/xml; charset=utf-8", accept="application/xml"
        ),
        "headers": {"Authorization": Credentials().header()},
        "connect_timeout_seconds": 30.0,
        "deadline": Deadline(time.monotonic() + seconds),
        "send_by": time.monotonic() + 60,
        "max_response_bytes": 5_000_000,
        "ca_bundle": str(simulator.ca_file),
    }
    return Exchange(**{**values, **changes})


def _connections(simulator: Simulator) -> int:
    return cast("int", simulator.state()["connections"])


def _timed_out(transport: VendorTransport, exchange: Exchange, begun: float) -> VendorTimedOut:
    with pytest.raises(VendorTimedOut) as caught:
        transport.send(exchange)
    assert SECONDS - 0.1 <= time.monotonic() - begun <= SECONDS + GRACE_SECONDS
    return caught.value


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize("fault", ["slow=60", "silence", "drip=0.2", "chunked-drip=0.2"])
def test_a_slow_answer_ends_with_the_time_out(
    simulator: Simulator,
    transport: VendorTransport,
    fault: str,
    warm: bool,  # noqa: FBT001 - a case
) -> None:
    """On a new and on a kept connection; it may be charged, and the next exchange finds nothing of it."""
    if warm:
        transport.send(_exchange(simulator))
    simulator.switch_on(fault)
    begun = time.monotonic()
    assert _timed_out(transport, _exchange(simulator), begun).may_be_charged
    simulator.clear()
    assert b"VehicleVinResponse" in transport.send(_exchange(simulator)).body


@pytest.mark.parametrize("fault", ["half-open", "tls-slow=60"])
def test_a_connection_that_never_stands_ends_with_the_time_out(
    simulator: Simulator, transport: VendorTransport, fault: str
) -> None:
    """Nothing was sent, so nothing can be charged."""
    simulator.switch_on(fault)
    begun = time.monotonic()
    assert not _timed_out(transport, _exchange(simulator), begun).may_be_charged
    simulator.clear()
    assert transport.send(_exchange(simulator)).status == 200


def test_a_slow_name_server_ends_with_the_time_out(
    simulator: Simulator, transport: VendorTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look-up cannot be interrupted; what it finds after the time-out is not used."""
    look_up, answered, ended = socket.getaddrinfo, threading.Event(), threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        answered.wait(20)
        try:
            return look_up(*arguments, **options)
        finally:
            ended.set()

    connections = _connections(simulator)
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", slow)
        begun = time.monotonic()
        assert not _timed_out(transport, _exchange(simulator, host="localhost"), begun).may_be_charged
        answered.set()
        assert ended.wait(5)
    for thread in threading.enumerate():
        if thread.name == "look-up":
            thread.join(5)
    assert _connections(simulator) == connections
    assert transport.send(_exchange(simulator)).status == 200


def test_a_connection_that_was_ready_too_late_sends_nothing(simulator: Simulator, transport: VendorTransport) -> None:
    """What admission granted is void by then."""
    simulator.switch_on("tls-slow=0.6")
    arrived = len(simulator.calls())
    with pytest.raises(VendorTimedOut) as caught:
        transport.send(_exchange(simulator, seconds=10, send_by=time.monotonic() + 0.3))
    assert not caught.value.may_be_charged
    simulator.clear()
    assert len(simulator.calls()) == arrived


def test_a_name_that_does_not_exist_buys_nothing(simulator: Simulator) -> None:
    """And is told as an outage, because it may come back."""
    transport = VendorTransport(frozenset({"no-such-host.invalid:443"}))
    with pytest.raises(VendorUnavailable) as caught:
        transport.send(_exchange(simulator, seconds=10, url="https://no-such-host.invalid/a"))
    assert not caught.value.may_be_charged


def test_connecting_has_a_limit_of_its_own(simulator: Simulator, transport: VendorTransport) -> None:
    """TLS included, so that a call does not spend its whole time on a vendor that does not accept."""
    simulator.switch_on("tls-slow=60")
    begun = time.monotonic()
    exchange = _exchange(simulator, seconds=30, connect_timeout_seconds=SECONDS)
    assert not _timed_out(transport, exchange, begun).may_be_charged
    simulator.clear()


def test_nothing_is_sent_after_the_permit_on_a_kept_connection(
    simulator: Simulator, transport: VendorTransport
) -> None:
    """The permit is checked when the first byte is about to leave."""
    transport.send(_exchange(simulator))
    arrived = len(simulator.calls())
    with pytest.raises(VendorTimedOut) as caught:
        transport.send(_exchange(simulator, send_by=time.monotonic() - 0.001))
    assert not caught.value.may_be_charged
    assert len(simulator.calls()) == arrived


@pytest.mark.parametrize("fault", ["tls-untrusted", "tls-reset"])
def test_a_failed_handshake_cannot_be_charged(simulator: Simulator, transport: VendorTransport, fault: str) -> None:
    """The credential does not leave before the vendor's certificate is verified."""
    simulator.switch_on(fault)
    arrived = len(simulator.calls())
    with pytest.raises(VendorUnavailable) as caught:
        transport.send(_exchange(simulator))
    assert not caught.value.may_be_charged
    simulator.clear()
    assert len(simulator.calls()) == arrived
    assert transport.send(_exchange(simulator)).status == 200


def test_a_certificate_for_another_host_is_refused(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority is trusted; the name is wrong."""
    port = urlsplit(simulator.url).port
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **options: look_up("127.0.0.1", *rest, **options))
    transport = VendorTransport(frozenset({f"vendor.example:{port}"}))
    with pytest.raises(VendorUnavailable, match="certificate") as caught:
        transport.send(_exchange(simulator, host="vendor.example"))
    assert not caught.value.may_be_charged


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("reset", VendorUnavailable),
        ("cut=50", VendorUnavailable),
        ("cut=0", VendorUnavailable),
        ("huge=6", VendorResponseInvalid),
        ("gzip-bomb=6", VendorResponseInvalid),
        ("gzip-broken", VendorResponseInvalid),
    ],
)
def test_a_lost_or_unusable_response_may_be_charged(
    simulator: Simulator, transport: VendorTransport, fault: str, error: type[VendorUnavailable]
) -> None:
    """The request left, and the vendor has searched."""
    simulator.switch_on(fault)
    with pytest.raises(error) as caught:
        transport.send(_exchange(simulator, seconds=10))
    assert caught.value.may_be_charged
    simulator.clear()
    assert b"VehicleVinResponse" in transport.send(_exchange(simulator)).body


@pytest.mark.parametrize("fault", ["chunked", "gzip", "headers", "length-short=0"])
def test_an_unusual_response_is_read(simulator: Simulator, transport: VendorTransport, fault: str) -> None:
    """Chunks, compression that was not asked for, and 200 headers; the connection serves the next exchange."""
    plain = transport.send(_exchange(simulator))
    connections = _connections(simulator)
    simulator.switch_on(fault)
    assert transport.send(_exchange(simulator)).body == plain.body
    simulator.clear()
    assert transport.send(_exchange(simulator)).body == plain.body
    assert _connections(simulator) == connections


def test_a_redirect_is_a_response(simulator: Simulator, transport: VendorTransport) -> None:
    """Following it would carry the credential to another host."""
    simulator.switch_on("redirect")
    response = transport.send(_exchange(simulator))
    simulator.clear()
    assert (response.status // 100, "location" in response.headers) == (3, True)


def test_a_proxy_in_the_environment_is_not_used(
    simulator: Simulator, transport: VendorTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing listens at the proxy's address."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert transport.send(_exchange(simulator)).status == 200
