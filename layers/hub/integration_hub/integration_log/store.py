"""Opening and closing rows of integration_log."""

import re
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
    error_message = %(error_message)s, retry_count = %(retry_count)s, attempts = %(attempts)s,
    credential_version = %(credential_version)s, closed_at = UTC_TIMESTAMP(6)
WHERE call_id = %(call_id)s AND outcome = 'OPEN'
"""

_FOREIGN_KEY_FAILED = 1452
_CONSTRAINT = re.compile(r"CONSTRAINT `fk_integration_log_(policy|quote|driver|vehicle)`")


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
            raise _unknown_reference(error, call) from None

    def close(self, call: Call, closing: Closing) -> None:
        """Write how the call ended. Never raises: a paid answer must reach the caller whatever the database does."""
        try:
            self._database.write(_CLOSE, {**closing.columns(), "call_id": call.call_id})
        except (DatabaseUnavailable, pymysql.MySQLError):
            self._report_unclosed(call, closing)


def _unknown_reference(error: pymysql.IntegrityError, call: Call) -> Exception:
    """Name the request's field whose foreign key failed; anything else is a defect and stays what it is."""
    number, sentence = error.args[0], str(error.args[1])
    found = _CONSTRAINT.search(sentence)
    if number != _FOREIGN_KEY_FAILED or found is None:
        return error
    name = found.group(1)
    value = getattr(call.references, f"{name}_id")
    problem = FieldProblem(f"references.{name}_id", f"There is no {name} {value}.")
    return ReferenceUnknown(f"There is no {name} {value}; nothing was bought.", fields=[problem])
