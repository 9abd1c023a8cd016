"""Criminal records: possible matches by name and birth date, from DCS; never an identity, never "clear" by default.

The request and the answer are in dcs.criminal; what happens between them is integration_hub.pipeline, the same for
every integration type.
"""

from dcs.criminal import CRIMINAL
from integration_hub import pipeline, wiring
from integration_hub.handler.decorators import error_boundary, instrumented
from integration_hub.handler.event import Context, Event
from integration_hub.handler.validation import parse_call
from integration_hub.models.answer import Answer


@instrumented
@error_boundary(CRIMINAL)
def handler(event: Event, context: Context) -> Answer:
    """Answer one criminal inquiry."""
    return pipeline.run(parse_call(CRIMINAL, event, context), wiring.services())
