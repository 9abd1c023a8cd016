"""What a caller gets for each vendor operation, and what stays on record."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.support.hub import Hub
from tests.support.personal_data import PERSONAL, shows

EVENTS = ("driver", "vehicle-household", "vehicle-vin", "vehicle-tag", "criminal")


@pytest.mark.parametrize("name", EVENTS)
def test_a_look_up_is_answered_and_leaves_exactly_one_row(hub: Hub, name: str) -> None:
    """Quote, correlation id, timing and masked data are on record, and the simulator saw exactly this call."""
    rows, arrived = hub.row_count(), len(hub.arrivals())
    answer = hub.post(name)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    document, row, event = answer.json(), hub.last_row(), hub.event(name)
    assert hub.row_count() == rows + 1
    assert (document["operation"], document["correlation_id"]) == (event["operation"], event["correlation_id"])
    assert answer.headers["X-Call-Id"] == document["call_id"] == row["call_id"]
    assert (row["outcome"], row["is_success"], row["response_code"], row["retry_count"]) == ("ANSWERED", 1, 200, 0)
    assert (row["quote_id"], row["program_id"], row["purpose"]) == (4711, 1, "UNDERWRITING")
    assert row["driver_id"] == event["references"].get("driver_id")
    assert row["request_type"] == event["operation"]
    assert row["correlation_id"] == event["correlation_id"]
    assert row["response_time_ms"] >= 0
    assert row["opened_at"] < row["closed_at"]
    assert row["configuration_version"]
    assert row["credential_version"]
    assert "?" not in row["request_url"]
    assert row["cost"] >= Decimal(0)
    calls = hub.arrivals()[arrived:]
    assert [(call["call_id"], call["correlation_id"], call["operation"]) for call in calls] == [
        (row["call_id"], row["correlation_id"], event["operation"])
    ]


@pytest.mark.parametrize("name", EVENTS)
def test_a_direct_event_gets_the_same_answer(hub: Hub, name: str) -> None:
    """Step Functions sends the document itself and gets the document back."""
    by_http = hub.post(name).json()
    function = hub.bundle.functions[name.partition("-")[0]]
    direct = function.invoke(hub.event(name))
    assert not direct.error, direct.payload
    answer = direct.json()
    assert answer.pop("call_id") != by_http.pop("call_id")
    assert answer == by_http
    assert hub.last_row()["outcome"] == "ANSWERED"


def test_the_answer_is_normalised(hub: Hub) -> None:
    """The caller sees people, not XML: found by number, found by name, and who else lives there."""
    result = hub.post().json()["result"]
    licenses = {found["id"]: found for found in result["licenses"]}
    assert licenses["D-1"]["license_number"] == "09990001"
    assert licenses["D-1"]["birth_date"] == "1984-04-17"
    assert licenses["D-2"]["search_status"] == "FOUND"
    assert result["address_status"] == "FOUND"
    assert result["unanswered_ids"] == []


def test_the_row_holds_no_personal_data(hub: Hub) -> None:
    """What is on record is masked, in the request and in the response."""
    for name in EVENTS:
        hub.post(name)
        row = hub.last_row()
        told = json.dumps([row["request_data"], row["response_data"], row["error_message"], row["request_url"]])
        for value in (*PERSONAL, "1ZZTESTA9KX000101", "TST4271"):
            assert value not in told, name


def test_nothing_personal_or_secret_is_in_any_log(hub: Hub) -> None:
    """The functions' logs and the simulator's own log are searched for people, vehicles and logins."""
    for name in EVENTS:
        assert hub.post(name).status_code == 200
    account, user, password = hub.bundle.simulator.login
    logs = "".join(file.read_text() for file in hub.bundle.log_directory.glob("*.log"))
    assert "call ended" in logs
    encoded = "OTAwMTIzOmFjbWUtYXBpOlMzY3JldC1FeGFtcGxl"  # Base64 of the login, as the header carries it
    dates = ("1984-04-17", "04/17/1984", "19840417")
    for value in (*PERSONAL[:2], *PERSONAL[3:], *dates, "000101", user, password, encoded):
        assert not shows(logs, value), value
    assert not shows(logs, account)


def test_one_correlation_id_finds_everything(hub: Hub) -> None:
    """The caller's id is in the answer, the row, the vendor's log and the function's log."""
    mine = "claim-11111-vehicle-history.7"
    assert hub.post(correlation_id=mine).headers["X-Correlation-Id"] == mine
    assert hub.last_row()["correlation_id"] == mine
    assert hub.arrivals()[-1]["correlation_id"] == mine
    log = hub.log()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    ended = [line for line in lines if line.get("correlation_id") == mine and line.get("message") == "call ended"]
    assert [line["outcome"] for line in ended] == ["ANSWERED"]


def test_without_a_correlation_id_one_is_made(hub: Hub) -> None:
    """It says which integration and which entity, so that it can be read."""
    made = hub.post(correlation_id=None).json()["correlation_id"]
    assert made.startswith("dcs-driver-api-quote-4711-")
    assert hub.last_row()["correlation_id"] == made


def test_nobody_found_is_an_answer(hub: Hub) -> None:
    """An address that Texas does not know, and a driver without a license: a result, not an error."""
    search: dict[str, Any] = hub.event("driver")["search"]
    search["address"] |= {"street": "1 Nowhere Ln", "apartment": None}
    search["drivers"] = [{"id": "D-9", "first_name": "Nobody", "last_name": "Known", "birth_date": "1990-01-01"}]
    search["address"].pop("apartment")
    answer = hub.post(search=search)
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    assert result["address_status"] != "FOUND"
    assert [found["search_status"] for found in result["licenses"]] == ["NOT_FOUND"]
    assert hub.last_row()["outcome"] == "ANSWERED"


@pytest.mark.parametrize("name", ["driver", "vehicle-household"])
def test_an_unknown_apartment_is_left_out_once_where_that_is_allowed(hub: Hub, name: str) -> None:
    """A second paid call with a row of its own; the answer says so, and the first answer stays what it was."""
    search = hub.event(name)["search"]
    search["address"]["apartment"] = "9999"
    plain = hub.post(name, search=search).json()
    assert plain["result"]["address_status"] == "APARTMENT_NOT_FOUND"
    assert plain["second_search"] is None
    hub.configure("CONNECTION", "second_search", "true")
    rows, arrived = hub.row_count(), len(hub.arrivals())
    answer = hub.post(name, search=search).json()
    second = answer["second_search"]
    assert answer["result"] == plain["result"]
    assert second["reason"] == "APARTMENT_NOT_FOUND"
    assert second["result"]["address_status"] == "APARTMENT_NOT_SUPPLIED"
    assert hub.row_count() == rows + 2
    assert [call["call_id"] for call in hub.arrivals()[arrived:]] == [answer["call_id"], second["call_id"]]
    assert hub.last_row()["call_id"] == second["call_id"]
    # Where nothing is missing nothing is repeated.
    assert hub.post(name).json()["second_search"] is None


def test_a_second_search_that_fails_costs_the_first_answer_nothing(hub: Hub) -> None:
    """What was paid for reaches the caller, with the reason why there is no more."""
    search = hub.event("driver")["search"]
    search["address"]["apartment"] = "9999"
    hub.configure("CONNECTION", "second_search", "true")
    hub.configure("RETRY", "max_retries", "0")
    assert hub.post(search=search).json()["second_search"]["error_code"] is None
    hub.bundle.simulator.switch_on("slow=2", calls=1)
    response = hub.post_while(lambda: hub.bundle.simulator.switch_on("server-error", calls=1), search=search)
    answer = response.json()
    assert response.status_code == 200
    assert answer["second_search"]["error_code"] == "VENDOR_UNAVAILABLE"
    assert answer["second_search"]["result"] is None
    assert answer["result"]["address_status"] == "APARTMENT_NOT_FOUND"


def test_what_was_tolerated_is_counted_in_metrics(hub: Hub) -> None:
    """A change at the vendor shows in CloudWatch: quirks at once, unknown elements by name after 20 answers."""
    hub.bundle.simulator.switch_on("unknown-elements")
    assert [hub.post().status_code for _ in range(20)] == [200] * 20
    log = hub.log()
    emitted = [json.loads(line) for line in log.splitlines() if line.startswith('{"_aws"')]
    names = {name for document in emitted for name in document}
    assert {"Calls", "VendorAttempts", "Tolerated.C18"} <= names
    assert any(name.startswith("Unknown.") for name in names)
    assert {document.get("Operation") for document in emitted if "Tolerated.C18" in document} == {"HouseholdDrivers"}
