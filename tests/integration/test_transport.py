"""An exchange ends when its time is over, whatever the other side, the network or the name server does."""

import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from integration_hub.errors import VendorTimedOut, VendorUnavailable
from integration_hub.integration import VendorRequest
from integration_hub.models import Deadline
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
def transport(simulator: Simulator) -> VendorTransport:
    """A transport that has not called yet, and may call the simulator by its address and by a name."""
    port = urlsplit(simulator.url).port
    return VendorTransport(frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}))


def _exchange(simulator: Simulator, *, host: str = "127.0.0.1", seconds: float = SECONDS, **changes: Any) -> Exchange:
    values: dict[str, Any] = {
        "url": f"https://{host}:{urlsplit(simulator.url).port}{PATH['VehicleVin']}",
        "vendor_request": VendorRequest(sample("VehicleVin"), "application/xml; charset=utf-8", "application/xml"),
        "headers": {"Authorization": Credentials().header()},
        "connect_timeout_seconds": 30.0,
        "deadline": Deadline(time.monotonic() + seconds),
        "send_by": time.monotonic() + 60,
        "max_response_bytes": 5_000_000,
        "ca_bundle": str(simulator.ca_file),
    }
    return Exchange(**{**values, **changes})


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
    """No time-out of any library covers the look-up of a name."""
    look_up = socket.getaddrinfo

    def slow(*arguments: Any, **options: Any) -> Any:
        time.sleep(3)
        return look_up(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", slow)
        begun = time.monotonic()
        assert not _timed_out(transport, _exchange(simulator, host="localhost"), begun).may_be_charged
    arrived = len(simulator.calls())
    time.sleep(3)
    assert len(simulator.calls()) == arrived, "what was given up must not be sent later"
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
