"""What operators do; direct invocation only, allowed by IAM. events/admin-*.json has an example of each.

The acts and their answers stand in integration_hub.administration.
"""

from dcs.criminal import CRIMINAL
from dcs.drivers import DRIVER
from dcs.vehicles import VEHICLE
from integration_hub import wiring
from integration_hub.administration import ACTS
from integration_hub.entrypoint import Context, Event, answered, document_of, observed
from integration_hub.errors import FieldProblem, RequestInvalid
from integration_hub.privacy import HubModel


@observed
@answered()
def handler(event: Event, _context: Context) -> HubModel:
    """Carry out one act and tell what is so now."""
    act = ACTS.get(str(event.get("action")))
    if act is None:
        message = f"One of {', '.join(ACTS)} is wanted."
        raise RequestInvalid("The field action names no act.", fields=[FieldProblem("action", message)])
    return wiring.administration((DRIVER, VEHICLE, CRIMINAL)).carry_out(document_of(act, event))
