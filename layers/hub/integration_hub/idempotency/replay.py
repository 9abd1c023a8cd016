"""Replaying the first response to an idempotency key."""

import time
from collections.abc import Callable

from integration_hub.errors import IdempotencyKeyReused, OutcomeUnknown, RequestInProgress
from integration_hub.idempotency.record import Status, status
from integration_hub.integration_log.store import IntegrationLog, KeyHolder
from integration_hub.models.call import Call
from integration_hub.response_cache.stored import ResponseCache, StoredResponse

_FIRST_POLL_SECONDS, _MAX_POLL_SECONDS = 0.05, 0.4


class Replay:
    """Responses to idempotency keys that other calls hold. `sleep` waits between polls of a call in progress."""

    def __init__(
        self, log: IntegrationLog, cache: ResponseCache, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._log = log
        self._cache = cache
        self._sleep = sleep

    def response(self, call: Call, key_hash: bytes, fingerprint: bytes | None) -> StoredResponse | None:
        """Return the response of the call that holds the key, after waiting for it; None: the key is free again.

        Raises IdempotencyKeyReused, RequestInProgress, OutcomeUnknown or DatabaseUnavailable; nothing was sent.
        """
        pause = _FIRST_POLL_SECONDS
        while (holder := self._log.key_holder(call, key_hash)) is not None:
            match status(holder, fingerprint, call.references):
                case Status.EXPIRED:
                    self._log.release_key(call, key_hash, holder)
                case Status.MISMATCH:
                    raise IdempotencyKeyReused(
                        "The idempotency key was used for a different request. Nothing was bought; send a new key."
                    )
                case Status.COMPLETED:
                    return self._completed(call, holder)
                case Status.LOST:
                    raise OutcomeUnknown(
                        holder.stored.call_id, "may have been sent and charged, and its response is lost"
                    )
                case _:  # IN_PROGRESS
                    if call.deadline.remaining() <= pause:
                        raise RequestInProgress(
                            "The first request with this idempotency key is still being processed"
                            f" (call {holder.stored.call_id}).",
                            retry_after_seconds=1.0,
                        )
                    self._sleep(pause)
                    pause = min(2 * pause, _MAX_POLL_SECONDS)
        return None

    def _completed(self, call: Call, holder: KeyHolder) -> StoredResponse:
        stored = self._cache.read(holder.stored, call.operation)
        if stored is None:
            raise OutcomeUnknown(holder.stored.call_id, "was answered, but its stored response has expired")
        if call.force_refresh and stored.cached is not None:
            raise IdempotencyKeyReused(
                "The first request with this idempotency key got a cached response; for a new one, send a new key."
            )
        return stored
