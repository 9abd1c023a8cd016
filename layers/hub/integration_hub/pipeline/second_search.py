"""A second search where the first result suggests it: a call of its own, with a row of its own."""

import uuid
from collections.abc import Callable
from dataclasses import replace

from integration_hub import events
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.errors import CallFailed, IntegrationError, InternalError
from integration_hub.models.answer import Mapped, SecondSearch
from integration_hub.models.call import Call
from integration_hub.pipeline.claim import identify
from integration_hub.pipeline.look_up import look_up
from integration_hub.pipeline.services import Services
from integration_hub.pipeline.settle import Found, replayed, unless_internal_error
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
    if suggest is None:
        return None
    follow_up = unless_internal_error(services, lambda: suggest(call.search, first.result, settings))
    if follow_up is None:
        return None
    # A key of its own, which no caller can send.
    key = None if call.idempotency_key is None else f"{call.idempotency_key}\0{follow_up.reason}"
    second = replace(call, call_id=str(uuid.uuid4()), search=follow_up.search, idempotency_key=key)
    try:
        found = (_replayed if first.replayed else look_up)(second, settings, services)
    except CallFailed as failure:
        return SecondSearch(reason=follow_up.reason, call_id=second.call_id, error_code=failure.error.code)
    except IntegrationError as error:
        return SecondSearch(reason=follow_up.reason, call_id=second.call_id, error_code=error.code)
    except Exception as error:  # noqa: BLE001 - an internal error here must not cost the first response, which is paid for
        services.report(events.InternalFailure(error))
        return SecondSearch(reason=follow_up.reason, call_id=second.call_id, error_code=InternalError.code)
    if found is None:
        return None
    return SecondSearch(
        reason=follow_up.reason,
        call_id=found.call_id,
        result=found.result,
        mapped=in_carrier_codes(found.result),
        cached=found.cached,
    )


def _replayed(second: Call, settings: EffectiveConfiguration, services: Services) -> Found | None:
    """Return the second result that there is for the derived key; None where there is none."""
    identity = identify(second, settings, services)
    if identity.key_hash is None:
        return None
    stored = services.replay.response(second, identity.key_hash, identity.fingerprint)
    return None if stored is None else replayed(second, stored, settings, services)
