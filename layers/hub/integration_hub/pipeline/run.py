"""A call from authorize to answer."""

from collections import Counter

from integration_hub import events
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.configuration.mapping import operation_mapping
from integration_hub.errors import CallFailed, IntegrationError
from integration_hub.models.answer import Answer, Mapped
from integration_hub.models.call import Call
from integration_hub.pipeline.authorize import authorize
from integration_hub.pipeline.look_up import look_up
from integration_hub.pipeline.second_search import second_search
from integration_hub.pipeline.services import Services
from integration_hub.pipeline.settle import unless_internal_error
from integration_hub.privacy import HubModel


def run(call: Call, services: Services) -> Answer:
    """Make the call and return its answer; raise CallFailed, which holds the error and whose call it was."""
    try:
        settings = authorize(call, services)
        found = look_up(call, settings, services)
    except IntegrationError as error:
        raise CallFailed(
            error,
            call_id=call.call_id,
            correlation_id=call.correlation_id,
            may_be_charged=error.may_be_charged,
        ) from error

    def in_carrier_codes(result: HubModel) -> Mapped | None:
        return unless_internal_error(services, lambda: _mapped(call, result, settings, services))

    return Answer(
        call_id=found.call_id,
        correlation_id=found.correlation_id,
        integration=call.integration.type_code,
        operation=call.operation.name,
        result=found.result,
        mapped=in_carrier_codes(found.result),
        cached=found.cached,
        second_search=second_search(call, found, settings, services, in_carrier_codes),
        replayed=found.replayed,
    )


def _mapped(call: Call, result: HubModel, settings: EffectiveConfiguration, services: Services) -> Mapped | None:
    """Give the result in the carrier's own codes too, where its program has a mapping."""
    mappings = settings[operation_mapping(call.operation)]
    if not mappings.fields:
        return None
    mapped = mappings.of(result)
    unmapped = Counter(value.field for value in mapped.values if value.carrier is None)
    services.report(events.ValuesUnmapped(unmapped))
    return mapped
