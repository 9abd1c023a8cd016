"""The simulator's own log: what arrived, what was sent and its cost, also when client or connection is gone."""

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.simulator import Credentials, Simulator
from local.simulator.call_log import PRICES
from tests.support.simulator_client import PATH, Client, ended, last, sample

PRIVATE = (
    "Rosalind",
    "Testerman",
    "09990001",
    "04/17/1984",
    "Fictional Oaks",
    "1ZZTEST",
    "TST4271",
    "S3cret",
    "OTAwMTIz",
)


def test_entries(simulator: Simulator, client: Client) -> None:
    """Two entries for a call, with its ids and the number of subjects, in the file as in memory."""
    client.ask("HouseholdDrivers", X_Call_Id="call-1", X_Correlation_Id="story-9")
    (call,) = ended(simulator, 1)
    arrived, end = [json.loads(line) for line in simulator.call_log.read_text().splitlines()]
    assert (arrived["event"], end["event"]) == ("arrived", "ended")
    assert arrived["sequence"] == end["sequence"] == call.sequence == 1
    assert (arrived["call_id"], arrived["correlation_id"]) == ("call-1", "story-9")
    assert (arrived["operation"], arrived["path"]) == ("HouseholdDrivers", PATH["HouseholdDrivers"])
    assert (arrived["account"], arrived["subjects"], arrived["subject_count"]) == ("900123", ["D-1", "D-2", "D-3"], 3)
    whole = len(sample("HouseholdDrivers", "whole.xml"))
    assert (end["status"], end["sent"], end["outcome"], end["charged"]) == (200, whole, "complete", True)
    assert arrived["arrived_ns"] > 0
    assert end["duration_ms"] > 0


def test_nothing_private(simulator: Simulator, client: Client) -> None:
    """No name, number, birth date, address, VIN, plate or secret is in the log, the state or the calls."""
    for operation in PATH:
        client.ask(operation)
    client.ask("VehicleVin", Authorization=Credentials(account="S3cret-Example").header())
    ended(simulator, 6)
    everything = simulator.call_log.read_text() + str(simulator.calls()) + json.dumps(simulator.state())
    assert [text for text in PRIVATE if text in everything] == []


@pytest.mark.parametrize(
    ("fault", "charged"),
    [
        ("slow=0.01", True),
        ("empty", True),
        ("timed-out", True),
        ("inner-timed-out", True),
        ("truncated", True),
        ("bad-request", False),
        ("unauthorized", False),
        ("bad-format", False),
        ("too-many", False),
        ("server-error", False),
        ("unavailable", False),
        ("inner=500", False),
    ],
)
def test_charged(simulator: Simulator, client: Client, fault: str, charged: bool) -> None:  # noqa: FBT001 - a column of the table
    """A search that ran is charged; a refusal is not."""
    client.fault(fault, "Criminal")
    ended(simulator, 1)
    assert simulator.invoice().total_cents == (PRICES["Criminal"] if charged else 0)


def test_invoice(simulator: Simulator, client: Client) -> None:
    """The invoice counts by operation and adds up."""
    for operation, times in (("VehicleTag", 3), ("Criminal", 1)):
        for _ in range(times):
            client.ask(operation)
    client.ask("VehicleVin", b"<no")
    ended(simulator, 5)
    invoice = simulator.invoice()
    assert {name: line.calls for name, line in invoice.lines.items() if line.calls} == {"VehicleTag": 3, "Criminal": 1}
    assert invoice.total_cents == 3 * PRICES["VehicleTag"] + PRICES["Criminal"]


def test_client_leaves_in_the_request(simulator: Simulator, client: Client) -> None:
    """A request that never comes whole is a call that arrived, is not searched and costs nothing."""
    connection = client.connect()
    connection.putrequest("POST", PATH["HouseholdDrivers"])
    for name, value in (("Content-Length", "5000"), ("Authorization", client.authorization), ("X-Call-Id", "half")):
        connection.putheader(name, value)
    connection.endheaders(b"<HouseholdDriversRequest>")
    connection.close()
    (call,) = ended(simulator, 1)
    assert (call.arrival.call_id, call.end and call.end.outcome, call.charged) == ("half", "client left", False)


def test_client_leaves_before_the_answer(simulator: Simulator, client: Client) -> None:
    """A client that gives up while the simulator is busy is still charged for the search."""
    connection = client.connect()
    client.send(connection, "HouseholdDrivers", X_Simulator_Fault="huge=20, slow=0.2")
    assert connection.sock is not None
    connection.sock.close()
    connection.close()
    end = last(simulator, 1)
    assert end.charged
    assert end.outcome == "client left"


def test_agrees_with_the_client(simulator: Simulator, client: Client) -> None:
    """What a client sent, good and bad, is what the simulator has written, in order."""
    sent = []
    for number, fault in enumerate(("", "cut=10", "unavailable", "reset", "drip=0", "empty", "reset-early", "html")):
        sent.append((f"call-{number}", fault))
        try:
            client.ask("VehicleTag", X_Call_Id=f"call-{number}", X_Simulator_Fault=fault)
        except (OSError, http.client.HTTPException):
            continue
    calls = ended(simulator, len(sent))
    assert [(call.arrival.call_id, call.end and call.end.fault) for call in calls] == sent
    assert [call.charged for call in calls] == [True, True, False, True, True, True, False, True]


def test_hundred_at_once(simulator: Simulator, client: Client) -> None:
    """A hundred calls in flight together are each answered and each logged once."""
    together = threading.Barrier(100, timeout=30)

    def call(number: int) -> bytes:
        together.wait()
        return client.ask("VehicleTag", seconds=60, X_Call_Id=str(number), X_Simulator_Fault="slow=0.2").body

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(call, range(100)))
    assert set(answers) == {sample("VehicleTag", "whole.xml")}
    calls = ended(simulator, 100)
    assert sorted(int(one.arrival.call_id) for one in calls) == list(range(100))
    assert simulator.invoice().total_cents == 100 * PRICES["VehicleTag"]
    assert len(simulator.call_log.read_text().splitlines()) == 200


def test_log_goes_on(tmp_path: Path) -> None:
    """A second run in a directory appends to the log and goes on counting."""
    for _ in range(2):
        with Simulator(tmp_path) as simulator:
            Client(simulator).ask("VehicleTag")
            ended(simulator, 1)
    entries = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text().splitlines()]
    assert [entry["sequence"] for entry in entries] == [1, 1, 2, 2]


def _serving() -> set[threading.Thread]:
    """The threads that serve a connection, of any server in this process."""
    return {thread for thread in threading.enumerate() if "process_request_thread" in thread.name}


def test_stuck_clients_do_not_hold_the_simulator(simulator: Simulator, client: Client) -> None:
    """Clients that open a connection and say nothing neither stop others nor the end of the simulator."""
    others = _serving()
    address = ("127.0.0.1", int(simulator.url.rpartition(":")[2]))
    silent = [socket.create_connection(address) for _ in range(20)]
    assert client.ask("VehicleTag").status == 200
    simulator.close()
    deadline = time.monotonic() + 2
    while _serving() - others and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _serving() - others
    for connection in silent:
        connection.settimeout(5)
        assert connection.recv(1) == b""
        connection.close()
