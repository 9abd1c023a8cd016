"""HouseholdVehicles, VehicleVin, VehicleTag: Texas title and registration records (vendor manual, Vehicles 2.3).

By address, by VIN and by plate; the three operations share one result. DCS does not decode VINs, so the VINs of a
request are decoded and checked locally before the paid call.

    request    the three requests and their XML
    vehicle    the vehicle of the response, with title, registration and lienholder
    title      the title
    response   VehiclesResult
    vin        check digit, model year and manufacturer of a VIN
"""

from dcs.responses import parse_response
from dcs.second_search import without_apartment
from dcs.settings import AUTHENTICATION, SETTINGS
from dcs.vehicles.request import (
    HouseholdVehiclesRequest,
    VehicleTagRequest,
    VehicleVinRequest,
    encode_household,
    encode_tags,
    encode_vins,
)
from dcs.vehicles.response import VehiclesResult, decode_household, decode_tags, decode_vins
from integration_hub.vendor.contract import CachePolicy, Integration, Operation

__all__ = [
    "HOUSEHOLD_VEHICLES",
    "VEHICLE",
    "VEHICLE_TAG",
    "VEHICLE_VIN",
    "HouseholdVehiclesRequest",
    "VehicleTagRequest",
    "VehicleVinRequest",
    "VehiclesResult",
]

HOUSEHOLD_VEHICLES = Operation(
    name="HouseholdVehicles",
    setting_name="household_vehicles",
    request=HouseholdVehiclesRequest,
    result=VehiclesResult,
    encode=encode_household,
    parse_response=parse_response("HouseholdVehiclesResponse"),
    decode=decode_household,
    follow_up=without_apartment,
    cache=CachePolicy(24),
)

VEHICLE_VIN = Operation(
    name="VehicleVin",
    setting_name="vehicle_vin",
    request=VehicleVinRequest,
    result=VehiclesResult,
    encode=encode_vins,
    parse_response=parse_response("VehicleVinResponse"),
    decode=decode_vins,
    cache=CachePolicy(7 * 24),
)

VEHICLE_TAG = Operation(
    name="VehicleTag",
    setting_name="vehicle_tag",
    request=VehicleTagRequest,
    result=VehiclesResult,
    encode=encode_tags,
    parse_response=parse_response("VehicleTagResponse"),
    decode=decode_tags,
    cache=CachePolicy(24),
)

VEHICLE = Integration(
    type_code="DCS_VEHICLE_API",
    vendor="DCS",
    fallback="MANUAL_ENTRY_REQUIRED",
    operations=(HOUSEHOLD_VEHICLES, VEHICLE_VIN, VEHICLE_TAG),
    authentication=AUTHENTICATION,
    settings=SETTINGS,
)
