"""Household drivers: who holds a license or an ID card at an address, from DCS.

The request and the answer are in dcs.drivers; what happens between them is integration_hub.pipeline, the same for
every integration type.
"""

from dcs.drivers import DRIVER
from integration_hub import pipeline, wiring
from integration_hub.handler.decorators import error_boundary, instrumented
from integration_hub.handler.event import Context, Event
from integration_hub.handler.validation import parse_call
from integration_hub.models.answer import Answer


@instrumented
@error_boundary(DRIVER)
def handler(event: Event, context: Context) -> Answer:
    """Answer one driver inquiry."""
    return pipeline.run(parse_call(DRIVER, event, context), wiring.services())
