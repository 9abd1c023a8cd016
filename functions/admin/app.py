"""Changes that operators make: a field mapping, checked before it is stored. Direct invocation only, allowed by IAM.

What a mapping is and does stands in integration_hub.configuration.mapping; events/admin-mapping.json is an example.
"""

from dcs.criminal import CRIMINAL
from dcs.drivers import DRIVER
from dcs.vehicles import VEHICLE
from integration_hub import wiring
from integration_hub.configuration.change import MappingChange, MappingStored
from integration_hub.entrypoint import Context, Event, answered, document_of, observed
from integration_hub.errors import FieldProblem, RequestInvalid

_OPERATIONS = {
    operation.name: (operation, integration.vendor)
    for integration in (DRIVER, VEHICLE, CRIMINAL)
    for operation in integration.operations
}


@observed
@answered()
def handler(event: Event, _context: Context) -> MappingStored:
    """Store a field mapping and tell what it replaced."""
    change = document_of(MappingChange, event)
    if change.operation not in _OPERATIONS:
        message = f"One of {', '.join(_OPERATIONS)} is wanted."
        raise RequestInvalid("The field operation names no operation.", fields=[FieldProblem("operation", message)])
    return wiring.configuration_changes().set_mapping(change, *_OPERATIONS[change.operation])
