"""The administration over HTTP, and the command line as a process."""

import json
import os
import select
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.simulator import Credentials, Simulator
from local.simulator.faults import FAULTS, QUIRKS
from local.simulator.listing import fault_rows
from tests.support.simulator_client import Client, ended

ROOT = Path(__file__).parent.parent.parent.parent


def administer(url: str, method: str, route: str, body: object = None) -> tuple[int, Any]:
    """Call the administration."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/{route}", content, method=method)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_faults_for_some_calls(simulator: Simulator, client: Client) -> None:
    """A fault for the next two calls of one operation applies to exactly those."""
    wanted = {"fault": "unavailable=1", "calls": 2, "operation": "VehicleTag"}
    status, state = administer(simulator.admin_url, "POST", "faults", wanted)
    assert (status, state["faults"][0]["fault"], state["faults"][0]["calls_left"]) == (200, "unavailable=1", 2)
    assert client.ask("VehicleVin").status == 200
    assert [client.ask("VehicleTag").status for _ in range(3)] == [503, 503, 200]


def test_faults_for_some_time(simulator: Simulator, client: Client) -> None:
    """A fault for a time that is over does nothing."""
    administer(simulator.admin_url, "POST", "faults", {"fault": "unavailable", "seconds": 0})
    assert client.ask("VehicleTag").status == 200
    administer(simulator.admin_url, "POST", "faults", {"fault": "unavailable", "seconds": 600})
    assert client.ask("VehicleTag").status == 503


def test_faults_until_cleared(simulator: Simulator, client: Client) -> None:
    """A fault without an end lasts until it is cleared."""
    administer(simulator.admin_url, "POST", "faults", {"fault": "maintenance"})
    assert {client.ask("VehicleTag").status for _ in range(4)} == {503}
    assert administer(simulator.admin_url, "DELETE", "faults")[1]["faults"] == []
    assert client.ask("VehicleTag").status == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"fault": "nonsense"}, {"fault": "slow=x"}, {"fault": "slow", "operation": "Boats"}, {"fault": "slow", "n": 1},
     {"fault": "slow", "calls": "2"}, {"fault": "slow", "seconds": True}],
)  # fmt: skip
def test_wrong_switch(simulator: Simulator, body: object) -> None:
    """A mistaken switch is refused and switches nothing."""
    status, answer = administer(simulator.admin_url, "POST", "faults", body)
    assert (status, "error" in answer) == (400, True)
    assert administer(simulator.admin_url, "GET", "state")[1]["faults"] == []


def test_password(simulator: Simulator, client: Client) -> None:
    """A new password holds from the next call on."""
    assert administer(simulator.admin_url, "POST", "password", {"password": "N3w-Example"})[0] == 200
    assert client.ask("VehicleTag").status == 401
    assert Client(simulator, Credentials(password="N3w-Example")).ask("VehicleTag").status == 200
    assert administer(simulator.admin_url, "POST", "password", {})[0] == 400


def test_calls_and_invoice(simulator: Simulator, client: Client) -> None:
    """Calls and invoice are those of the process; the administration itself is in neither."""
    client.ask("VehicleTag", X_Call_Id="one")
    ended(simulator, 1)
    (call,) = administer(simulator.admin_url, "GET", "calls")[1]
    assert (call["arrival"]["call_id"], call["end"]["charged"]) == ("one", True)
    assert administer(simulator.admin_url, "GET", "invoice")[1]["total_cents"] == simulator.invoice().total_cents > 0
    status, answer = administer(simulator.admin_url, "GET", "nowhere")
    assert (status, "GET /admin/calls" in answer["routes"]) == (404, True)


def test_readme_lists_every_fault() -> None:
    """The table of faults in the page is the registry, and every fault and quirk has a sentence."""
    page = (ROOT / "local" / "simulator" / "README.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    expected = [f"| `{usage}` | {text} |" for usage, text in fault_rows() if not usage.startswith("quirk=")]
    assert rows == expected
    assert len(fault_rows()) == len(FAULTS) + len(QUIRKS)
    assert all(text for _, text in fault_rows())


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The simulator as a process of its own, with its temporary files below the test's directory."""
    command = [sys.executable, "-m", "local.simulator", "--seed", "7", "--user", "someone"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    ) as running:
        yield running
        if running.poll() is None:
            running.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_line(process: subprocess.Popen[str], tmp_path: Path, number: signal.Signals) -> None:
    """One line of JSON says where it serves; a signal ends it cleanly, with nothing left behind."""
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], 30)[0]
    ready = json.loads(process.stdout.readline())
    assert set(ready) == {"url", "ca_file", "call_log", "admin_url"}
    assert administer(ready["admin_url"], "GET", "state")[1]["calls"] == 0
    assert Path(ready["call_log"]).is_relative_to(tmp_path)
    process.send_signal(number)
    assert process.wait(20) == 0
    assert process.stdout.read() == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("command", "words"), [("people", "CROWDED HALL WAY"), ("faults", "quirk=C25")])
def test_lists(command: str, words: str) -> None:
    """People and faults can be listed without serving."""
    listed = subprocess.run(
        [sys.executable, "-m", "local.simulator", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert words in listed.stdout
    assert listed.stderr == ""
