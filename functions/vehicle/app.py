"""Vehicles: what Texas has on file at an address, for a VIN or for a plate, from DCS.

Three operations share one answer: HouseholdVehicles, VehicleVin, VehicleTag (dcs.vehicles). What happens between
request and answer is integration_hub.pipeline, the same for every integration type.
"""

from dcs.vehicles import VEHICLE
from integration_hub import pipeline, wiring
from integration_hub.handler.decorators import error_boundary, instrumented
from integration_hub.handler.event import Context, Event
from integration_hub.handler.validation import parse_call
from integration_hub.models.answer import Answer


@instrumented
@error_boundary(VEHICLE)
def handler(event: Event, context: Context) -> Answer:
    """Answer one vehicle inquiry."""
    return pipeline.run(parse_call(VEHICLE, event, context), wiring.services())
