"""Which requests ask the same question, and for how long its response may be used again. Pure."""

import json

from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.configuration.keys import operation_cache
from integration_hub.models.call import Call


def cache_seconds(call: Call, settings: EffectiveConfiguration) -> int:
    """Return the lifetime of a cached response; 0 where the operation, the search or a setting says never."""
    policy = call.operation.cache
    if policy is None or not policy.allowed(call.search):
        return 0
    return settings[operation_cache(call.operation.setting_name, policy.hours)] * 3600


def question(call: Call) -> bytes:
    """Return what is asked, by which program and for which purpose; requests with equal bytes are the same question."""
    scope = [call.integration.vendor, call.operation.name, call.program_id, call.purpose.value]
    # Without defaults, so that a field that a later version adds does not change the question.
    return json.dumps(scope).encode() + call.search.model_dump_json(exclude_defaults=True).encode()
