"""Finding an answer that is there already: the one to the caller's key, or a recent one to the same question."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError, create_model

from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.db.connection import BatchResult, Database, Row
from integration_hub.errors import IdempotencyKeyReused, OutcomeUnknown, RequestInProgress
from integration_hub.idempotency.record import Earlier, Standing
from integration_hub.integration import AnyOperation
from integration_hub.models import Call, Deadline, Outcome, References, Reused
from integration_hub.privacy import HubModel
from integration_hub.response_cache import fingerprint as questions
from integration_hub.response_cache.encryption import Seal
from integration_hub.response_cache.fingerprint import Question

_OF_CLAIM = """
SELECT call_id, correlation_id, outcome, request_fingerprint, sent_at, policy_id, quote_id, driver_id, vehicle_id,
       TIMESTAMPDIFF(SECOND, opened_at, UTC_TIMESTAMP(6)) AS age_seconds, closed_at,
       IF(cached_until > UTC_TIMESTAMP(6), cached_response, NULL) AS cached_response
FROM integration_log WHERE idempotency_key_hash = %(claim)s
"""
_NEWEST = """
SELECT call_id, correlation_id, closed_at, cached_response
FROM integration_log
WHERE request_fingerprint = %(subject)s AND outcome = 'ANSWERED' AND cached_until > UTC_TIMESTAMP(6)
  AND closed_at > UTC_TIMESTAMP(6) - INTERVAL %(seconds)s SECOND
ORDER BY closed_at DESC LIMIT 1
"""
# Only as it was found: a call that has begun to send meanwhile keeps its key.
_FORGET = """
UPDATE integration_log SET idempotency_key_hash = NULL
WHERE call_id = %(call_id)s AND idempotency_key_hash = %(claim)s AND sent_at <=> %(sent_at)s AND outcome = %(outcome)s
"""
_REMOVE = """
UPDATE integration_log
SET cached_response = NULL, cached_until = NULL, request_fingerprint = NULL, idempotency_key_hash = NULL
WHERE cached_until <= UTC_TIMESTAMP(6) ORDER BY cached_until LIMIT %(batch)s
"""

_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.05, 0.4


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A result that was paid for by another call, `call_id`."""

    call_id: str
    correlation_id: str
    answered_at: datetime
    result: HubModel
    reused: Reused | None
    """Set where that call had its answer from yet another one."""


class KeptAnswers:
    """Answers in integration_log that are still good. `sleep` waits between looks at a call that is under way."""

    def __init__(self, database: Database, seal: Seal, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._database = database
        self._seal = seal
        self._sleep = sleep

    def question(self, call: Call, configuration: EffectiveConfiguration) -> Question:
        """Say what would make another call the same; raise CredentialUnavailable where the key cannot be had."""
        claim, seconds = questions.claim(call), questions.reuse_seconds(call, configuration)
        if claim is None and not seconds:
            return Question()
        return Question(claim, self._seal.digest(questions.words(call)), seconds)

    def to_the_key(self, call: Call, question: Question) -> KeptAnswer | None:
        """Return the answer of the call that holds the key, after waiting for it; None: the key is free again.

        Raises IdempotencyKeyReused, RequestInProgress, OutcomeUnknown or DatabaseUnavailable; nothing was sent.
        """
        pause = _FIRST_LOOK_SECONDS
        while rows := self._database.query(_OF_CLAIM, {"claim": question.claim}):
            earlier = _earlier(rows[0])
            match earlier.standing(question.subject, call.references):
                case Standing.FORGOTTEN:
                    self._database.write(_FORGET, {**rows[0], "claim": question.claim})
                case Standing.ANOTHER_QUESTION:
                    raise IdempotencyKeyReused(
                        "The idempotency key was used for another request. Nothing was bought; send a new key."
                    )
                case Standing.ANSWERED:
                    kept = self._opened(rows[0], call.operation)
                    if kept is None:
                        raise OutcomeUnknown(earlier.call_id, "was answered, but its answer is not kept any more")
                    if call.force_refresh and kept.reused is not None:
                        raise IdempotencyKeyReused(
                            "The idempotency key got an answer that was used again; to have a new one, send a new key."
                        )
                    return kept
                case Standing.LOST:
                    raise OutcomeUnknown(earlier.call_id, "may have been sent and charged, and its answer is lost")
                case Standing.UNDER_WAY:
                    if call.deadline.remaining() <= pause:
                        raise RequestInProgress(
                            f"The first request with this idempotency key is still under way (call {earlier.call_id}).",
                            retry_after_seconds=1.0,
                        )
                    self._sleep(pause)
                    pause = min(2 * pause, _LONGEST_LOOK_SECONDS)
        return None

    def holds_a_call(self, question: Question) -> bool:
        """Return whether a call has the key; raise DatabaseUnavailable."""
        return bool(self._database.query(_OF_CLAIM, {"claim": question.claim}))

    def to_the_question(self, call: Call, question: Question) -> KeptAnswer | None:
        """Return the newest answer that may be used again, if there is one; raise DatabaseUnavailable."""
        if not question.reuse_seconds or call.force_refresh:
            return None
        rows = self._database.query(_NEWEST, {"subject": question.subject, "seconds": question.reuse_seconds})
        return self._opened(rows[0], call.operation) if rows else None

    def sealed(self, call: Call, question: Question, result: HubModel, reused: Reused | None = None) -> bytes | None:
        """Return a result in the form that is kept, or None where nobody may want it again."""
        if not question.keep_seconds:
            return None
        content = _content_model(call.operation)(result=result, reused=reused)
        return self._seal.sealed(content.model_dump_json().encode(), call.call_id)

    def remove_expired(self, until: Deadline) -> BatchResult:
        """Remove answers whose time is over; what they were asked goes with them."""
        return self._database.write_batches(_REMOVE, until)

    def _opened(self, row: Row, operation: AnyOperation) -> KeptAnswer | None:
        """Return what was kept; None where it is gone, or of a version whose results had another form."""
        text = self._seal.opened(row["cached_response"], row["call_id"]) if row["cached_response"] else None
        try:
            content: Any = None if text is None else _content_model(operation).model_validate_json(text)
        except ValidationError:
            return None
        if content is None:
            return None
        answered_at = row["closed_at"].replace(tzinfo=UTC)
        return KeptAnswer(row["call_id"], row["correlation_id"], answered_at, content.result, content.reused)


@functools.cache
def _content_model(operation: AnyOperation) -> type[Any]:
    return create_model(
        f"{operation.name}Kept", __base__=HubModel, result=(operation.result, ...), reused=(Reused | None, None)
    )


def _earlier(row: Row) -> Earlier:
    return Earlier(
        call_id=row["call_id"],
        outcome=Outcome(row["outcome"]),
        age_seconds=row["age_seconds"],
        subject=row["request_fingerprint"],
        sent=row["sent_at"] is not None,
        references=References(**{name: row[name] for name in References.model_fields}),
    )
