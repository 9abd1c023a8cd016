"""The hourly maintenance of integration_log: close abandoned calls and remove expired cached responses.

An expired response is never used, whether this ran or not; here it also leaves the database.
"""

import time

from integration_hub import wiring
from integration_hub.deadline import Deadline
from integration_hub.handler.decorators import error_boundary, instrumented
from integration_hub.handler.event import Context, Event, expect_object
from integration_hub.privacy import HubModel

# What is left of the invocation to report how far it came; the next run goes on from there.
_MARGIN_SECONDS = 5.0


class Maintained(HubModel):
    """How many rows were changed; `finished` is false where time was up before all were."""

    abandoned_calls: int
    expired_responses: int
    finished: bool


@instrumented
@error_boundary()
def handler(event: Event, context: Context) -> Maintained:
    """Close abandoned calls, remove expired responses, and report how many. Any JSON object starts it."""
    expect_object(event)
    services = wiring.services()
    until = Deadline(time.monotonic() + context.get_remaining_time_in_millis() / 1000 - _MARGIN_SECONDS)
    abandoned = services.integration_log.close_abandoned(until)
    expired = services.integration_log.remove_expired_responses(until)
    return Maintained(
        abandoned_calls=abandoned.rows, expired_responses=expired.rows, finished=abandoned.finished and expired.finished
    )
