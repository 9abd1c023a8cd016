"""Every named fault does on the wire what its name says. Real sockets on loopback; long waits are never waited for."""

import gzip
import http.client
import json
import ssl
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import pytest

from local.simulator import Credentials, Simulator
from local.simulator.faults import FAULTS, fault_tag, fault_vin
from tests.support.simulator_client import Client, Reply, ended, last, parses, sample

WHOLE = sample("HouseholdDrivers", "whole.xml")
SHORT = 0.3
"""Seconds after which a client gives up on a fault that would last for a minute."""

type Check = Callable[[Reply], bool]


def enveloped(status: int) -> Check:
    """An error in the vendor's XML."""
    return lambda reply: reply.root.findtext("ResponseStatusCode") == str(status) == str(reply.status)


ANSWERED: dict[str, tuple[str, int, Check]] = {
    # fault asked for: (its name, HTTP status, what else must hold)
    "slow=0.05": ("slow", 200, lambda reply: reply.body == WHOLE),
    "drip=0": ("drip", 200, lambda reply: reply.body == WHOLE),
    "chunked": (
        "chunked",
        200,
        lambda reply: reply.body == WHOLE and reply.headers["Transfer-Encoding"] == "chunked",
    ),
    "chunked-drip=0": (
        "chunked-drip",
        200,
        lambda reply: reply.body == WHOLE and reply.headers["Transfer-Encoding"] == "chunked",
    ),
    "length-short=40": ("length-short", 200, lambda reply: reply.body == WHOLE[:-40]),
    "timed-out": ("timed-out", 504, enveloped(504)),
    "inner-timed-out": ("inner-timed-out", 200, lambda reply: reply.root.findtext("ResponseStatusCode") == "504"),
    "timed-out-empty": ("timed-out-empty", 504, lambda reply: reply.body == b""),
    "bad-request": ("bad-request", 400, enveloped(400)),
    "unauthorized": ("unauthorized", 401, enveloped(401)),
    "unauthorized-page": (
        "unauthorized-page",
        401,
        lambda reply: b"<html>" in reply.body and "Basic" in reply.headers["WWW-Authenticate"],
    ),
    "lock=3": ("lock", 401, enveloped(401)),
    "password-expired": ("password-expired", 401, enveloped(401)),
    "bad-format": ("bad-format", 403, enveloped(403)),
    "firewall": ("firewall", 403, lambda reply: b"<html>" in reply.body),
    "not-found": ("not-found", 404, lambda reply: b"<html>" in reply.body),
    "too-many=7": ("too-many", 429, lambda reply: reply.headers["Retry-After"] == "7"),
    "redirect": ("redirect", 302, lambda reply: reply.headers["Location"].startswith("https://127.0.0.1:1/")),
    "server-error": ("server-error", 500, enveloped(500)),
    "stack-trace": ("stack-trace", 500, lambda reply: b"NullReferenceException" in reply.body),
    "bad-gateway": ("bad-gateway", 502, lambda reply: b"<html>" in reply.body),
    "unavailable": ("unavailable", 503, lambda reply: "Retry-After" not in reply.headers and enveloped(503)(reply)),
    "unavailable=3": ("unavailable", 503, lambda reply: reply.headers["Retry-After"] == "3"),
    "unavailable-until=60": (
        "unavailable-until",
        503,
        lambda reply: (
            parsedate_to_datetime(reply.headers["Retry-After"]) > parsedate_to_datetime(reply.headers["Date"])
        ),
    ),
    "unavailable-empty": ("unavailable-empty", 503, lambda reply: reply.body == b""),
    "maintenance=9": (
        "maintenance",
        503,
        lambda reply: b"maintenance" in reply.body and reply.headers["Retry-After"] == "9",
    ),
    "inner=401": ("inner", 200, lambda reply: reply.root.findtext("ResponseStatusCode") == "401"),
    "empty": ("empty", 200, lambda reply: reply.body == b""),
    "html": ("html", 200, lambda reply: b"<html>" in reply.body and reply.headers["Content-Type"].startswith("text/")),
    "json": ("json", 200, lambda reply: json.loads(reply.body) == {"ResponseStatusCode": 200}),
    "garbage": ("garbage", 200, lambda reply: not parses(reply.body)),
    "truncated": ("truncated", 200, lambda reply: reply.body == WHOLE[: len(WHOLE) // 2]),
    "nul": ("nul", 200, lambda reply: b"\0" in reply.body and not parses(reply.body)),
    "bom": ("bom", 200, lambda reply: reply.body.startswith(b"\xef\xbb\xbf<?xml") and parses(reply.body)),
    "utf16": ("utf16", 200, lambda reply: WHOLE.decode() in reply.body.decode("utf-16") and parses(reply.body)),
    "wrong-charset": (
        "wrong-charset",
        200,
        lambda reply: not parses(reply.body) and parses(reply.body.replace(b"utf-8", b"latin-1")),
    ),
    "wrong-type": ("wrong-type", 200, lambda reply: reply.headers["Content-Type"] == "text/plain"),
    "no-type": ("no-type", 200, lambda reply: "Content-Type" not in reply.headers),
    "namespace": ("namespace", 200, lambda reply: reply.root.tag == "{urn:sample:dcs}HouseholdDriversResponse"),
    "huge=1": ("huge", 200, lambda reply: len(reply.body) > 1024 * 1024 and parses(reply.body)),
    "deep=300": ("deep", 200, lambda reply: reply.body.count(b"<Deep>") == 300 and parses(reply.body)),
    "dtd": ("dtd", 200, lambda reply: reply.body.startswith(b"<!DOCTYPE") and parses(reply.body)),
    "xxe=http://127.0.0.1:9/": (
        "xxe",
        200,
        lambda reply: b'SYSTEM "http://127.0.0.1:9/"' in reply.body and b"&out;" in reply.body,
    ),
    "billion-laughs": (
        "billion-laughs",
        200,
        lambda reply: reply.body.count(b"<!ENTITY") == 10 and b"&lol9;" in reply.body,
    ),
    "gzip": (
        "gzip",
        200,
        lambda reply: reply.headers["Content-Encoding"] == "gzip" and gzip.decompress(reply.body) == WHOLE,
    ),
    "gzip-broken": (
        "gzip-broken",
        200,
        lambda reply: reply.headers["Content-Encoding"] == "gzip" and reply.body == WHOLE,
    ),
    "gzip-bomb=5": (
        "gzip-bomb",
        200,
        lambda reply: len(reply.body) < 50_000 and len(gzip.decompress(reply.body)) > 5 * 1024 * 1024,
    ),
    "headers=50": ("headers", 200, lambda reply: sum(name.startswith("X-Filler") for name in reply.headers) == 50),
    "duplicate": ("duplicate", 200, lambda reply: [one.text for one in reply.root.iter("Id")].count("D-1") == 2),
    "missing-id": ("missing-id", 200, lambda reply: "D-1" not in [one.text for one in reply.root.iter("Id")]),
    "wrong-id": ("wrong-id", 200, lambda reply: next(reply.root.iter("Id")).text == "NOT-YOURS"),
    "unknown-elements": (
        "unknown-elements",
        200,
        lambda reply: len(list(reply.root.iter("AddedInVersion99"))) == 5,
    ),
    "no-aliases": ("no-aliases", 200, lambda reply: b"Mockford" not in reply.body and b"Quill" in reply.body),
}

BROKEN: dict[str, tuple[str, type[Exception], str]] = {
    # fault asked for: (its name, what the client sees, what the call log says)
    "slow=60": ("slow", TimeoutError, ""),
    "drip=60": ("drip", TimeoutError, ""),
    "chunked-drip=60": ("chunked-drip", TimeoutError, ""),
    "silence=60": ("silence", TimeoutError, ""),
    "silence=0": ("silence", http.client.RemoteDisconnected, "silent"),
    "cut=200": ("cut", http.client.IncompleteRead, "cut"),
    "reset": ("reset", ConnectionResetError, "reset"),
    "length-long=10": ("length-long", http.client.IncompleteRead, "complete"),
}

BEFORE_TLS: dict[str, tuple[str, type[Exception]]] = {
    # fault switched on: (its name, what the client sees)
    "half-open=60": ("half-open", TimeoutError),
    "tls-slow=60": ("tls-slow", TimeoutError),
    "tls-reset": ("tls-reset", ConnectionResetError),
    "tls-untrusted": ("tls-untrusted", ssl.SSLCertVerificationError),
}
ELSEWHERE = {"json-shape", "reset-early"}
"""Tested below, on their own."""


def test_every_fault_is_tested() -> None:
    """No fault of the registry is without its case here."""
    cases = (ANSWERED, BROKEN, BEFORE_TLS)
    assert {case[0] for table in cases for case in table.values()} | ELSEWHERE == set(FAULTS)


@pytest.mark.parametrize("fault", ANSWERED)
def test_answered(client: Client, fault: str) -> None:
    """The fault shows in the answer."""
    _, status, holds = ANSWERED[fault]
    reply = client.fault(fault)
    assert reply.status == status
    assert holds(reply)


@pytest.mark.parametrize("fault", BROKEN)
def test_broken(simulator: Simulator, client: Client, fault: str) -> None:
    """The answer does not come, or not whole; the search ran and is charged all the same."""
    _, seen, outcome = BROKEN[fault]
    with pytest.raises(seen) as raised:
        client.fault(fault, seconds=SHORT if seen is TimeoutError else 20)
    # An orderly end would be RemoteDisconnected, which http.client derives from ConnectionResetError.
    assert raised.type is seen
    if outcome:
        end = last(simulator, 1)
        assert (end.outcome, end.charged, end.fault) == (outcome, True, fault)


@pytest.mark.parametrize("fault", BEFORE_TLS)
def test_before_tls(simulator: Simulator, client: Client, fault: str) -> None:
    """The connection fails before there is a call; the next one is well."""
    simulator.switch_on(fault, calls=1)
    with pytest.raises(BEFORE_TLS[fault][1]):
        client.ask("HouseholdDrivers", seconds=SHORT if BEFORE_TLS[fault][1] is TimeoutError else 20)
    assert simulator.calls() == ()
    assert client.ask("HouseholdDrivers").body == WHOLE


def test_slow_handshake_succeeds(simulator: Simulator, client: Client) -> None:
    """A late handshake is still a handshake."""
    simulator.switch_on("tls-slow=0.05", calls=1)
    assert client.ask("HouseholdDrivers").body == WHOLE


def test_reset_early(simulator: Simulator, client: Client) -> None:
    """The connection is reset without reading the request: it arrived, nothing was searched, nothing is charged."""
    with pytest.raises((ConnectionResetError, BrokenPipeError)) as raised:
        client.fault("reset-early")
    assert raised.type is not http.client.RemoteDisconnected
    (call,) = ended(simulator, 1)
    assert (call.arrival.subjects, call.end and call.end.outcome, call.charged) == ((), "reset", False)


@pytest.mark.parametrize(
    ("shape", "kind"), [("A", "CriminalResponse"), ("A-single", "CriminalResponse"), ("B", "CriminalProfiles")]
)
def test_json_shape(client: Client, shape: str, kind: str) -> None:
    """JSON comes in the shape asked for."""
    body, fault = sample("Criminal", "request.json"), f"json-shape={shape}"
    answer = json.loads(client.ask("Criminal", body, Content_Type="application/json", X_Simulator_Fault=fault).body)
    assert kind in answer
    text = json.dumps(answer)
    single = '"Offense": {' in text
    assert single == (shape == "A-single")


@pytest.mark.parametrize("fault", ["no-such-fault", "slow=soon", "reset=now", "quirk=A99", "json-shape=C", "half-open"])
def test_unknown_fault(simulator: Simulator, client: Client, fault: str) -> None:
    """A mistake in the header is an error that says so, not a call without a fault."""
    reply = client.fault(fault)
    assert (reply.status, reply.headers["X-Simulator-Reason"] != "") == (400, True)
    assert simulator.invoice().total_cents == 0


def test_several_faults(client: Client) -> None:
    """Faults combine in the order given."""
    reply = client.fault("quirk=A1, duplicate, bom")
    assert reply.body.startswith(b"\xef\xbb\xbf")
    assert [one.text for one in reply.root.iter("Id")].count("D-1") == 2
    assert b"<IdCard>No" not in reply.body


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        ("HouseholdDrivers", "<LastName>Placeholder", "<LastName>Fault-Unavailable"),
        ("HouseholdVehicles", "2718 Fictional Oaks Dr Apt 314", "1 Fault-Unavailable St"),
        ("VehicleVin", "1ZZTESTC9GX000303", fault_vin("unavailable")),
        ("VehicleTag", "ZZZ9999", fault_tag("unavailable")),
        ("Criminal", "<LastName>Testerman", "<LastName>Fault-Unavailable"),
    ],
)
def test_by_subject(client: Client, operation: str, old: str, new: str) -> None:
    """A subject can ask for a fault where a header cannot be sent."""
    text = sample(operation).decode()
    assert old in text
    assert client.ask(operation, text.replace(old, new).encode()).status == 503


def test_quirk_by_subject(client: Client) -> None:
    """A subject can ask for a quirk by its number."""
    text = sample("Criminal").decode()
    second = text.rindex("Testerman")
    reply = client.ask("Criminal", (text[:second] + "Fault-Quirk-A7" + text[second + 9 :]).encode())
    assert b"CourtSenteceSuspendedTime" in reply.body


def test_lock(simulator: Simulator, client: Client) -> None:
    """After so many refusals even the right password is refused, until it is changed."""
    assert client.fault("lock=2").status == 401
    assert client.ask("VehicleTag", Authorization="Basic wrong").status == 401
    assert client.ask("VehicleTag").status == 401
    simulator.change_password("An0ther-Example")
    assert client.ask("VehicleTag").status == 401
    assert Client(simulator, Credentials(password="An0ther-Example")).ask("VehicleTag").status == 200


def test_password_expired(simulator: Simulator, client: Client) -> None:
    """An expired password is refused until it is changed."""
    assert client.fault("password-expired").status == 401
    assert client.ask("VehicleTag").status == 401
    simulator.change_password("S3cret-Example")
    assert client.ask("VehicleTag").status == 200
