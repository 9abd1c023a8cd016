"""The standard tests of a DCS operation: one line per operation.

    TestVehicleVin = contract_suite(VEHICLE_VIN, "vehicle_vin", {"vins": [...]})

The folder under vendor_samples contains `request.xml`, the vendor's form of that request, `whole.xml`, a response with
every element of the manual, and further responses. All people, plates and numbers in them are invented.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, tostring

import pytest
from defusedxml.ElementTree import fromstring
from pydantic import ValidationError

from integration_hub.errors import (
    IntegrationError,
    VendorAuthRefused,
    VendorRejected,
    VendorResponseInvalid,
    VendorTimedOut,
    VendorUnavailable,
)
from integration_hub.privacy import masked
from integration_hub.vendor.contract import AnyOperation
from integration_hub.vendor.message import VendorResponse
from tests.support.dcs.operations import SAMPLES, read
from tests.support.dcs.settings import dcs_settings

CANARY = "CANARYXQ7"
REFUSED = {"B3", "D3"}
"""Samples that give an error; all others give a result."""

STATUSES: Mapping[int, type[IntegrationError]] = {
    204: VendorResponseInvalid,
    301: VendorResponseInvalid,
    302: VendorResponseInvalid,
    400: VendorRejected,
    401: VendorAuthRefused,
    403: VendorRejected,
    404: VendorResponseInvalid,
    429: VendorUnavailable,
    500: VendorUnavailable,
    502: VendorUnavailable,
    503: VendorUnavailable,
    504: VendorTimedOut,
    599: VendorResponseInvalid,
}

_SENSITIVE = (
    # Drivers and criminal: names, numbers, addresses, and everything under CriminalHistories.
    "FullName BirthDate DLNumber Address City ZipCode ZipPlus4 Name DateOfBirth Dob StateId Gender Race Height Weight "
    "EyeColor HairColor CriminalSearchStatus SearchSource TotalOffenses TotalOffeneses OffenseCode ConvictionDate "
    "Disposition Description FinalPleading OriginatingAgencyCourt CauseNumber CourtOffense CourtProbation "
    "CriminalStatus FirstName LastName "
    # Vehicles: owners, lienholders, VINs, plates, titles, conduct, and the owner's number, usually an SSN.
    "OwnerID OwnerName1 OwnerName2 PreviousOwnerName PreviousOwnerCity RenewalName LienholderName1 LienholderName2 "
    "LienholderNumber Address1 Address2 Zip4 Vin VehicleBodyVin PreviousVinNumber Tag1 PreviousTag StickerNo Title "
    "PreviousTitleNumber LegalRestraintNumber SurvivorshipRightsFlag SurvivorshipRightsFlagDescription "
    "TitleHotCheckFlag RegistrationHotCheckFlag PlateSeizedFlag StickerSeizedFlag DPSSafetySuspensionFlag "
    "DPSStolenFlag"
)
SENSITIVE = frozenset(_SENSITIVE.split())
"""Elements that no log may contain, taken from the vendor manuals' table and not from the marks in the code."""


def shape(node: Element) -> tuple[str, str, list[Any]]:
    """Return names, texts and order of a document, without the white space between elements."""
    return node.tag, (node.text or "").strip(), [shape(child) for child in node]


def leaves(node: Element) -> Iterator[Element]:
    """Return the elements without children."""
    for child in node:
        if len(child):
            yield from leaves(child)
        else:
            yield child


def contract_suite(operation: AnyOperation, folder: str, document: Mapping[str, Any]) -> type:  # noqa: C901 - a list of tests
    """Make the test class of an operation; `document` is the request whose vendor form is `request.xml`."""
    home = SAMPLES / folder
    responses = sorted(path for path in home.iterdir() if not path.name.startswith("request"))
    readable = [path for path in responses if path.stem not in REFUSED]
    request = operation.request.model_validate(document)
    whole = (home / "whole.xml").read_bytes()
    required = [name for name, field in operation.request.model_fields.items() if field.is_required()]

    class Suite:
        """The contract of every operation."""

        def test_request_has_the_vendors_form(self) -> None:
            """Every element of the request has the name, place and form of the vendor's sample."""
            written = operation.encode(request, dcs_settings())
            assert shape(fromstring(written.body)) == shape(fromstring((home / "request.xml").read_bytes()))
            assert written.content_type == "application/xml; charset=utf-8"

        @pytest.mark.parametrize("name", required)
        def test_missing_field_is_named(self, name: str) -> None:
            """A required field that is missing is refused under its name."""
            with pytest.raises(ValidationError) as caught:
                operation.request.model_validate({key: value for key, value in document.items() if key != name})
            assert caught.value.errors()[0]["loc"] == (name,)

        def test_unknown_field_is_named(self) -> None:
            """A field that does not exist is refused under its name."""
            with pytest.raises(ValidationError) as caught:
                operation.request.model_validate({**document, "surprise": 1})
            assert caught.value.errors()[0]["loc"] == ("surprise",)

        @pytest.mark.parametrize("path", responses, ids=lambda path: path.name)
        def test_every_sample_is_read_or_refused_by_name(self, path: Path) -> None:
            """Each response in the folder gives a result that can be written as JSON, or a named error."""
            if path.stem in REFUSED:
                with pytest.raises(IntegrationError):
                    read(operation, path.read_bytes(), request)
            else:
                result = read(operation, path.read_bytes(), request)
                assert operation.decode.__annotations__["return"] is type(result)
                json.loads(result.model_dump_json())
                json.dumps(masked(result))

        @pytest.mark.parametrize("path", readable, ids=lambda path: path.name)
        def test_cached_result_is_the_same_result(self, path: Path) -> None:
            """A result that was stored as JSON reads back unchanged."""
            result = read(operation, path.read_bytes(), request)
            cached = operation.result.model_validate_json(result.model_dump_json())
            assert cached.model_dump() == result.model_dump()
            assert cached.model_dump_json() == result.model_dump_json()

        def test_whole_response_has_no_unknown_element(self) -> None:
            """Every element of the manual is known, and every value in the sample is readable."""
            result = read(operation, whole, request)
            assert result.unknown_elements == {}
            assert result.unreadable_values == {}
            assert result.records_set_aside == 0

        def test_no_sensitive_element_reaches_a_log(self) -> None:
            """A canary in every element that the manuals' table protects occurs in no masked form and no repr."""
            tree = fromstring(whole)
            marked = [leaf for leaf in leaves(tree) if leaf.tag in SENSITIVE]
            for leaf in marked:
                leaf.text = f"ABCDEFGH{CANARY}WXYZ"
            assert marked
            result = read(operation, tostring(tree), request)
            if operation.name.startswith(("Household", "Vehicle")):
                assert CANARY in result.model_dump_json(), "the canary must have been read to be masked"
            assert CANARY not in json.dumps(masked(result))
            assert CANARY not in repr(result)

        def test_request_reaches_a_log_masked(self) -> None:
            """No name, birth date, number, street, VIN or plate of the request occurs in its masked form or repr."""
            written = (home / "request.xml").read_text(encoding="utf-8")
            texts = {leaf.text or "" for leaf in leaves(fromstring(written)) if leaf.tag in {*SENSITIVE, "Tag"}}
            shown = json.dumps(masked(request)) + repr(request)
            assert texts
            assert [text for text in texts if text in shown] == []

        @pytest.mark.parametrize("status", STATUSES)
        def test_http_status_decides_without_the_body(self, status: int) -> None:
            """Each HTTP status has one meaning, whatever the body is."""
            for body in (b"", b"<html>stack trace", whole):
                with pytest.raises(IntegrationError) as caught:
                    operation.parse_response(VendorResponse(status, {}, body))
                assert type(caught.value) is STATUSES[status]

        @pytest.mark.parametrize("status", STATUSES)
        def test_inner_status_applies_where_http_status_is_200(self, status: int) -> None:
            """ResponseStatusCode inside a 200 means what the same HTTP status means."""
            root = f"{operation.name}Response"
            body = f"<{root}><ResponseStatusCode>{status}</ResponseStatusCode></{root}>".encode()
            with pytest.raises(IntegrationError) as caught:
                operation.parse_response(VendorResponse(200, {}, body))
            assert type(caught.value) is STATUSES[status]

        def test_response_of_another_operation_is_refused(self) -> None:
            """A well-formed response with another root element is refused."""
            with pytest.raises(VendorResponseInvalid, match="not a"):
                operation.parse_response(
                    VendorResponse(
                        200, {}, b"<OtherResponse><ResponseStatusCode>200</ResponseStatusCode></OtherResponse>"
                    )
                )

    return Suite
