"""A second search where the first result suggests it: a call of its own, with a row of its own."""

import uuid
from collections.abc import Callable
from dataclasses import replace

from integration_hub import events
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.errors import CallFailed, IntegrationError, InternalError
from integration_hub.idempotency.record import key_hash
from integration_hub.models.answer import Mapped, SecondSearch
from integration_hub.models.call import Call
from integration_hub.pipeline.look_up import look_up
from integration_hub.pipeline.services import Services
from integration_hub.pipeline.settle import Found
from integration_hub.privacy import HubModel


def second_search(
    call: Call,
    first: Found,
    settings: EffectiveConfiguration,
    services: Services,
    in_carrier_codes: Callable[[HubModel], Mapped | None],
) -> SecondSearch | None:
    """Search once more where the operation suggests it; whatever happens, the first result stands.

    A replayed first response gets the second one that there is, and buys none.
    """
    suggest = call.operation.follow_up
    follow_up = suggest(call.search, first.result, settings) if suggest else None
    if follow_up is None:
        return None
    # A key of its own, which no caller can send.
    key = None if call.idempotency_key is None else f"{call.idempotency_key}\0{follow_up.reason}"
    second = replace(call, call_id=str(uuid.uuid4()), search=follow_up.search, idempotency_key=key)
    try:
        if first.replayed and not _was_made(second, services):
            return None
        found = look_up(second, settings, services)
    except CallFailed as failure:
        return SecondSearch(reason=follow_up.reason, call_id=second.call_id, error_code=failure.error.code)
    except IntegrationError as error:
        return SecondSearch(reason=follow_up.reason, call_id=second.call_id, error_code=error.code)
    except Exception as error:  # noqa: BLE001 - an internal error here must not cost the first response, which is paid for
        services.report(events.InternalFailure(error))
        return SecondSearch(reason=follow_up.reason, call_id=second.call_id, error_code=InternalError.code)
    return SecondSearch(
        reason=follow_up.reason,
        call_id=found.call_id,
        result=found.result,
        mapped=in_carrier_codes(found.result),
        cached=found.cached,
    )


def _was_made(second: Call, services: Services) -> bool:
    hashed = key_hash(second)
    return hashed is not None and services.integration_log.key_holder(second, hashed) is not None
