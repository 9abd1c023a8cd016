"""The hourly care of integration_log: what was kept for a while is removed when its time is over.

An expired answer is never used, whether this ran or not; here it also leaves the database.
"""

from integration_hub import wiring
from integration_hub.answers.store import Removed
from integration_hub.entrypoint import Context, Event, answered, observed

# What is left of the invocation to tell how far it came; the next hour goes on from there.
_MARGIN_SECONDS = 5.0


@observed
@answered()
def handler(_event: Event, context: Context) -> Removed:
    """Remove expired answers and tell how many."""
    seconds = context.get_remaining_time_in_millis() / 1000 - _MARGIN_SECONDS
    return wiring.services().answers.remove_expired(seconds)
