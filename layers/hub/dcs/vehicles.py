"""HouseholdVehicles, VehicleVin, VehicleTag: Texas title and registration records (vendor manual, Vehicles 2.3).

By address, by VIN and by plate; the three share one answer. DCS decodes no VIN: what a VIN says by itself is
decoded here, before a call is paid for.
"""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from dcs import normal_forms, requests
from dcs.auth import authorization
from dcs.normal_forms import AddressStatus, SearchStatus
from dcs.records import Record, SearchResult, Tally, element, plan
from dcs.vehicle_records import Vehicle
from dcs.verdicts import judge
from dcs.vin import VinDecoded, decode_vin
from dcs.wire import Document
from integration_hub.integration import CachePolicy, Integration, Operation, Requester, VendorRequest
from integration_hub.privacy import HubModel, Plate, Vin


def _check_digit(value: str, info: ValidationInfo) -> str:
    """Refuse a VIN whose check digit is wrong, unless the caller insists: most are typing errors (C14, R14)."""
    if not info.data.get("accept_invalid_check_digit") and not decode_vin(value).check_digit_valid:
        raise ValueError("check digit is wrong; correct the VIN or set accept_invalid_check_digit")
    return value


VinText = Annotated[
    Vin, requests.Compacted, StringConstraints(pattern=r"^[A-HJ-NPR-Z0-9]{17}$"), AfterValidator(_check_digit)
]
PlateText = Annotated[Plate, requests.Compacted, StringConstraints(pattern=r"^[A-Z0-9]{1,10}$")]


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    requests.unique(values, "VIN or plate")
    return values


class _VinSearch(HubModel):
    accept_invalid_check_digit: bool = Field(default=False, description="send VINs although their check digit is wrong")


class HouseholdVehiclesRequest(_VinSearch):
    """A search for vehicles registered at an address."""

    address: requests.SearchAddress
    vins: Annotated[tuple[VinText, ...], AfterValidator(_distinct)] = Field((), max_length=requests.MAX_ENTRIES)


class VehicleVinRequest(_VinSearch):
    """A search for vehicles by VIN."""

    vins: Annotated[tuple[VinText, ...], AfterValidator(_distinct)] = Field(
        min_length=1, max_length=requests.MAX_ENTRIES
    )


class VehicleTagRequest(HubModel):
    """A search for vehicles by plate."""

    tags: Annotated[tuple[PlateText, ...], AfterValidator(_distinct)] = Field(
        min_length=1, max_length=requests.MAX_ENTRIES
    )


class VehiclesResult(SearchResult):
    """The answer of all three operations, held against the request."""

    address_status: AddressStatus | None = Field(description="address search only")
    search_status: SearchStatus | None = Field(description="of the whole answer; whom it speaks for is not documented")
    vehicles: tuple[Vehicle, ...]
    vins_not_found: tuple[Vin, ...] = Field(description="VINs of the request that no vehicle carries")
    tags_not_found: tuple[Plate, ...] = Field(description="plates of the request that no vehicle carries")
    vins_decoded: tuple[VinDecoded, ...] = Field(description="VINs of the request, decoded locally")


class _Delivered(Record):
    """The answer before it is held against the request."""

    address_status: AddressStatus | None = element("AddressSearchStatus", "", read=normal_forms.address_status)
    search_status: SearchStatus | None = element("VehicleSearchStatus", "", read=normal_forms.search_status)
    vehicles: tuple[Vehicle, ...] = element("Vehicles", "", item="Vehicle")
    status_code: str | None = element("ResponseStatusCode", "")
    status_message: str | None = element("ResponseStatusMessage", "")


def _vins(vins: Iterable[str]) -> requests.Part:
    return "VehicleVins", [("VehicleVin", [("Vin", vin)]) for vin in vins]


def encode_household(request: HouseholdVehiclesRequest, requester: Requester) -> VendorRequest:
    """Write an address search; the list of VINs is left out when there is none."""
    parts = [requests.requester(requester), requests.address(request.address)]
    return requests.xml("HouseholdVehiclesRequest", [*parts, _vins(request.vins)] if request.vins else parts)


def encode_vins(request: VehicleVinRequest, requester: Requester) -> VendorRequest:
    """Write a VIN search, in the nested form of the samples (A21)."""
    return requests.xml("VehicleVinRequest", [requests.requester(requester), _vins(request.vins)])


def encode_tags(request: VehicleTagRequest, requester: Requester) -> VendorRequest:
    """Write a plate search, in the nested form of the samples (A21)."""
    tags: requests.Part = ("VehicleTags", [("VehicleTag", [("Tag", tag)]) for tag in request.tags])
    return requests.xml("VehicleTagRequest", [requests.requester(requester), tags])


def decode_household(document: Document, request: HouseholdVehiclesRequest) -> VehiclesResult:
    """Read the answer to an address search."""
    return _decode(document, vins=request.vins)


def decode_vins(document: Document, request: VehicleVinRequest) -> VehiclesResult:
    """Read the answer to a VIN search."""
    return _decode(document, vins=request.vins)


def decode_tags(document: Document, request: VehicleTagRequest) -> VehiclesResult:
    """Read the answer to a plate search."""
    return _decode(document, tags=request.tags)


def _decode(document: Document, *, vins: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> VehiclesResult:
    """Hold the vehicles against what was asked: answers carry no key of ours, so by VIN and plate (B10, B17)."""
    tally = Tally(document.tolerances.copy())
    delivered = _Delivered.model_validate(plan(_Delivered).values(document.root, tally))
    vehicles = []
    found: set[str] = set()
    for vehicle in delivered.vehicles:
        named = _names(vehicle) & {*vins, *tags}
        if vehicle.search_status is not SearchStatus.NOT_FOUND:
            found |= named
        vehicles.append(vehicle.model_copy(update={"requested": bool(named)}))
        if not named and (vins or tags):
            tally.tolerances["B10"] += 1
    return VehiclesResult(
        address_status=delivered.address_status,
        search_status=delivered.search_status,
        vehicles=tuple(vehicles),
        vins_not_found=tuple(vin for vin in vins if vin not in found),
        tags_not_found=tuple(tag for tag in tags if tag not in found),
        vins_decoded=tuple(decode_vin(vin) for vin in vins),
        **tally.summary(),
    )


def _names(vehicle: Vehicle) -> set[str]:
    """Return the VIN and the plate of a vehicle, in the form in which they are asked for."""
    vin = vehicle.vehicle.vin if vehicle.vehicle else None
    plate = vehicle.registration.plate if vehicle.registration else None
    return {requests.compact(text) for text in (vin, plate) if text}


HOUSEHOLD_VEHICLES = Operation(
    name="HouseholdVehicles",
    path_key="household_vehicles_path",
    request=HouseholdVehiclesRequest,
    result=VehiclesResult,
    encode=encode_household,
    judge=judge("HouseholdVehiclesResponse"),
    decode=decode_household,
    follow_up=requests.without_apartment,
    reuse=CachePolicy(24),
)

VEHICLE_VIN = Operation(
    name="VehicleVin",
    path_key="vehicle_vin_path",
    request=VehicleVinRequest,
    result=VehiclesResult,
    encode=encode_vins,
    judge=judge("VehicleVinResponse"),
    decode=decode_vins,
    reuse=CachePolicy(7 * 24),
)

VEHICLE_TAG = Operation(
    name="VehicleTag",
    path_key="vehicle_tag_path",
    request=VehicleTagRequest,
    result=VehiclesResult,
    encode=encode_tags,
    judge=judge("VehicleTagResponse"),
    decode=decode_tags,
    reuse=CachePolicy(24),
)

VEHICLE = Integration(
    type_code="DCS_VEHICLE_API",
    vendor="DCS",
    fallback="MANUAL_ENTRY_REQUIRED",
    operations=(HOUSEHOLD_VEHICLES, VEHICLE_VIN, VEHICLE_TAG),
    authorization=authorization,
)
