"""Opening and settling rows of integration_log, and asking them about keys and cached responses."""

import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pymysql
from pymysql.converters import escape_string

from integration_hub import events
from integration_hub.admission.decision import MICROSECONDS, NOT_ASKED, Decision, decoded
from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.db.connection import BatchResult, Database, Row
from integration_hub.deadline import Deadline
from integration_hub.errors import DatabaseUnavailable, FieldProblem, ReferenceUnknown
from integration_hub.integration_log import statements
from integration_hub.integration_log.projection import bounded
from integration_hub.integration_log.settlement import Settlement
from integration_hub.models.call import Call
from integration_hub.models.identifiers import References
from integration_hub.models.outcome import Outcome
from integration_hub.privacy import masked

_MAX_REQUEST_DATA_BYTES = 5_000
_WITHDRAW_SECONDS = 0.5
# A claim that takes longer is not admitted with it: its permit would be void, or its caller has given up, which is
# after half of what is left (db.connection).
_MAX_PATIENCE_SECONDS = 1.5
# RDS Proxy pins a connection that has sent a statement above 16 KB. PyMySQL sends bytes as hexadecimal digits.
_MAX_SETTLE_BYTES, _PART_BYTES = 15_000, 7_500
# MySQL says 1216 instead of 1452 to an account that may not read the whole of the parent table.
_FOREIGN_KEY_FAILED = frozenset({1216, 1452})


class ClaimStatus(StrEnum):
    """What became of a call that was to be put on record."""

    CLAIMED = "CLAIMED"
    """Its row is open, and no other call has its idempotency key."""
    CACHED = "CACHED"
    """The same, and there is a cached response."""
    KEY_HELD = "KEY_HELD"
    """Another call has its idempotency key; nothing was written."""


@dataclass(frozen=True, slots=True)
class RequestIdentity:
    """What makes two requests the same: the idempotency key, or the question.

    A response may be used again for the same question for `cache_seconds`, and is kept for `keep_seconds`.
    """

    key_hash: bytes | None = None
    fingerprint: bytes | None = None
    cache_seconds: int = 0
    keep_seconds: int = 0


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row whose response was stored: encrypted, and None where it has expired."""

    call_id: str
    correlation_id: str
    answered_at: datetime | None
    encrypted_response: bytes | None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """The row that holds an idempotency key."""

    stored: StoredRow
    outcome: Outcome
    age_seconds: int
    admitted_at: datetime | None
    fingerprint: bytes | None
    references: References


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of `begin`. `decision` is None where a row that admission needs is missing."""

    status: ClaimStatus
    cached: StoredRow | None
    decision: Decision | None


class IntegrationLog:
    """The record of every call."""

    def __init__(self, database: Database, *, report: events.Hook) -> None:
        self._database = database
        self._report = report

    def begin(
        self,
        call: Call,
        settings: EffectiveConfiguration,
        identity: RequestIdentity,
        admission: dict[str, Any] | None,
        *,
        use_cache: bool = True,
    ) -> Begun:
        """Put the call on record, claim its key, look for a cached response and take a slot, in one round trip.

        `admission` holds the arguments of the decision; None: the call is not to be admitted now. Raises
        ReferenceUnknown for a policy, quote, driver or vehicle that does not exist, and DatabaseUnavailable: in both
        cases nothing may be sent.
        """
        path = settings[keys.operation_path(call.operation.setting_name)]
        values = {
            "call_id": call.call_id,
            **call.references.model_dump(),
            "purpose": call.purpose.value,
            "request_type": call.operation.name,
            "request_url": settings[keys.BASE_URL] + path,
            "request_data": bounded(masked(call.search), _MAX_REQUEST_DATA_BYTES),
            "correlation_id": call.correlation_id,
            "trace_id": call.trace_id,
            "configuration_version": settings.version,
            "created_by": settings.system_user_id,
            "cost": settings[keys.operation_price(call.operation.setting_name)],
            "key_hash": identity.key_hash,
            "fingerprint": identity.fingerprint,
            "cache_seconds": identity.cache_seconds if use_cache else 0,
            "admit": admission is not None,
            "patience": round(min(_MAX_PATIENCE_SECONDS, 0.4 * call.settle_by.remaining()) * MICROSECONDS),
            **(admission or NOT_ASKED),
            "program_id": call.program_id,
            "integration_id": settings.integration_id,
        }
        try:
            (row,) = self._database.query(statements.BEGIN, values, by=call.settle_by)
        except pymysql.IntegrityError as error:
            missing = self._unknown_references(call) if error.args[0] in _FOREIGN_KEY_FAILED else []
            if not missing:
                raise  # a defect, or a row that came back in this moment
            detail = " ".join(problem.message for problem in missing)
            raise ReferenceUnknown(f"{detail} Nothing was bought.", fields=missing) from None
        status = ClaimStatus(row["claim"])
        return Begun(status, _stored(row) if status is ClaimStatus.CACHED else None, decoded(row))

    def settle(
        self, call: Call, settlement: Settlement, *, cached_response: bytes | None = None, keep_seconds: int = 0
    ) -> None:
        """Write how the call ended, and store its encrypted response for a while where there is one.

        Never raises: a paid response must reach the caller whatever the database does.
        """
        try:
            self._settle(call, settlement, cached_response, keep_seconds)
        except (DatabaseUnavailable, pymysql.MySQLError):
            self._report(events.SettlementLost(call.call_id, settlement.columns()))
        except Exception as error:  # noqa: BLE001 - whatever it is, the response is paid for
            self._report(events.InternalFailure(error))
        self._report(_call_ended(call, settlement))

    def withdraw(self, call: Call, settlement: Settlement) -> None:
        """Settle a call whose claim was not answered, in case it was carried out: its key would stay blocked.

        Nothing was sent. Takes half a second at most, never raises, and reports nothing: there may be no row.
        """
        soon = Deadline(min(call.settle_by.at, time.monotonic() + _WITHDRAW_SECONDS))
        with contextlib.suppress(DatabaseUnavailable, pymysql.MySQLError):
            self._database.write(statements.SETTLE, _settle_values(call, settlement.columns(), settlement), by=soon)

    def _settle(self, call: Call, settlement: Settlement, cached_response: bytes | None, keep_seconds: int) -> None:
        columns = settlement.columns()
        parts, last = _parts(cached_response, _room(columns))
        offset = 0
        try:
            for part in parts:
                appended = {"call_id": call.call_id, "part": part, "offset": offset}
                self._database.write(statements.APPEND_CACHED, appended, by=call.settle_by)
                offset += len(part)
        except (DatabaseUnavailable, pymysql.MySQLError):
            last = None  # the row matters more than the copy of its response
        values = _settle_values(call, columns, settlement)
        if last is not None:
            values |= {"cached_response": last, "offset": offset, "keep_seconds": keep_seconds}
        self._database.write(statements.SETTLE, values, by=call.settle_by)

    def key_holder(self, call: Call, key_hash: bytes) -> KeyHolder | None:
        """Return the row that holds an idempotency key; raise DatabaseUnavailable."""
        rows = self._database.query(statements.KEY_HOLDER, {"key_hash": key_hash}, by=call.settle_by)
        return _key_holder(rows[0]) if rows else None

    def release_key(self, call: Call, key_hash: bytes, holder: KeyHolder) -> None:
        """Take a key from the row that held it, unless the row has changed meanwhile; raise DatabaseUnavailable."""
        values = {
            "call_id": holder.stored.call_id,
            "key_hash": key_hash,
            "admitted_at": holder.admitted_at,
            "outcome": holder.outcome.value,
        }
        self._database.write(statements.RELEASE_KEY, values, by=call.settle_by)

    def close_abandoned(self, until: Deadline) -> BatchResult:
        """Close rows whose functions were killed, or could not reach the database in the end."""
        closed = self._database.write_batches(statements.ABANDON, until)
        if closed.rows:
            self._report(events.CallsAbandoned(closed.rows))
        return closed

    def remove_expired_responses(self, until: Deadline) -> BatchResult:
        """Remove cached responses past their retention, with their fingerprints and keys."""
        return self._database.write_batches(statements.EXPIRE_CACHED, until)

    def _unknown_references(self, call: Call) -> list[FieldProblem]:
        """Look the references up, only now that one of them is known to be missing."""
        given = call.references.model_dump(exclude_none=True)
        tables = {name: name.removesuffix("_id") for name in given}
        return [
            FieldProblem(f"references.{name}", f"The {tables[name]} {value} does not exist.")
            for name, value in given.items()
            # The table's name is one of the model's four field names.
            if not self._database.query(
                f"SELECT id FROM `{tables[name]}` WHERE id = %s",  # noqa: S608 - one of four names
                (value,),
                by=call.settle_by,
            )
        ]


def _settle_values(call: Call, columns: dict[str, Any], settlement: Settlement) -> dict[str, Any]:
    """Return the parameters of SETTLE for a row without a stored response."""
    return {
        **columns,
        "call_id": call.call_id,
        "cached_response": None,
        "offset": 0,
        "keep_seconds": None,
        "releases_key": settlement.outcome.bought_nothing,
    }


def _room(columns: dict[str, Any]) -> int:
    """Return how many bytes of a response fit into the settlement beside its other columns."""
    texts = (value for value in columns.values() if isinstance(value, str))
    used = len(statements.SETTLE) + sum(len(escape_string(text).encode()) for text in texts)
    return max(0, (_MAX_SETTLE_BYTES - used) // 2)


def _parts(encrypted: bytes | None, room: int) -> tuple[list[bytes], bytes | None]:
    """Split a response into what statements of their own append, and the end of it, which the settlement carries."""
    if encrypted is None or len(encrypted) <= room:
        return [], encrypted
    start = len(encrypted) - room
    return [encrypted[at : min(at + _PART_BYTES, start)] for at in range(0, start, _PART_BYTES)], encrypted[start:]


def _stored(row: Row) -> StoredRow:
    closed_at = row["closed_at"]
    answered_at = None if closed_at is None else closed_at.replace(tzinfo=UTC)
    return StoredRow(row["call_id"], row["correlation_id"], answered_at, row["cached_response"])


def _key_holder(row: Row) -> KeyHolder:
    return KeyHolder(
        stored=_stored(row),
        outcome=Outcome(row["outcome"]),
        age_seconds=row["age_seconds"],
        admitted_at=row["admitted_at"],
        fingerprint=row["request_fingerprint"],
        references=References(**{name: row[name] for name in References.model_fields}),
    )


def _call_ended(call: Call, settlement: Settlement) -> events.CallEnded:
    return events.CallEnded(
        call_id=call.call_id,
        integration=call.integration.type_code,
        operation=call.operation.name,
        program_id=call.program_id,
        references=call.references.model_dump(exclude_none=True),
        purpose=call.purpose.value,
        outcome=settlement.outcome.value,
        error_code=settlement.error_code,
        response_code=settlement.response_code,
        response_time_ms=settlement.response_time_ms,
        attempts=len(settlement.attempts),
    )
