"""The idempotency record of a key, and its status for the next request with the same key. Pure.

The record is a row of integration_log: the call that holds the key.
"""

import hashlib
from enum import Enum, auto

from integration_hub.integration_log.store import KeyHolder
from integration_hub.models.call import Call
from integration_hub.models.identifiers import References
from integration_hub.models.outcome import Outcome
from integration_hub.response_cache.encryption import same_fingerprint

KEY_SECONDS = 24 * 3600
"""How long an idempotency key is remembered."""
LOST_KEY_SECONDS = 30 * KEY_SECONDS
"""How long it is remembered that the response to it is lost: longer than a workflow can be redriven."""
# No call lasts longer than its function may (template.yaml). One that is open for so long will never be settled.
_MAX_CALL_SECONDS = 60


class Status(Enum):
    """What a request finds under its idempotency key."""

    IN_PROGRESS = auto()
    """The first request is still being processed."""
    COMPLETED = auto()
    """The first request was answered; its response is replayed."""
    LOST = auto()
    """The first request may have been charged, and its response is lost."""
    MISMATCH = auto()
    """The key was used for a different request."""
    EXPIRED = auto()
    """The key is free again: it is old, or its call ended before anything was sent."""


type IdempotencyRecord = KeyHolder


def key_hash(call: Call) -> bytes | None:
    """Return the digest of the caller's idempotency key, which belongs to one program."""
    if call.idempotency_key is None:
        return None
    return hashlib.sha256(f"{call.program_id} {call.idempotency_key}".encode()).digest()


def status(record: IdempotencyRecord, fingerprint: bytes | None, references: References) -> Status:
    """Compare the record with a new request that uses its key. A call that bought nothing has released its key."""
    is_answered, age = record.outcome.has_answer, record.age_seconds
    is_unsettled = record.outcome in {Outcome.OPEN, Outcome.ABANDONED}
    if age >= (KEY_SECONDS if is_answered else LOST_KEY_SECONDS):
        return Status.EXPIRED
    if is_unsettled and age >= _MAX_CALL_SECONDS and record.admitted_at is None:
        return Status.EXPIRED
    if record.references != references or not same_fingerprint(record.fingerprint, fingerprint):
        return Status.MISMATCH
    if record.outcome is Outcome.OPEN and age < _MAX_CALL_SECONDS:
        return Status.IN_PROGRESS
    return Status.COMPLETED if is_answered else Status.LOST
