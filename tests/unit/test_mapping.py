"""The carrier's codes beside the vendor's, and mappings that cannot be meant."""

import json
from typing import Any

import pytest

from dcs.criminal import CRIMINAL_SEARCH
from dcs.drivers import HOUSEHOLD_DRIVERS
from dcs.vehicles import VEHICLE_VIN
from integration_hub.configuration.effective import ConfigurationRow, resolve
from integration_hub.configuration.mapping import FieldMappings, operation_mapping
from integration_hub.configuration_key import Level
from integration_hub.models.answer import Mapped, MappedValue
from integration_hub.vendor.contract import AnyOperation
from integration_hub.vendor.message import VendorResponse
from tests.support.dcs import requests as dcs_requests
from tests.support.dcs.operations import SAMPLES

COLOR = {"source": "vehicles.vehicle.major_color_code", "values": {"blu": "BLUE", "GRY": "GREY"}}


def _mapping(operation: AnyOperation = VEHICLE_VIN, **fields: Any) -> FieldMappings:
    return FieldMappings.of_document({"version": "7", "fields": fields}, operation)


def _result(operation: AnyOperation, folder: str, request: dict[str, Any], **changes: str) -> Any:
    body = (SAMPLES / folder / "whole.xml").read_text()
    for old, new in changes.items():
        assert old in body
        body = body.replace(old, new)
    asked = operation.request.model_validate(request)
    return operation.decode(operation.parse_response(VendorResponse(200, {}, body.encode())), asked)


def _vehicles() -> Any:
    return _result(VEHICLE_VIN, "vehicle_vin", {"vins": ["1ZZTESTA9KX000101"]})


def test_each_vendor_value_stays_beside_the_carriers() -> None:
    """With its place, whatever capitals the mapping uses; the result itself does not change."""
    result = _vehicles()
    colors = [one.vehicle.major_color_code for one in result.vehicles if one.vehicle and one.vehicle.major_color_code]
    assert colors
    before = result.model_dump_json()
    mapped = _mapping(color={**COLOR, "values": {colors[0].lower(): "OURS"}, "otherwise": "OTHER"}).of(result)
    assert result.model_dump_json() == before
    assert mapped.version == "7"
    assert [value.vendor for value in mapped.values] == colors
    assert {value.carrier for value in mapped.values if value.vendor == colors[0]} == {"OURS"}
    assert all(value.carrier == "OTHER" for value in mapped.values if value.vendor != colors[0])
    document = {"result": json.loads(before)}
    for value in mapped.values:
        found: Any = document
        for step in value.place.strip("/").split("/"):
            found = found[int(step)] if isinstance(found, list) else found[step]
        assert found == value.vendor


def test_a_value_without_an_entry_is_told_and_left_open() -> None:
    """A new code at the vendor must not become somebody's guess."""
    mapped = _mapping(color={"source": COLOR["source"], "values": {}}).of(_vehicles())
    assert mapped.values
    assert {value.carrier for value in mapped.values} == {None}


def test_codes_words_and_flags_of_every_operation_can_be_mapped() -> None:
    """An enumeration by its word, a flag as true or false, an offense by its text, all through lists in lists."""
    drivers = _result(HOUSEHOLD_DRIVERS, "household_drivers", dcs_requests.HOUSEHOLD_DRIVERS)
    flags = _mapping(
        HOUSEHOLD_DRIVERS,
        id_only={"source": "licenses.id_card", "values": {"true": "Y", "false": "N"}},
        found={"source": "licenses.search_status", "values": {"FOUND": "1"}, "otherwise": "0"},
    ).of(drivers)
    assert {(one.field, one.vendor, one.carrier) for one in flags.values} >= {("found", "FOUND", "1")}
    assert {one.carrier for one in flags.values if one.field == "id_only"} <= {"Y", "N"}
    criminal = _result(CRIMINAL_SEARCH, "criminal", dcs_requests.CRIMINAL)
    offenses = _mapping(
        CRIMINAL_SEARCH, category={"source": "persons.criminal.matches.offenses.offense_code", "otherwise": "REVIEW"}
    ).of(criminal)
    assert offenses.values
    assert all(one.place.startswith("/result/persons/") for one in offenses.values)


def test_what_is_mapped_shows_in_no_repr() -> None:
    """An offense's category is a criminal record."""
    value = MappedValue(field="category", place="/result/persons/0", vendor="CANARY-A", carrier="CANARY-B")
    assert "CANARY" not in repr(Mapped(version="1", values=(value,)))


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({}, "version"),
        ({"version": "1"}, "fields"),
        ({"version": "a b", "fields": {}}, "version"),
        ({"version": "1", "fields": {"Color": COLOR}}, "fields.Color"),
        ({"version": "1", "fields": {"color": {}}}, "fields.color.source"),
        ({"version": "1", "fields": {"color": {**COLOR, "surprise": 1}}}, "fields.color.surprise"),
        ({"version": "1", "fields": {"color": {**COLOR, "values": {"A": 1}}}}, "fields.color.values.A"),
        ({"version": "1", "fields": {"color": {**COLOR, "values": {"a": "x", "A": "y"}}}}, "fields.color.values"),
        ({"version": "1", "fields": {"color": {**COLOR, "source": "vehicles"}}}, "fields.color.source"),
        ({"version": "1", "fields": {"color": {**COLOR, "source": "vehicles.colour"}}}, "fields.color.source"),
        ({"version": "1", "fields": {"color": {**COLOR, "source": "vehicles.raw"}}}, "fields.color.source"),
        ({"version": "1", "fields": {"color": {**COLOR, "source": "vehicles.vin.x"}}}, "fields.color.source"),
        ({"version": "1", "fields": {"color": {**COLOR, "source": ""}}}, "fields.color.source"),
        ({"version": "1", "fields": {"color": {**COLOR, "source": "__class__"}}}, "fields.color.source"),
    ],
)
def test_a_mapping_that_cannot_be_meant_names_the_place(document: dict[str, Any], place: str) -> None:
    """And quotes no value."""
    with pytest.raises(ValueError, match=rf"^{place}\b.*:") as caught:
        FieldMappings.of_document(document, VEHICLE_VIN)
    assert "surprise: 1" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"x"', "9" * 70_000, '{"version": "1", "fields": NaN}'])
def test_what_is_no_document_is_refused(text: str) -> None:
    """Whatever somebody wrote into the row by hand."""
    with pytest.raises(ValueError, match=r"^(\(document\)|must be at most|version|fields)"):
        FieldMappings.read(text, VEHICLE_VIN)


def test_an_unusable_mapping_gives_way_to_the_next_level() -> None:
    """As for every setting; the row is listed, so that it is shouted about."""
    good = json.dumps({"version": "1", "fields": {"color": COLOR}})
    rows = [
        ConfigurationRow(1, "DCS_MAPPING", "vehicle_vin", good, Level.SYSTEM),
        ConfigurationRow(2, "DCS_MAPPING", "vehicle_vin", '{"version": "2"}', Level.PROGRAM),
    ]
    configuration = resolve("DCS", program_id=1, integration_id=7, system_user_id=1, rows=rows)
    key = operation_mapping(VEHICLE_VIN)
    assert configuration[key].version == "1"
    assert [bad.row.row_id for bad in configuration.ignored([key])] == [2]
