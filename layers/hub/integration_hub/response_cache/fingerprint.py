"""What makes two calls the same: the caller's key, or the question itself. Pure."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Self

from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.configuration.keys import operation_cache
from integration_hub.models import Call

KEY_SECONDS = 24 * 3600
"""How long an idempotency key is remembered."""
LOST_KEY_SECONDS = 30 * KEY_SECONDS
"""How long it is remembered that its answer is lost: longer than a workflow can be taken up again."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of a call's sameness. `claim` is the digest of its key, `subject` that of what it asks.

    An answer to it may be used again for `reuse_seconds`, and is kept for `keep_seconds`.
    """

    claim: bytes | None = None
    subject: bytes | None = None
    reuse_seconds: int = 0

    @property
    def keep_seconds(self) -> int:
        """How long the answer is wanted again: by its key, or by the same question."""
        return max(self.reuse_seconds, 0 if self.claim is None else KEY_SECONDS)

    def without_reuse(self) -> Self:
        """Return the question of a call that used another one's answer: only its key may want that answer again."""
        return replace(self, reuse_seconds=0)


def reuse_seconds(call: Call, configuration: EffectiveConfiguration) -> int:
    """Return for how long an answer may be used again; 0 where the operation, the search or a setting says never."""
    reuse = call.operation.reuse
    if reuse is None or not reuse.allowed(call.search):
        return 0
    return configuration[operation_cache(call.operation.setting_name, reuse.hours)] * 3600


def claim(call: Call) -> bytes | None:
    """Return the digest of the caller's key, which is the program's own."""
    if call.idempotency_key is None:
        return None
    return hashlib.sha256(f"{call.program_id} {call.idempotency_key}".encode()).digest()


def words(call: Call) -> bytes:
    """Return what is asked, by which program and why: whoever asks the same may have the same answer."""
    frame = [call.integration.vendor, call.operation.name, call.program_id, call.purpose.value]
    # Without defaults, so that a field that a later version adds does not make another question of an old one.
    return json.dumps(frame).encode() + call.search.model_dump_json(exclude_defaults=True).encode()
