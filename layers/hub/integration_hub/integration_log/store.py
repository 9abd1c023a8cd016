"""Opening and closing rows of integration_log."""

from collections.abc import Callable

import pymysql

from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.db.connection import BatchResult, Database
from integration_hub.errors import DatabaseUnavailable, FieldProblem, ReferenceUnknown
from integration_hub.integration_log.record import Closing, as_json
from integration_hub.models import Call, Deadline
from integration_hub.privacy import masked

# Safe to repeat: the call id is unique, so a second arrival of the same opening changes nothing. Nor does that of
# another call with the same claim.
_OPEN = """
INSERT INTO integration_log
  (call_id, integration_id, program_id, policy_id, quote_id, driver_id, vehicle_id, purpose, request_type, request_url,
   request_data, correlation_id, configuration_version, created_by,
   idempotency_key_hash, request_fingerprint, cost, outcome, opened_at)
VALUES
  (%(call_id)s, %(integration_id)s, %(program_id)s, %(policy_id)s, %(quote_id)s, %(driver_id)s, %(vehicle_id)s,
   %(purpose)s, %(request_type)s, %(request_url)s, %(request_data)s, %(correlation_id)s, %(configuration_version)s,
   %(created_by)s, %(claim)s, %(subject)s, %(cost)s, 'OPEN', UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE call_id = integration_log.call_id
"""

_CLOSE = """
UPDATE integration_log
SET outcome = %(outcome)s, is_success = %(is_success)s, response_code = %(response_code)s,
    response_time_ms = %(response_time_ms)s, response_data = %(response_data)s, error_code = %(error_code)s,
    error_message = %(error_message)s, retry_count = %(retry_count)s, attempts = %(attempts)s, cost = %(cost)s,
    credential_version = %(credential_version)s, source_call_id = %(source_call_id)s, closed_at = UTC_TIMESTAMP(6),
    cached_response = %(cached_response)s, cached_until = UTC_TIMESTAMP(6) + INTERVAL %(keep_seconds)s SECOND,
    idempotency_key_hash = IF(%(frees_claim)s, NULL, claim)
WHERE call_id = %(call_id)s AND outcome = 'OPEN'
"""

# A repetition finds the row as it was, so it is safe to repeat.
_SENDING = """
UPDATE integration_log SET sent_at = UTC_TIMESTAMP(6)
WHERE call_id = %(call_id)s AND idempotency_key_hash = %(claim)s AND outcome = 'OPEN'
"""

# 15 minutes: no Lambda function lives longer, so nobody will close such a row any more. Its cost stays what it was when
# it was opened, unless it is known that nothing was sent.
_ABANDON = """
UPDATE integration_log
SET outcome = 'ABANDONED', is_success = FALSE, error_code = 'ABANDONED', closed_at = UTC_TIMESTAMP(6),
    cost = IF(claim IS NOT NULL AND sent_at IS NULL, 0, cost),
    error_message = 'The function ended without closing the row; its log under this call id may say more.'
WHERE outcome = 'OPEN' AND opened_at < UTC_TIMESTAMP(6) - INTERVAL 15 MINUTE ORDER BY opened_at LIMIT %(batch)s
"""

_IS_OURS = "SELECT id FROM integration_log WHERE call_id = %(call_id)s"

# MySQL says 1216 instead of 1452 to an account that may not read the whole of the parent table.
_FOREIGN_KEY_FAILED = frozenset({1216, 1452})


class IntegrationLog:
    """The record of every call.

    `report_unclosed` hears of a closing that could not be written, `report_abandoned` how many rows were found that
    nobody will close.
    """

    def __init__(
        self,
        database: Database,
        *,
        report_unclosed: Callable[[Call, Closing], None],
        report_abandoned: Callable[[int], None],
    ) -> None:
        self._database = database
        self._report_unclosed = report_unclosed
        self._report_abandoned = report_abandoned

    def open(
        self,
        call: Call,
        configuration: EffectiveConfiguration,
        url: str,
        *,
        claim: bytes | None = None,
        subject: bytes | None = None,
    ) -> bool:
        """Put the call on record before anything is sent; return whether it is: not where another call has its claim.

        Raises ReferenceUnknown for a policy, quote, driver or vehicle that does not exist, and DatabaseUnavailable:
        in both cases no call may be made.
        """
        try:
            written = self._database.write(
                _OPEN,
                {
                    "call_id": call.call_id,
                    "integration_id": configuration.integration_id,
                    "program_id": call.program_id,
                    **call.references.model_dump(),
                    "purpose": call.purpose.value,
                    "request_type": call.operation.name,
                    "request_url": url,
                    "request_data": as_json(masked(call.search)),
                    "correlation_id": call.correlation_id,
                    "configuration_version": configuration.version,
                    "created_by": configuration.system_user_id,
                    "claim": claim,
                    "subject": subject,
                    "cost": configuration[keys.operation_price(call.operation.setting_name)],
                },
            )
            # No row was added: the statement was repeated after a broken connection, or the claim is taken.
            return written.rows > 0 or bool(self._database.query(_IS_OURS, {"call_id": call.call_id}))
        except pymysql.IntegrityError as error:
            missing = self._unknown_references(call) if error.args[0] in _FOREIGN_KEY_FAILED else []
            if not missing:
                raise  # a defect, or a row that came back in this moment
            told = " ".join(problem.message for problem in missing)
            raise ReferenceUnknown(f"{told} Nothing was bought.", fields=missing) from None

    def sending(self, call: Call, claim: bytes) -> bool:
        """Put on record that a request is about to leave; return whether the call still holds its claim.

        Raises DatabaseUnavailable; in both cases nothing may be sent.
        """
        return self._database.write(_SENDING, {"call_id": call.call_id, "claim": claim}).rows > 0

    def close(
        self, call: Call, closing: Closing, *, cached_response: bytes | None = None, keep_seconds: int = 0
    ) -> None:
        """Write how the call ended, and keep its sealed answer for a while where there is one.

        Never raises: a paid answer must reach the caller whatever the database does.
        """
        values = {
            **closing.columns(),
            "call_id": call.call_id,
            "cached_response": cached_response,
            "keep_seconds": None if cached_response is None else keep_seconds,
            "frees_claim": closing.outcome.bought_nothing,
        }
        try:
            self._database.write(_CLOSE, values)
        except (DatabaseUnavailable, pymysql.MySQLError):
            self._report_unclosed(call, closing)

    def close_abandoned(self, until: Deadline) -> BatchResult:
        """Close rows whose functions were killed, or could not reach the database in the end."""
        closed = self._database.write_batches(_ABANDON, until)
        if closed.rows:
            self._report_abandoned(closed.rows)
        return closed

    def _unknown_references(self, call: Call) -> list[FieldProblem]:
        """Look the references up, only now that one of them is known to be missing."""
        given = call.references.model_dump(exclude_none=True)
        tables = {name: name.removesuffix("_id") for name in given}
        return [
            FieldProblem(f"references.{name}", f"There is no {tables[name]} {value}.")
            for name, value in given.items()
            # The table's name is one of the model's four field names.
            if not self._database.query(f"SELECT id FROM `{tables[name]}` WHERE id = %s", (value,))  # noqa: S608
        ]
