"""What operators do; direct invocation only, allowed by IAM. events/admin-*.json has an example of each.

The acts and their answers are in integration_hub.administration.
"""

from dcs.criminal import CRIMINAL
from dcs.drivers import DRIVER
from dcs.vehicles import VEHICLE
from integration_hub import wiring
from integration_hub.administration import ACTS
from integration_hub.errors import FieldProblem, RequestInvalid
from integration_hub.handler.decorators import error_boundary, instrumented
from integration_hub.handler.event import Context, Event, expect_object
from integration_hub.handler.validation import parse_document
from integration_hub.privacy import HubModel


@instrumented
@error_boundary()
def handler(event: Event, _context: Context) -> HubModel:
    """Carry out one act and return the state after it."""
    action = expect_object(event).get("action")
    act = ACTS.get(action) if isinstance(action, str) else None
    if act is None:
        message = f"must be one of {', '.join(ACTS)}"
        raise RequestInvalid("The field action must name an act.", fields=[FieldProblem("action", message)])
    return wiring.administration((DRIVER, VEHICLE, CRIMINAL)).carry_out(parse_document(act, event))
