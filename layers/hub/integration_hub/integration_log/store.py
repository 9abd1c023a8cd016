"""Opening and closing rows of integration_log."""

from collections.abc import Callable

import pymysql

from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.db.connection import Database
from integration_hub.errors import DatabaseUnavailable, FieldProblem, ReferenceUnknown
from integration_hub.integration_log.record import Closing, as_json
from integration_hub.models import Call
from integration_hub.privacy import masked

# Safe to repeat: the call id is unique, so a second arrival of the same opening changes nothing.
_OPEN = """
INSERT INTO integration_log
  (call_id, integration_id, program_id, policy_id, quote_id, driver_id, vehicle_id, purpose, request_type, request_url,
   request_data, correlation_id, configuration_version, created_by, outcome, opened_at)
VALUES
  (%(call_id)s, %(integration_id)s, %(program_id)s, %(policy_id)s, %(quote_id)s, %(driver_id)s, %(vehicle_id)s,
   %(purpose)s, %(request_type)s, %(request_url)s, %(request_data)s, %(correlation_id)s, %(configuration_version)s,
   %(created_by)s, 'OPEN', UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE call_id = call_id
"""

_CLOSE = """
UPDATE integration_log
SET outcome = %(outcome)s, is_success = %(is_success)s, response_code = %(response_code)s,
    response_time_ms = %(response_time_ms)s, response_data = %(response_data)s, error_code = %(error_code)s,
    error_message = %(error_message)s, retry_count = %(retry_count)s, attempts = %(attempts)s, cost = %(cost)s,
    credential_version = %(credential_version)s, closed_at = UTC_TIMESTAMP(6)
WHERE call_id = %(call_id)s AND outcome = 'OPEN'
"""

# MySQL says 1216 instead of 1452 to an account that may not read the whole of the parent table.
_FOREIGN_KEY_FAILED = frozenset({1216, 1452})


class IntegrationLog:
    """The record of every call. `report_unclosed` hears of a closing that could not be written."""

    def __init__(self, database: Database, *, report_unclosed: Callable[[Call, Closing], None]) -> None:
        self._database = database
        self._report_unclosed = report_unclosed

    def open(self, call: Call, configuration: EffectiveConfiguration, url: str) -> None:
        """Put the call on record before anything is sent.

        Raises ReferenceUnknown for a policy, quote, driver or vehicle that does not exist, and DatabaseUnavailable:
        in both cases no call may be made.
        """
        try:
            self._database.write(
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
                },
            )
        except pymysql.IntegrityError as error:
            missing = self._unknown_references(call) if error.args[0] in _FOREIGN_KEY_FAILED else []
            if not missing:
                raise  # a defect, or a row that came back in this moment
            told = " ".join(problem.message for problem in missing)
            raise ReferenceUnknown(f"{told} Nothing was bought.", fields=missing) from None

    def close(self, call: Call, closing: Closing) -> None:
        """Write how the call ended. Never raises: a paid answer must reach the caller whatever the database does."""
        try:
            self._database.write(_CLOSE, {**closing.columns(), "call_id": call.call_id})
        except (DatabaseUnavailable, pymysql.MySQLError):
            self._report_unclosed(call, closing)

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
