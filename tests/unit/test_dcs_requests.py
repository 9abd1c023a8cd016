"""Validation and encoding of the requests, and the follow-up search."""

import json
from copy import deepcopy
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dcs.criminal import CRIMINAL, CRIMINAL_SEARCH, CriminalRequest
from dcs.drivers import DRIVER, HOUSEHOLD_DRIVERS, HouseholdDriversRequest
from dcs.settings import DEPARTMENT_ID, JSON_REQUESTS, SECOND_SEARCH, USER_ID, USER_NAME
from dcs.vehicles import (
    HOUSEHOLD_VEHICLES,
    VEHICLE,
    HouseholdVehiclesRequest,
    VehicleTagRequest,
    VehicleVinRequest,
)
from dcs.vehicles.vin import decode_vin
from integration_hub.configuration_key import Key
from integration_hub.errors import ConfigurationMissing
from integration_hub.vendor.contract import AnyOperation, FollowUp
from tests.support.dcs import requests
from tests.support.dcs.operations import OPERATIONS, SAMPLES, read
from tests.support.dcs.settings import dcs_settings

GOOD_VIN = "1ZZTESTA9KX000101"
BAD_VIN = "1ZZTESTA0KX000101"


def with_driver(**changes: Any) -> dict[str, Any]:
    """Return the drivers request with its first driver changed; None removes a field."""
    document = deepcopy(requests.HOUSEHOLD_DRIVERS)
    document["drivers"][0].update(changes)
    return document


def with_address(**changes: Any) -> dict[str, Any]:
    """Return the drivers request with its address changed."""
    document = deepcopy(requests.HOUSEHOLD_DRIVERS)
    document["address"] = {**document["address"], **changes}
    return document


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "09990001"),
        ("id", "123-45-6789"),
        ("id", ""),
        ("id", "D 1"),
        ("first_name", ""),
        ("first_name", "Ros\x00alind"),
        ("first_name", "Ros\nalind"),
        ("first_name", "Ros￾alind"),
        ("last_name", "x" * 61),
        ("birth_date", "1899-12-31"),
        ("birth_date", "2999-01-01"),
        ("birth_date", "04/17/1984"),
        ("birth_date", "19840417"),
        ("birth_date", 19840417),
        ("birth_date", "1984-02-30"),
        ("license_state", "ZZ"),
        ("license_number", "1" * 26),
        ("license_number", "0999/0001"),
    ],
)
def test_driver_field_is_refused_by_name(field: str, value: object) -> None:
    """An invalid value is refused under the path of its field and not repeated in the error."""
    with pytest.raises(ValidationError) as caught:
        HouseholdDriversRequest.model_validate(with_driver(**{field: value}))
    assert caught.value.errors()[0]["loc"] == ("drivers", 0, field)
    assert not value or str(value) not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [{"license_state": None}, {"license_number": None}, {"id": "T-0999", "license_number": "T0999"}],
)
def test_incomplete_license_or_license_as_id_is_refused(changes: dict[str, Any]) -> None:
    """Number and state of a licence must be given together, and the number must not be the id."""
    with pytest.raises(ValidationError) as caught:
        HouseholdDriversRequest.model_validate(with_driver(**changes))
    assert caught.value.errors()[0]["loc"] == ("drivers", 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "XX"),
        ("zip_code", "7599"),
        ("zip_code", "٧٥٩٩٩"),
        ("zip_plus4", "12345"),
        ("city", " "),
        ("street", ""),
    ],
)
def test_address_field_is_refused_by_name(field: str, value: str) -> None:
    """An invalid part of an address is refused under the path of its field."""
    with pytest.raises(ValidationError) as caught:
        HouseholdDriversRequest.model_validate(with_address(**{field: value}))
    assert caught.value.errors()[0]["loc"] == ("address", field)


def test_number_of_entries_is_bounded() -> None:
    """A call has from 1 to 50 entries."""
    person = requests.CRIMINAL["persons"][0]
    for number in (0, 51):
        with pytest.raises(ValidationError):
            CriminalRequest.model_validate({"persons": [{**person, "id": f"P-{n}"} for n in range(number)]})
    CriminalRequest.model_validate({"persons": [{**person, "id": f"P-{n}"} for n in range(50)]})


def test_keys_are_unique() -> None:
    """The response could not be assigned to two entries with the same key."""
    with pytest.raises(ValidationError, match="same driver id twice"):
        HouseholdDriversRequest.model_validate(with_driver(id="D-2"))
    person = requests.CRIMINAL["persons"][0]
    with pytest.raises(ValidationError, match="same person id twice"):
        CriminalRequest.model_validate({"persons": [person, person]})
    with pytest.raises(ValidationError, match="twice"):
        VehicleTagRequest.model_validate({"tags": ["TST 4271", "tst-4271"]})


@pytest.mark.parametrize(
    "vin", ["1ZZTESTA9KX00010", "1ZZTESTA9KX0001011", "IZZTESTA9KX000101", "1ZZTESTA9KX00010O", ""]
)
def test_text_that_is_not_a_vin_is_refused(vin: str) -> None:
    """A VIN has 17 characters, and never I, O or Q."""
    with pytest.raises(ValidationError) as caught:
        VehicleVinRequest.model_validate({"vins": [GOOD_VIN, vin]})
    assert caught.value.errors()[0]["loc"] == ("vins", 1)


def test_wrong_check_digit_is_refused_unless_accepted() -> None:
    """A typing error in a VIN is found before the paid call; the caller can accept a wrong check digit."""
    for request in (VehicleVinRequest, HouseholdVehiclesRequest):
        document: dict[str, Any] = {"vins": [GOOD_VIN, BAD_VIN], "address": requests.ADDRESS}
        document = {name: document[name] for name in request.model_fields if name in document}
        with pytest.raises(ValidationError, match="check digit is wrong") as caught:
            request.model_validate(document)
        assert caught.value.errors()[0]["loc"] == ("vins", 1)
        request.model_validate({**document, "accept_invalid_check_digit": True})


def test_vin_and_plate_are_sent_in_one_form() -> None:
    """Blanks and dashes are removed, and letters are sent in upper case."""
    assert VehicleVinRequest.model_validate({"vins": ["1zz-testa9 kx000101"]}).vins == (GOOD_VIN,)
    assert VehicleTagRequest.model_validate({"tags": [" tst-42 71 "]}).tags == ("TST4271",)


def test_vin_gives_year_and_manufacturer() -> None:
    """Model year, manufacturer and country are decoded from the VIN."""
    decoded = decode_vin("1HGCM82633A004352")
    assert (decoded.check_digit_valid, decoded.model_years) == (True, (2003,))
    assert (decoded.manufacturer, decoded.country) == ("Honda", "United States")
    assert decode_vin(GOOD_VIN).manufacturer is None


@given(st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17))
def test_every_vin_can_be_decoded(vin: str) -> None:
    """The decoder accepts any VIN of 17 valid characters."""
    assert decode_vin(vin).vin == vin


@pytest.mark.parametrize(
    ("apartment", "line"),
    [(None, "1 Oak Dr"), ("314", "1 Oak Dr Apt 314"), ("Unit 3", "1 Oak Dr Unit 3"), ("#22", "1 Oak Dr #22")],
)
def test_apartment_is_sent_in_the_street_line(apartment: str | None, line: str) -> None:
    """The vendor has no element for an apartment."""
    request = HouseholdDriversRequest.model_validate(with_address(street="1 Oak Dr", apartment=apartment))
    body = HOUSEHOLD_DRIVERS.encode(request, dcs_settings()).body
    assert fromstring(body).findtext("SearchAddress/Address") == line


NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]), min_size=1, max_size=60)


@given(first=NAMES, last=st.sampled_from(["O'Neil", "Ñúñez", "<b>&amp;", "]]>", "Smith-Jones"]) | NAMES, street=NAMES)
def test_names_and_addresses_are_encoded_unchanged(first: str, last: str, street: str) -> None:
    """Any printable name or street is sent unchanged."""
    document = with_driver(first_name=first, last_name=last)
    document["address"] = {**document["address"], "street": street, "apartment": None}
    request = HouseholdDriversRequest.model_validate(document)
    root = fromstring(HOUSEHOLD_DRIVERS.encode(request, dcs_settings()).body)
    assert root.findtext("Drivers/Driver/FirstName") == first
    assert root.findtext("Drivers/Driver/LastName") == last
    assert root.findtext("SearchAddress/Address") == street


def test_json_form_is_the_literal_conversion() -> None:
    """With json_requests, the request is the vendor's XML as JSON, name by name."""
    request = CriminalRequest.model_validate(requests.CRIMINAL)
    vendor_request = CRIMINAL_SEARCH.encode(request, dcs_settings({JSON_REQUESTS: True}))
    assert json.loads(vendor_request.body) == json.loads((SAMPLES / "criminal" / "request.json").read_bytes())
    assert (vendor_request.content_type, vendor_request.accept) == ("application/json", "application/json")


@pytest.mark.parametrize("name", ["", "  ", "Quote\x00Service"])
def test_transaction_info_that_cannot_be_sent_is_a_configuration_error(name: str) -> None:
    """TransactionInfo comes from the settings, so an operator must correct it."""
    request = HouseholdDriversRequest.model_validate(requests.HOUSEHOLD_DRIVERS)
    with pytest.raises(ConfigurationMissing, match=r"user_name must be printable text.*UserName"):
        HOUSEHOLD_DRIVERS.encode(request, dcs_settings({USER_NAME: name}))


@pytest.mark.parametrize("key", [DEPARTMENT_ID, USER_ID, USER_NAME], ids=lambda key: key.name)
def test_transaction_info_must_be_configured(key: Key[str]) -> None:
    """There is no default for who asks."""
    request = HouseholdDriversRequest.model_validate(requests.HOUSEHOLD_DRIVERS)
    with pytest.raises(ConfigurationMissing, match=key.name):
        HOUSEHOLD_DRIVERS.encode(request, dcs_settings({key: None}))


@pytest.mark.parametrize("operation", [HOUSEHOLD_DRIVERS, HOUSEHOLD_VEHICLES], ids=lambda operation: operation.name)
@pytest.mark.parametrize(
    ("status", "apartment", "second_search", "suggested"),
    [
        ("ANNF", "314", True, True),
        ("ANNF", "314", False, False),
        ("ANNF", None, True, False),
        ("Found", "314", True, False),
    ],
)
def test_second_search_omits_an_unknown_apartment(
    operation: AnyOperation, status: str, apartment: str | None, *, second_search: bool, suggested: bool
) -> None:
    """A second search is suggested only where the setting allows it and the apartment is unknown to the vendor."""
    document = OPERATIONS[operation.setting_name][1]
    search = operation.request.model_validate({**document, "address": {**requests.ADDRESS, "apartment": apartment}})
    root = f"{operation.name}Response"
    statuses = f"<AddressSearchStatus>{status}</AddressSearchStatus><ResponseStatusCode>200</ResponseStatusCode>"
    settings = dcs_settings({SECOND_SEARCH: second_search})
    assert operation.follow_up is not None
    follow_up = operation.follow_up(search, read(operation, f"<{root}>{statuses}</{root}>".encode(), search), settings)
    without = search.model_copy(update={"address": search.address.model_copy(update={"apartment": None})})
    assert follow_up == (FollowUp(without, "APARTMENT_NOT_FOUND") if suggested else None)


def test_paths_are_settings() -> None:
    """An operation has the name of its path setting, not a path or a host: those in the manual are the test site's."""
    operations = [operation for kind in (DRIVER, VEHICLE, CRIMINAL) for operation in kind.operations]
    assert [f"{operation.setting_name}_path" for operation in operations] == [
        "household_drivers_path",
        "household_vehicles_path",
        "vehicle_vin_path",
        "vehicle_tag_path",
        "criminal_path",
    ]
