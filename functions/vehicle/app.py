"""Vehicles: what Texas has on file at an address, for a VIN or for a plate, from DCS.

Three operations share one answer: HouseholdVehicles, VehicleVin, VehicleTag (dcs.vehicles). What happens between
request and answer is integration_hub.pipeline, the same for every integration type.
"""

from dcs.vehicles import VEHICLE
from integration_hub import pipeline, wiring
from integration_hub.entrypoint import Context, Event, answered, observed, received
from integration_hub.models import Answer


@observed
@answered(VEHICLE)
def handler(event: Event, context: Context) -> Answer:
    """Answer one vehicle inquiry."""
    return pipeline.run(received(VEHICLE, event, context), wiring.services())
