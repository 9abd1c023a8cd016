"""HouseholdDrivers: licence and ID-card holders by licence number, name or address (vendor manual, Drivers 2.7).

The response comes from the state's licence and ID-card file. It contains no licence status, class or expiry, and it can
contain people who are not in the request: everyone at the address.

    request       HouseholdDriversRequest and its XML
    licenses      the licence records of the response
    attribution   which record belongs to which driver of the request
    response      HouseholdDriversResult
"""

from dcs.drivers.request import HouseholdDriversRequest, encode
from dcs.drivers.response import HouseholdDriversResult, decode
from dcs.responses import parse_response
from dcs.second_search import without_apartment
from dcs.settings import AUTHENTICATION, SETTINGS
from integration_hub.vendor.contract import CachePolicy, Integration, Operation

__all__ = ["DRIVER", "HOUSEHOLD_DRIVERS", "HouseholdDriversRequest", "HouseholdDriversResult"]

HOUSEHOLD_DRIVERS = Operation(
    name="HouseholdDrivers",
    setting_name="household_drivers",
    request=HouseholdDriversRequest,
    result=HouseholdDriversResult,
    encode=encode,
    parse_response=parse_response("HouseholdDriversResponse", status_is_optional=True),
    decode=decode,
    follow_up=without_apartment,
    cache=CachePolicy(24, lambda search: not search.includes_criminal_history),
)

DRIVER = Integration(
    type_code="DCS_DRIVER_API",
    vendor="DCS",
    fallback="MANUAL_ENTRY_REQUIRED",
    operations=(HOUSEHOLD_DRIVERS,),
    authentication=AUTHENTICATION,
    settings=SETTINGS,
)
