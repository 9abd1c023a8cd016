"""Criminal records: possible matches by name and birth date, from DCS; never an identity, never "clear" by default.

The request and the answer are in dcs.criminal; what happens between them is integration_hub.pipeline, the same for
every integration type.
"""

from dcs.criminal import CRIMINAL
from integration_hub import pipeline, wiring
from integration_hub.entrypoint import Context, Event, answered, observed, received
from integration_hub.models import Answer


@observed
@answered(CRIMINAL)
def handler(event: Event, context: Context) -> Answer:
    """Answer one criminal inquiry."""
    return pipeline.run(received(CRIMINAL, event, context), wiring.services())
