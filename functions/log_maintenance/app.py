"""The hourly care of integration_log: abandoned calls are closed, and kept answers removed when their time is over.

An expired answer is never used, whether this ran or not; here it also leaves the database.
"""

import time

from integration_hub import wiring
from integration_hub.entrypoint import Context, Event, answered, observed
from integration_hub.models import Deadline
from integration_hub.privacy import HubModel

# What is left of the invocation to tell how far it came; the next hour goes on from there.
_MARGIN_SECONDS = 5.0


class Maintained(HubModel):
    """How many rows were cared for; `finished` is false where time was up before all were."""

    abandoned_calls: int
    expired_answers: int
    finished: bool


@observed
@answered()
def handler(_event: Event, context: Context) -> Maintained:
    """Close what was abandoned, remove what has expired, and tell how much it was."""
    services = wiring.services()
    until = Deadline(time.monotonic() + context.get_remaining_time_in_millis() / 1000 - _MARGIN_SECONDS)
    abandoned = services.integration_log.close_abandoned(until)
    expired = services.answers.remove_expired(until)
    return Maintained(
        abandoned_calls=abandoned.rows, expired_answers=expired.rows, finished=abandoned.finished and expired.finished
    )
