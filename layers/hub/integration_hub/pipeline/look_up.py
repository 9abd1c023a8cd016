"""One search from claim to settle."""

from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.integration_log.store import RequestIdentity
from integration_hub.models.call import Call
from integration_hub.pipeline.claim import claim
from integration_hub.pipeline.send import send
from integration_hub.pipeline.services import Services
from integration_hub.pipeline.settle import Found, replayed, settle_cached, settle_sent


def look_up(call: Call, settings: EffectiveConfiguration, services: Services) -> Found:
    """Return the replayed, cached or bought result of a call.

    Raises CallFailed for a call that was sent, and an IntegrationError for one that was not.
    """
    while isinstance(claimed := claim(call, settings, services), RequestIdentity):
        key_hash = claimed.key_hash or b""
        first = services.replay.response(call, key_hash, claimed.fingerprint)
        if first is not None:
            return replayed(call, first, settings, services)
        # The key was released meanwhile, so it can be claimed.
    if claimed.cached is not None:
        stored = services.response_cache.read(claimed.cached, call.operation)
        if stored is not None:
            return settle_cached(call, claimed, stored, services)
    return settle_sent(call, claimed, send(call, claimed, settings, services), services)
