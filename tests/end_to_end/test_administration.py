"""What operators see and do at two in the morning, through the function that they have for it."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.hub import Hub
from tests.support.paths import ROOT

FORCE = {"action": "force-breaker", "operation": "Criminal", "state": "OPEN", "by": "somebody", "reason": "a test"}
WHO = {"by": "integration.engineer", "reason": "a test"}


def _act(hub: Hub, action: str, **members: Any) -> dict[str, Any]:
    invocation = hub.bundle.functions["admin"].invoke({"action": action, **members})
    assert not invocation.error, invocation.payload
    shown: dict[str, Any] = invocation.json()
    return shown


def _refusal(hub: Hub, document: dict[str, Any]) -> list[str]:
    failure = hub.bundle.functions["admin"].invoke(document).json()
    assert failure["errorType"] == "RequestInvalid", failure
    return [problem["field"] for problem in json.loads(failure["errorMessage"])["errors"]]


@pytest.fixture
def stopped(hub: Hub) -> Iterator[None]:
    """Plate look-ups are stopped until the test is over."""
    _act(hub, "force-breaker", operation="VehicleTag", state="OPEN", **WHO)
    yield
    _act(hub, "force-breaker", operation="VehicleTag", state="AUTOMATIC", **WHO)


def test_who_is_using_my_minute(hub: Hub) -> None:
    """Per level and program, beside the limits that the last call went by."""
    assert hub.post("vehicle-tag").status_code == 200
    before = {(gate["level"], gate["level_id"]): gate for gate in _act(hub, "show-limits")["limits"]}
    assert hub.post("vehicle-tag").status_code == 200
    after = {(gate["level"], gate["level_id"]): gate for gate in _act(hub, "show-limits")["limits"]}
    program = after["PROGRAM", 1]
    assert program["today"] == before["PROGRAM", 1]["today"] + 1
    assert 1 <= program["last_minute"] <= program["minute_limit"] == 600
    assert after["SYSTEM", 0]["day_limit"] == 10_000


@pytest.mark.usefixtures("stopped")
def test_an_operation_that_was_stopped_says_by_whom_and_why(hub: Hub) -> None:
    """From the next call on; other operations of the vendor go on, and the row says that nothing was bought."""
    arrived = len(hub.arrivals())
    answer = hub.post("vehicle-tag")
    assert (answer.status_code, answer.json()["code"]) == (503, "CIRCUIT_OPEN")
    assert "An operator has stopped" in answer.json()["detail"]
    assert hub.last_row()["outcome"] == "REFUSED"
    assert len(hub.arrivals()) == arrived
    assert hub.post("vehicle-vin").status_code == 200
    (breaker,) = [one for one in _act(hub, "show-breakers")["breakers"] if ":VehicleTag:" in one["endpoint"]]
    assert (breaker["state"], breaker["by"], breaker["reason"]) == ("FORCED_OPEN", *WHO.values())
    assert (breaker["since"] is None, breaker["until"]) == (False, None)
    log = hub.log("admin")
    acted = [json.loads(line) for line in log.splitlines() if '"operator acted"' in line]
    assert (acted[-1]["operation"], acted[-1]["state"], acted[-1]["by"]) == ("VehicleTag", "OPEN", WHO["by"])
    ended = _act(hub, "force-breaker", operation="VehicleTag", state="AUTOMATIC", **WHO)
    assert [one["state"] for one in ended["breakers"]] == ["CLOSED"]
    assert hub.post("vehicle-tag").status_code == 200


def test_a_locked_login_can_be_lifted(hub: Hub) -> None:
    """The vendor refuses twice, the third call is stopped here; lifted, the login works again."""
    hub.bundle.simulator.switch_on("unauthorized", calls=2)
    codes = [hub.post("criminal").json()["code"] for _ in range(3)]
    assert codes == ["VENDOR_AUTH_REFUSED", "VENDOR_AUTH_REFUSED", "LOGIN_LOCKED"]
    (locked,) = [login for login in _act(hub, "show-logins")["credentials"] if login["locked_at"]]
    assert (locked["refusals"], locked["verified"]) == (2, False)
    (lifted,) = _act(hub, "unlock-login", credential=locked["credential"], **WHO)["credentials"]
    assert (lifted["locked_at"], lifted["unlocked_by"]) == (None, WHO["by"])
    assert hub.post("criminal").status_code == 200


def test_what_the_runbook_tells_operators_to_run_works(hub: Hub) -> None:
    """Its statements answer, and change the limit and the login that they name."""
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    question, limit, login = re.findall(r"```sql\n(.+?)```", runbook, re.DOTALL)
    hub.bundle.rows(question)
    assert hub.bundle.change(limit) == 1
    hub.configure("LIMITS", "requests_per_minute", "600")  # what the tests before may have used up
    context = dict(part.split("=") for part in re.findall(r"--encryption-context (\S+)", runbook)[0].split(","))
    sealed = hub.bundle.aws.client("kms").encrypt(
        KeyId=hub.bundle.key_arn,
        Plaintext=hub.bundle.simulator.login[2].encode(),
        EncryptionContext={**context, "environment": "DEVELOPMENT"},
    )["CiphertextBlob"]
    login = login.replace("PRODUCTION", "DEVELOPMENT").replace("<CiphertextBlob>", base64.b64encode(sealed).decode())
    assert hub.bundle.change(login) == 1
    hub.refresh()
    assert hub.post().status_code == 200
    assert hub.last_row()["credential_version"].endswith(hashlib.sha256(sealed).hexdigest()[:8])


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({}, ["action"]),
        ({"action": "shutdown"}, ["action"]),
        ({"action": "show-limits", "surprise": 1}, ["(unknown field)"]),
        ({"action": "force-breaker", "operation": "VehicleTag", "state": "HALF", **WHO}, ["state"]),
        ({"action": "force-breaker", "operation": "VehicleTitle", "state": "OPEN", **WHO}, ["operation"]),
        (
            {"action": "force-breaker", "operation": "Criminal", "state": "OPEN", "by": " ", "reason": ""},
            ["by", "reason"],
        ),
        (
            {"action": "force-breaker", "operation": "Criminal", "state": "OPEN", "lasting_seconds": 0, **WHO},
            ["lasting_seconds"],
        ),
        ({"action": "unlock-login", "credential": "none", **WHO}, ["credential"]),
    ],
)
def test_an_act_that_cannot_be_meant_is_refused(hub: Hub, document: dict[str, Any], fields: list[str]) -> None:
    """With the field that has to be mended; nothing is stopped or lifted."""
    before = _act(hub, "show-breakers"), _act(hub, "show-logins")
    assert _refusal(hub, document) == fields
    assert (_act(hub, "show-breakers"), _act(hub, "show-logins")) == before
