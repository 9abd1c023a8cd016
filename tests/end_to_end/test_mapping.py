"""A program's own codes: stored by an operator, told beside the vendor's, refused when they cannot be meant."""

import json
from typing import Any

import pytest

from tests.support.hub import Hub


@pytest.fixture
def mapping(hub: Hub) -> dict[str, Any]:
    """The example event."""
    return hub.event("admin-set-mapping")


def _set(hub: Hub, document: dict[str, Any]) -> Any:
    return hub.bundle.functions["admin"].invoke(document)


def _problem(invocation: Any) -> dict[str, Any]:
    assert invocation.error
    failure = invocation.json()
    assert failure["errorType"] == "RequestInvalid", failure
    problem: dict[str, Any] = json.loads(failure["errorMessage"])
    return problem


def test_the_answer_carries_both_values_from_then_on(hub: Hub, mapping: dict[str, Any]) -> None:
    """The vendor's code stays in the result, the carrier's stands beside it with the mapping's version."""
    before = hub.post("vehicle-vin").json()
    version_before = hub.last_row()["configuration_version"]
    assert before["mapped"] is None
    code = before["result"]["vehicles"][0]["vehicle"]["major_color_code"]
    mapping["mapping"]["fields"]["color"]["values"] = {code.lower(): "OUR-COLOUR"}
    stored = _set(hub, mapping)
    assert not stored.error, stored.payload
    assert stored.json() == {
        "key": "DCS_MAPPING.vehicle_vin",
        "level": "PROGRAM",
        "level_id": 1,
        "version": "2026-11",
        "replaced": None,
    }
    hub.refresh()
    after = hub.post("vehicle-vin").json()
    assert after["result"] == before["result"]
    assert after["mapped"] == {
        "version": "2026-11",
        "values": [
            {
                "field": "color",
                "place": "/result/vehicles/0/vehicle/major_color_code",
                "vendor": code,
                "carrier": "OUR-COLOUR",
            }
        ],
    }
    assert hub.last_row()["configuration_version"] != version_before
    assert "OUR-COLOUR" not in str(hub.last_row()["response_data"])
    hub.admit_program(2)
    others = hub.post("vehicle-vin", program_id=2)
    assert others.status_code == 200, others.text
    assert others.json()["mapped"] is None


def test_the_next_version_replaces_it_and_says_so(hub: Hub, mapping: dict[str, Any]) -> None:
    """Twice the same is the same; another document needs another version; who and why is in the log."""
    for _ in range(2):
        assert not _set(hub, mapping).error
    assert len(hub.mappings()) == 1
    other = json.loads(json.dumps(mapping))
    other["mapping"]["fields"]["color"]["otherwise"] = "UNKNOWN"
    assert [problem["field"] for problem in _problem(_set(hub, other))["errors"]] == ["mapping.version"]
    other["mapping"]["version"] = "2026-12"
    assert _set(hub, other).json()["replaced"] == "2026-11"
    (row,) = hub.mappings()
    assert row["config_value"] == "2026-12"
    assert json.loads(row["config_metadata"])["fields"]["color"]["otherwise"] == "UNKNOWN"
    log = hub.log("admin")
    changes = [json.loads(line) for line in log.splitlines() if '"setting changed"' in line]
    assert (changes[-1]["by"], changes[-1]["version"], changes[-1]["replaced"]) == (
        "integration.engineer",
        "2026-12",
        "2026-11",
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"operation": "VehicleTitle"}, "operation"),
        ({"level": "PLANET"}, "level"),
        ({"level": "SYSTEM"}, "(document)"),
        ({"level_id": None}, "(document)"),
        ({"level_id": 999}, "level_id"),
        ({"level": "INTEGRATION", "level_id": 999}, "level_id"),
        ({"mapping": {"version": "1", "fields": {"color": {"source": "vehicles.nothing"}}}}, "mapping"),
        ({"mapping": "none"}, "mapping"),
        ({"by": ""}, "by"),
        ({"reason": None}, "reason"),
        ({"surprise": 1}, "(unknown field)"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_changes_nothing(
    hub: Hub, mapping: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    """With the field that has to be mended."""
    document = {name: value for name, value in (mapping | changes).items() if value is not None}
    problem = _problem(_set(hub, document))
    assert [found["field"] for found in problem["errors"]] == [field]
    assert "fallback" not in problem
    assert hub.mappings() == []


def test_a_bad_row_written_by_hand_is_ignored_loudly(hub: Hub, mapping: dict[str, Any]) -> None:
    """The answer comes in the vendor's words, and the log names the row."""
    assert not _set(hub, mapping).error
    hub.damage_mappings()
    hub.refresh()
    answer = hub.post("vehicle-vin")
    assert answer.status_code == 200, answer.text
    assert answer.json()["mapped"] is None
    assert "DCS_MAPPING.vehicle_vin" in hub.log("vehicle")


def test_the_admin_account_may_do_nothing_else(hub: Hub) -> None:
    """It cannot read a call, a login or a person."""
    grants = hub.grants_of(hub.bundle.database.operator.username)
    assert "`configuration`" in grants
    for table in ("integration_log", "integration_credential", "driver", "policy"):
        assert f"`{table}`" not in grants


def test_criminal_can_be_asked_in_json(hub: Hub) -> None:
    """A setting selects it; the answer is the same, and the vendor saw JSON."""
    as_xml = hub.post("criminal").json()
    hub.configure("CONNECTION", "json_requests", "true")
    as_json = hub.post("criminal")
    drivers = hub.post("driver")
    assert as_json.status_code == 200, as_json.text
    assert [call["form"] for call in hub.arrivals()[-3:]] == ["xml", "json", "xml"]
    assert as_json.json()["result"]["persons"] == as_xml["result"]["persons"]
    assert drivers.status_code == 200, drivers.text
