"""The five operations by their folder under tests/vendor_samples, with the request of its `request.xml`."""

from pathlib import Path
from typing import Any

from dcs.criminal import CRIMINAL_SEARCH
from dcs.drivers import HOUSEHOLD_DRIVERS
from dcs.vehicles import HOUSEHOLD_VEHICLES, VEHICLE_TAG, VEHICLE_VIN
from integration_hub.vendor.contract import AnyOperation
from integration_hub.vendor.message import VendorResponse
from tests.support.dcs import requests

SAMPLES = Path(__file__).parents[2] / "vendor_samples"

OPERATIONS: dict[str, tuple[AnyOperation, dict[str, Any]]] = {
    "household_drivers": (HOUSEHOLD_DRIVERS, requests.HOUSEHOLD_DRIVERS),
    "household_vehicles": (HOUSEHOLD_VEHICLES, requests.HOUSEHOLD_VEHICLES),
    "vehicle_vin": (VEHICLE_VIN, {"vins": ["1ZZTESTA9KX000101"]}),
    "vehicle_tag": (VEHICLE_TAG, {"tags": ["TST4271"]}),
    "criminal": (CRIMINAL_SEARCH, requests.CRIMINAL),
}


def read(operation: AnyOperation, body: bytes, request: Any) -> Any:
    """Read a response as the hub does."""
    return operation.decode(operation.parse_response(VendorResponse(200, {}, body)), request)
