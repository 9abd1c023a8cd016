"""Household drivers: who holds a license or an ID card at an address, from DCS.

The request and the answer are in dcs.drivers; what happens between them is integration_hub.pipeline, the same for
every integration type.
"""

from dcs.drivers import DRIVER
from integration_hub import pipeline, wiring
from integration_hub.entrypoint import Context, Event, answered, observed, received
from integration_hub.models import Answer


@observed
@answered(DRIVER)
def handler(event: Event, context: Context) -> Answer:
    """Answer one driver inquiry."""
    return pipeline.run(received(DRIVER, event, context), wiring.services())
