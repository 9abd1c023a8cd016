"""The result of the three vehicle operations, decoded from the response and compared with the request."""

from collections.abc import Sequence

from pydantic import Field

from dcs import fields, statuses
from dcs.record_reader import record_reader
from dcs.records import Record, SearchResult, element
from dcs.statuses import AddressStatus, SearchStatus
from dcs.tally import Tally
from dcs.vehicles.request import HouseholdVehiclesRequest, VehicleTagRequest, VehicleVinRequest
from dcs.vehicles.vehicle import Vehicle
from dcs.vehicles.vin import VinDecoded, decode_vin
from dcs.wire import Document
from integration_hub.privacy import Plate, Vin


class VehiclesResult(SearchResult):
    """The vehicles found, compared with the VINs and plates of the request."""

    address_status: AddressStatus | None = Field(description="address search only")
    search_status: SearchStatus | None = Field(description="of the whole response; its scope is not documented")
    vehicles: tuple[Vehicle, ...]
    vins_not_found: tuple[Vin, ...] = Field(description="VINs of the request that no vehicle has")
    tags_not_found: tuple[Plate, ...] = Field(description="plates of the request that no vehicle has")
    vins_decoded: tuple[VinDecoded, ...] = Field(description="VINs of the request, decoded locally")


class _Response(Record):
    """The response before it is compared with the request."""

    address_status: AddressStatus | None = element("AddressSearchStatus", "", read=statuses.address_status)
    search_status: SearchStatus | None = element("VehicleSearchStatus", "", read=statuses.search_status)
    vehicles: tuple[Vehicle, ...] = element("Vehicles", "", item="Vehicle")
    status_code: str | None = element("ResponseStatusCode", "")
    status_message: str | None = element("ResponseStatusMessage", "")


def decode_household(document: Document, request: HouseholdVehiclesRequest) -> VehiclesResult:
    """Read the response to an address search."""
    return _decode(document, vins=request.vins)


def decode_vins(document: Document, request: VehicleVinRequest) -> VehiclesResult:
    """Read the response to a VIN search."""
    return _decode(document, vins=request.vins)


def decode_tags(document: Document, request: VehicleTagRequest) -> VehiclesResult:
    """Read the response to a plate search."""
    return _decode(document, tags=request.tags)


def _decode(document: Document, *, vins: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> VehiclesResult:
    tally = Tally(document.tolerances.copy())
    response = _Response.model_validate(record_reader(_Response).values(document.root, tally))
    vehicles, found = _compared(response.vehicles, frozenset({*vins, *tags}), tally)
    return VehiclesResult(
        address_status=response.address_status,
        search_status=response.search_status,
        vehicles=vehicles,
        vins_not_found=tuple(vin for vin in vins if vin not in found),
        tags_not_found=tuple(tag for tag in tags if tag not in found),
        vins_decoded=tuple(decode_vin(vin) for vin in vins),
        **tally.summary(),
    )


def _compared(
    vehicles: Sequence[Vehicle], requested: frozenset[str], tally: Tally
) -> tuple[tuple[Vehicle, ...], set[str]]:
    """Mark the requested vehicles, and return the requested VINs and plates that were found.

    Responses do not repeat a key of the request, so vehicles are matched by VIN and plate (B10, B17).
    """
    marked: list[Vehicle] = []
    found: set[str] = set()
    for vehicle in vehicles:
        matching = _vin_and_plate(vehicle) & requested
        if vehicle.search_status is not SearchStatus.NOT_FOUND:
            found |= matching
        marked.append(vehicle.model_copy(update={"requested": bool(matching)}))
        if requested and not matching:
            tally.tolerances["B10"] += 1
    return tuple(marked), found


def _vin_and_plate(vehicle: Vehicle) -> set[str]:
    """Return the VIN and the plate of a vehicle in the form of the request."""
    vin = vehicle.vehicle.vin if vehicle.vehicle else None
    plate = vehicle.registration.plate if vehicle.registration else None
    return {fields.compact(text) for text in (vin, plate) if text}
