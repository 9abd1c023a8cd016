"""The three vehicle requests and their XML."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from dcs import fields, requests
from dcs.vehicles.vin import decode_vin
from integration_hub.configuration_key import Settings
from integration_hub.privacy import HubModel, Plate, Vin
from integration_hub.vendor.message import VendorRequest


def _check_digit(value: str, info: ValidationInfo) -> str:
    """Reject a VIN with a wrong check digit, unless the request accepts it: most are typing errors (C14)."""
    if not info.data.get("accept_invalid_check_digit") and not decode_vin(value).check_digit_valid:
        raise ValueError("check digit is wrong; correct the VIN or set accept_invalid_check_digit")
    return value


VinText = Annotated[
    Vin, fields.Compacted, StringConstraints(pattern=r"^[A-HJ-NPR-Z0-9]{17}$"), AfterValidator(_check_digit)
]
PlateText = Annotated[Plate, fields.Compacted, StringConstraints(pattern=r"^[A-Z0-9]{1,10}$")]


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    fields.require_unique(values, "VIN or plate")
    return values


class _VinSearch(HubModel):
    accept_invalid_check_digit: bool = Field(default=False, description="send VINs with a wrong check digit")


class HouseholdVehiclesRequest(_VinSearch):
    """A search for vehicles registered at an address."""

    address: fields.SearchAddress
    vins: Annotated[tuple[VinText, ...], AfterValidator(_distinct)] = Field((), max_length=fields.MAX_ENTRIES)


class VehicleVinRequest(_VinSearch):
    """A search for vehicles by VIN."""

    vins: Annotated[tuple[VinText, ...], AfterValidator(_distinct)] = Field(min_length=1, max_length=fields.MAX_ENTRIES)


class VehicleTagRequest(HubModel):
    """A search for vehicles by plate."""

    tags: Annotated[tuple[PlateText, ...], AfterValidator(_distinct)] = Field(
        min_length=1, max_length=fields.MAX_ENTRIES
    )


def encode_household(request: HouseholdVehiclesRequest, settings: Settings) -> VendorRequest:
    """Return an address search as XML; an empty list of VINs is omitted."""
    parts = [requests.transaction_info(settings), requests.address(request.address)]
    return requests.xml_request("HouseholdVehiclesRequest", [*parts, _vins(request.vins)] if request.vins else parts)


def encode_vins(request: VehicleVinRequest, settings: Settings) -> VendorRequest:
    """Return a VIN search as XML, in the nested form of the samples (A21)."""
    return requests.xml_request("VehicleVinRequest", [requests.transaction_info(settings), _vins(request.vins)])


def encode_tags(request: VehicleTagRequest, settings: Settings) -> VendorRequest:
    """Return a plate search as XML, in the nested form of the samples (A21)."""
    tags: requests.Part = ("VehicleTags", [("VehicleTag", [("Tag", tag)]) for tag in request.tags])
    return requests.xml_request("VehicleTagRequest", [requests.transaction_info(settings), tags])


def _vins(vins: Iterable[str]) -> requests.Part:
    return "VehicleVins", [("VehicleVin", [("Vin", vin)]) for vin in vins]
