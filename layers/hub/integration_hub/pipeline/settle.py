"""Phase settle: write how the call ended, and return its result or raise its error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integration_hub import events
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.errors import CallFailed
from integration_hub.integration_log.settlement import answered, failed, from_other_call
from integration_hub.integration_log.store import RequestIdentity
from integration_hub.models.answer import Cached
from integration_hub.models.call import Call
from integration_hub.models.outcome import Outcome
from integration_hub.pipeline.claim import Claim
from integration_hub.pipeline.send import Sent
from integration_hub.pipeline.services import Services
from integration_hub.privacy import HubModel
from integration_hub.response_cache.stored import StoredResponse


@dataclass(frozen=True, slots=True)
class Found:
    """A result, and the call that produced it: this one, or the first with its idempotency key."""

    result: HubModel
    call_id: str
    correlation_id: str
    cached: Cached | None = None
    replayed: bool = False


def replayed(call: Call, stored: StoredResponse, settings: EffectiveConfiguration, services: Services) -> Found:
    """Put a replay on record, in a row beside the first one's, and return the first response."""
    services.integration_log.begin(call, settings, RequestIdentity(), None)
    services.integration_log.settle(call, from_other_call(Outcome.REPLAYED, stored.result, stored.call_id))
    return Found(stored.result, stored.call_id, stored.correlation_id, stored.cached, replayed=True)


def settle_cached(call: Call, claim: Claim, stored: StoredResponse, services: Services) -> Found:
    """Settle a call that got a cached response. Only its idempotency key may want that response again."""
    cached = Cached(call_id=stored.call_id, answered_at=stored.answered_at)
    identity = claim.identity
    keep_seconds = identity.keep_seconds if identity.key_hash is not None else 0
    services.integration_log.settle(
        call,
        from_other_call(Outcome.CACHED, stored.result, stored.call_id),
        cached_response=_encrypted(call, stored.result, services, keep_seconds, cached),
        keep_seconds=keep_seconds,
    )
    return Found(stored.result, call.call_id, call.correlation_id, cached)


def settle_sent(call: Call, claim: Claim, sent: Sent, services: Services) -> Found:
    """Settle a call that was sent; raise CallFailed where it ended in an error."""
    if sent.error is not None:
        services.integration_log.settle(call, failed(sent.error, sent.attempts, sent.credential_version))
        raise CallFailed(
            sent.error,
            call_id=call.call_id,
            correlation_id=call.correlation_id,
            may_be_charged=any(attempt.charge is not None for attempt in sent.attempts),
        )
    keep_seconds = claim.identity.keep_seconds
    services.integration_log.settle(
        call,
        answered(sent.result, sent.attempts, sent.credential_version),
        cached_response=_encrypted(call, sent.result, services, keep_seconds),
        keep_seconds=keep_seconds,
    )
    unless_internal_error(services, lambda: services.report(_read(sent.result)))
    return Found(sent.result, call.call_id, call.correlation_id)


def unless_internal_error[T](services: Services, step: Callable[[], T]) -> T | None:
    """Take a step behind a paid response: an internal error there is reported, and must not cost the response."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - whatever it is, the response is paid for
        services.report(events.InternalFailure(error))
        return None


def _encrypted(
    call: Call, result: HubModel, services: Services, keep_seconds: int, cached: Cached | None = None
) -> bytes | None:
    if not keep_seconds:
        return None
    return unless_internal_error(services, lambda: services.response_cache.encrypted(call, result, cached))


def _read(result: Any) -> events.ResponseRead:
    return events.ResponseRead(result.tolerances_on_record, result.tolerances, result.unknown_elements)
