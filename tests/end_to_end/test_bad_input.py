"""Wrong requests and wrong settings: a clear error that names the field, nothing bought, and the next call works."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.hub import Hub


@pytest.fixture(autouse=True)
def _nothing_is_bought_and_the_next_call_works(running: Hub) -> Iterator[None]:
    """Holds for every test of this file, once its settings are back."""
    before = len(running.arrivals())
    yield
    assert len(running.arrivals()) == before
    running.refresh()
    assert running.post().status_code == 200


def _problem(hub: Hub, status: int, code: str, **changes: Any) -> dict[str, Any]:
    rows = hub.row_count()
    answer = hub.post(**changes)
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status), problem
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Traceback" not in answer.text
    assert hub.row_count() - rows == problem_rows(code)
    return problem


def problem_rows(code: str) -> int:
    """Return how many rows such a refusal leaves: one as soon as there is a call, none before."""
    return 1 if code == "CREDENTIAL_UNAVAILABLE" else 0


def test_an_unknown_program_is_not_found(hub: Hub) -> None:
    """404, with the number that was asked for."""
    assert "999" in _problem(hub, 404, "PROGRAM_UNKNOWN", program_id=999)["detail"]


@pytest.mark.parametrize("name", ["quote", "policy", "driver", "vehicle"])
def test_a_reference_that_does_not_exist_is_named(hub: Hub, name: str) -> None:
    """422 before any money is spent."""
    problem = _problem(hub, 422, "REFERENCE_UNKNOWN", references={f"{name}_id": 424_242})
    assert problem["errors"] == [{"field": f"references.{name}_id", "message": f"The {name} 424242 does not exist."}]
    assert "fallback" not in problem


@pytest.mark.parametrize(
    "raw",
    [b"", b"   ", b"{", b"[]", b"null", b"\xff\xfe{}", b'{"a": "\x00"}', b"[" * 5000, b'"text"', b'{"a": 1e999999}',
     b" " * 300_000 + b"{}"],
    ids=["empty", "blank", "cut", "list", "null", "not utf-8", "nul", "deep", "text", "huge number", "large"],
)  # fmt: skip
def test_a_body_that_is_no_document_is_refused(hub: Hub, raw: bytes) -> None:
    """400, and nothing of the body comes back."""
    rows = hub.row_count()
    answer = hub.post(raw=raw)
    assert answer.status_code == 400
    assert answer.json()["code"] == "REQUEST_INVALID"
    assert hub.row_count() == rows


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("program_id", {"program_id": "1"}),
        ("program_id", {"program_id": 1.5}),
        ("program_id", {"program_id": None}),
        ("program_id", {"program_id": 0}),
        ("program_id", {"program_id": 2**31}),
        ("program_id", {"program_id": True}),
        ("permissible_purpose", {"permissible_purpose": None}),
        ("permissible_purpose", {"permissible_purpose": "CURIOSITY"}),
        ("references.quote_id", {"references": {"quote_id": "4711"}}),
        ("references.(unknown field)", {"references": {"claim_id": 1}}),
        ("correlation_id", {"correlation_id": "has blanks"}),
        ("correlation_id", {"correlation_id": "x" * 101}),
        ("correlation_id", {"correlation_id": "line\nbreak"}),
        ("operation", {"operation": "HouseholdPets"}),
        ("operation", {"operation": 7}),
        ("timeout_ms", {"timeout_ms": 1}),
        ("(unknown field)", {"surprise": 1}),
        ("search", {"search": None}),
        ("search.drivers", {"search": {"address": {}, "drivers": []}}),
    ],
)
def test_a_wrong_field_is_named_by_its_path(hub: Hub, field: str, changes: dict[str, Any]) -> None:
    """Types are strict, nothing unknown is ignored, and the message says what is expected."""
    problem = _problem(hub, 400, "REQUEST_INVALID", **changes)
    assert field in [error["field"] for error in problem["errors"]], problem["errors"]


def test_a_wrong_value_never_comes_back(hub: Hub) -> None:
    """It may be a license number in the wrong field."""
    search = hub.event("driver")["search"]
    search["drivers"][0]["birth_date"] = "canary-09990001"
    search["drivers"][0]["canary_field"] = "canary-value"
    text = json.dumps(_problem(hub, 400, "REQUEST_INVALID", search=search))
    assert "search.drivers.0.birth_date" in text
    assert "canary-09990001" not in text
    assert "canary-value" not in text


def test_two_correlation_ids_must_agree(hub: Hub) -> None:
    """A header and a field that differ would send somebody searching in the wrong place."""
    answer = hub.post_with_headers({"X-Correlation-Id": "another"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "correlation_id"
    answer = hub.post_with_headers({"X-Correlation-Id": "no blanks please"})
    assert answer.json()["errors"][0]["field"] == "X-Correlation-Id"


@pytest.mark.parametrize("wish", ["499", "30001", "soon", "1e3"])
def test_a_header_that_cannot_be_used_is_named(hub: Hub, wish: str) -> None:
    """As a field would be."""
    answer = hub.post_with_headers({"X-Timeout-Ms": wish})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "X-Timeout-Ms")


def test_a_header_and_a_field_that_differ_are_refused(hub: Hub) -> None:
    """Nobody can know which one was meant."""
    answer = hub.post_with_headers({"X-Timeout-Ms": "9000"}, timeout_ms=8000)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "timeout_ms")


@pytest.mark.parametrize("key", ["base_url", "environment", "household_drivers_path"])
def test_a_missing_setting_is_named(hub: Hub, key: str) -> None:
    """503: the caller can do nothing, an operator can."""
    hub.deactivate_setting(key)
    hub.refresh()
    problem = _problem(hub, 503, "CONFIGURATION_MISSING")
    assert f"DCS_CONNECTION.{key}" in problem["detail"]
    assert problem["fallback"] == "MANUAL_ENTRY_REQUIRED"


def test_what_lasts_until_somebody_acts_calls_somebody(hub: Hub) -> None:
    """The metric of the alarm is written for a missing setting, and not for a caller's slip."""
    hub.configure("CONNECTION", "base_url", "http://not.secure")
    log = hub.log_file()
    for told, program in ((0, 999), (1, 1)):
        hub.post()
        written = log.stat().st_size
        assert hub.post(program_id=program).status_code in {404, 503}
        lines = log.read_bytes()[written:].decode().splitlines()
        shouts = [json.loads(line) for line in lines if '"NeedsOperator"' in line]
        assert len(shouts) == told, lines
    (directive,) = shouts[0]["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "DcsIntegrationHub/dcs-hub-local"


def test_the_kill_switch_stops_one_program(hub: Hub) -> None:
    """Switched off for program 2, on for program 1."""
    hub.admit_program(2)
    hub.configure("CONNECTION", "enabled", "false", program=2)
    assert "switched off for program 2" in _problem(hub, 503, "CONFIGURATION_MISSING", program_id=2)["detail"]


@pytest.mark.parametrize("switch", ["false", "off"])
def test_a_stop_for_all_is_not_undone_by_a_program_and_does_not_fail_open(hub: Hub, switch: str) -> None:
    """Every level is a switch of its own, and one that cannot be read is off."""
    hub.configure("CONNECTION", "enabled", "true", program=1)
    hub.configure("CONNECTION", "enabled", switch)
    assert "switched off" in _problem(hub, 503, "CONFIGURATION_MISSING")["detail"]


@pytest.mark.parametrize("purposes", ["RATING, CLAIMS", "MARKETING"])
def test_a_purpose_has_to_be_allowed_for_the_program(hub: Hub, purposes: str) -> None:
    """403 that names the purpose; a value that nobody can read allows none."""
    hub.configure("CONNECTION", "allowed_purposes", purposes, program=1)
    problem = _problem(hub, 403, "PURPOSE_NOT_ALLOWED")
    assert "UNDERWRITING" in problem["detail"]
    assert "fallback" not in problem


def test_a_copied_production_database_buys_nothing(hub: Hub) -> None:
    """The deployed environment and the configured one must agree."""
    hub.configure("CONNECTION", "environment", "PRODUCTION")
    assert "deployed for DEVELOPMENT" in _problem(hub, 503, "CONFIGURATION_MISSING")["detail"]


def test_a_missing_login_is_named_and_on_record(hub: Hub) -> None:
    """The row says why this quote got no answer."""
    with hub.without_vendor_password():
        hub.refresh()
        problem = _problem(hub, 503, "CREDENTIAL_UNAVAILABLE")
        assert "password" in problem["detail"]
        row = hub.last_row()
        assert (row["outcome"], row["error_code"], row["is_success"]) == ("FAILED", "CREDENTIAL_UNAVAILABLE", 0)
        assert row["error_message"] == problem["detail"]


def test_a_login_moved_to_another_row_does_not_decrypt(hub: Hub) -> None:
    """The ciphertext is bound to its row: KMS refuses it under another key's name."""
    with hub.ciphertext_in_wrong_row():
        hub.refresh()
        assert "KMS refused to decrypt password" in _problem(hub, 503, "CREDENTIAL_UNAVAILABLE")["detail"]


def test_a_direct_caller_gets_the_error_by_name(hub: Hub) -> None:
    """Step Functions matches the class name and can read the problem in the cause."""
    function = hub.bundle.functions["driver"]
    for changes, name in (({"program_id": 999}, "ProgramUnknown"), ({"program_id": "1"}, "RequestInvalid")):
        invocation = function.invoke(hub.event("driver", **changes))
        assert invocation.error_type == name
        assert json.loads(invocation.json()["errorMessage"])["status"] in {400, 404}
    events: tuple[Any, ...] = ([], "text", 7, None)
    for event in events:
        assert function.invoke(event).error_type == "RequestInvalid"
