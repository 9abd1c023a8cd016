"""What end-to-end tests do to the hub's tables, and read from them. Only this module names tables and columns."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.bundle import Bundle

type Row = dict[str, Any]
type Settings = dict[int, tuple[Any, ...]]

_SETTING_COLUMNS = ("config_value", "config_metadata", "status_id")
_CACHE_COLUMNS = ("cached_response", "cached_until", "request_fingerprint", "idempotency_key_hash")
_ADMITTED_AT = "admitted_at"
_MAPPING = "c JOIN configuration_type ct ON ct.id = c.configuration_type_id"


class DatabaseActs:
    """Acts on the database of a running bundle. Times are in seconds; a call is named by its call id."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    # Rows of integration_log

    def last_row(self) -> Row:
        """Return the newest row."""
        return self.bundle.rows("SELECT * FROM integration_log ORDER BY id DESC LIMIT 1")[0]

    def last_id(self) -> int:
        """Return the id of the newest row, 0 before the first."""
        (newest,) = self.bundle.rows("SELECT COALESCE(MAX(id), 0) AS id FROM integration_log")
        return int(newest["id"])

    def row_count(self) -> int:
        """Return the number of rows."""
        return int(self.bundle.rows("SELECT COUNT(*) AS n FROM integration_log")[0]["n"])

    def row(self, call_id: str) -> Row:
        """Return the one row of a call."""
        (row,) = self._rows_of_call(call_id)
        return row

    def has_row(self, call_id: str) -> bool:
        """Return whether a call has a row."""
        return bool(self._rows_of_call(call_id))

    def rows_of(self, correlation_id: str) -> list[Row]:
        """Return the rows of a correlation id, oldest first."""
        return self.bundle.rows(
            "SELECT * FROM integration_log WHERE correlation_id = %s ORDER BY id", (correlation_id,)
        )

    def rows_after(self, row_id: int) -> list[Row]:
        """Return the rows that are newer than one, oldest first."""
        return self.bundle.rows("SELECT * FROM integration_log WHERE id > %s ORDER BY id", (row_id,))

    def was_admitted(self, call_id: str) -> bool:
        """Return whether a request of the call may have been sent."""
        return self.row(call_id)[_ADMITTED_AT] is not None

    # Time

    def age_calls(self, seconds: float, *, call_id: str | None = None) -> None:
        """Make open calls, or one of them, older."""
        self.bundle.change(
            "UPDATE integration_log SET opened_at = opened_at - INTERVAL %s SECOND"
            " WHERE outcome = 'OPEN' AND call_id = COALESCE(%s, call_id)",
            (seconds, call_id),
        )

    def age_answer(self, call_id: str, seconds: float) -> None:
        """Make the answer of a call older."""
        self.bundle.change(
            "UPDATE integration_log SET closed_at = closed_at - INTERVAL %s SECOND WHERE call_id = %s",
            (seconds, call_id),
        )

    def expire_cached_responses(self, *call_ids: str) -> None:
        """Make the time pass until which these calls' responses are cached."""
        for call_id in call_ids:
            self.bundle.change(
                "UPDATE integration_log SET cached_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE call_id = %s",
                (call_id,),
            )

    # Response cache and idempotency

    def cached(self, call_id: str) -> Row:
        """Return what the response cache and the idempotency key keep in a call's row."""
        row = self.row(call_id)
        return {column: row[column] for column in _CACHE_COLUMNS}

    def forget_cached_responses(self, *call_ids: str) -> None:
        """Delete the cached responses of these calls, or of all calls."""
        if not call_ids:
            self.bundle.change("UPDATE integration_log SET cached_response = NULL")
        for call_id in call_ids:
            self.bundle.change("UPDATE integration_log SET cached_response = NULL WHERE call_id = %s", (call_id,))

    def move_cached_response(self, call_id: str) -> None:
        """Give the row of a call another call id, for which its response was not encrypted."""
        self.bundle.change("UPDATE integration_log SET call_id = %s WHERE call_id = %s", (str(uuid.uuid4()), call_id))

    def damage_cached_response(self, call_id: str) -> None:
        """Change the encrypted response of a call."""
        self.bundle.change(
            "UPDATE integration_log SET cached_response = REVERSE(cached_response) WHERE call_id = %s", (call_id,)
        )

    def take_over_waiting_key(self) -> bool:
        """Free the idempotency key of a call that waits for admission; return whether there was one."""
        return bool(
            self.bundle.change(
                "UPDATE integration_log SET idempotency_key_hash = NULL"
                f" WHERE outcome = 'OPEN' AND idempotency_key_hash IS NOT NULL AND {_ADMITTED_AT} IS NULL"
            )
        )

    def wrapped_cache_key(self) -> bytes:
        """Return the data key of the response cache as it is stored: encrypted by KMS."""
        (row,) = self.bundle.rows("SELECT wrapped_key FROM response_cache_key")
        return bytes(row["wrapped_key"])

    def delete_cache_key(self) -> None:
        """Delete the data key of the response cache."""
        self.bundle.change("DELETE FROM response_cache_key")

    def damage_cache_key(self) -> None:
        """Replace the data key of the response cache by something that KMS cannot decrypt."""
        self.bundle.change("UPDATE response_cache_key SET wrapped_key = 'damaged'")

    # Admission

    def reset_rate_limits(self) -> None:
        """Forget all calls that count towards rate limits."""
        self.bundle.change("DELETE FROM rate_limit")

    def set_retry_tokens(self, tokens: int) -> None:
        """Fill or empty the retry budget of every endpoint that has been called."""
        self.bundle.change("UPDATE circuit_breaker SET retry_tokens = %s", (tokens,))

    def close_circuit_breakers(self) -> None:
        """Close every circuit breaker."""
        self.bundle.change("UPDATE circuit_breaker SET failures = 0, opened_at = 0, open_until = 0, epoch = epoch + 1")

    def occupy_login_trials(self) -> None:
        """Have other calls try every login, so that a new call has to wait."""
        self.bundle.change(
            "UPDATE credential_lockout SET verified = 0, trials = 2, trial_until = (UNIX_TIMESTAMP() + 60) * 1000000"
        )

    def free_login_trials(self) -> None:
        """End the trials of `occupy_login_trials`."""
        self.bundle.change("UPDATE credential_lockout SET trials = 0")

    def forget_locked_logins(self) -> None:
        """Delete the state of every locked login."""
        self.bundle.change("DELETE FROM credential_lockout WHERE locked_at IS NOT NULL")

    # Configuration

    def settings(self) -> Settings:
        """Return all settings as they are stored, for `restore_settings`."""
        rows = self.bundle.rows(f"SELECT id, {', '.join(_SETTING_COLUMNS)} FROM configuration")
        return {row["id"]: tuple(row[column] for column in _SETTING_COLUMNS) for row in rows}

    def restore_settings(self, before: Settings) -> bool:
        """Make the settings again what they were; return whether they had changed."""
        after = self.settings()
        for row_id in after.keys() - before.keys():
            self.bundle.change("DELETE FROM configuration WHERE id = %s", (row_id,))
        for row_id in after.keys() & before.keys():
            if after[row_id] != before[row_id]:
                assignments = ", ".join(f"{column} = %s" for column in _SETTING_COLUMNS)
                self.bundle.change(f"UPDATE configuration SET {assignments} WHERE id = %s", (*before[row_id], row_id))
        return after != before

    def deactivate_setting(self, key: str) -> None:
        """Make every value of a setting inactive."""
        self.bundle.change(
            "UPDATE configuration SET status_id = (SELECT id FROM status WHERE code = 'INACTIVE')"
            " WHERE config_key = %s",
            (key,),
        )

    def mappings(self) -> list[Row]:
        """Return the stored code mappings, oldest first."""
        return self.bundle.rows(
            f"SELECT c.scope, c.scope_id, c.config_key, c.config_value, c.config_metadata FROM configuration {_MAPPING}"
            " WHERE ct.code = 'DCS_MAPPING' ORDER BY c.id"
        )

    def damage_mappings(self) -> None:
        """Replace every stored code mapping by one that is not valid."""
        self.bundle.change(
            f"UPDATE configuration {_MAPPING} SET c.config_metadata = '{{\"version\": 1}}'"
            " WHERE ct.code = 'DCS_MAPPING'"
        )

    # Credentials and accounts

    @contextmanager
    def without_vendor_password(self) -> Iterator[None]:
        """Have no current vendor password stored while the context lasts."""
        stage = "UPDATE integration_credential SET stage = %s WHERE credential_key = 'password' AND stage = %s"
        self.bundle.change(stage, ("PREVIOUS", "CURRENT"))
        try:
            yield
        finally:
            self.bundle.change(stage, ("CURRENT", "PREVIOUS"))

    @contextmanager
    def ciphertext_in_wrong_row(self) -> Iterator[None]:
        """Have the encrypted user name of driver look-ups stored as their password while the context lasts."""
        rows = self.bundle.rows(
            "SELECT c.id, c.credential_key, c.encrypted_value FROM integration_credential c"
            " JOIN integration i ON i.id = c.integration_id JOIN integration_type it ON it.id = i.integration_type_id"
            " WHERE it.code = 'DCS_DRIVER_API' AND c.stage = 'CURRENT'"
        )
        stored = {row["credential_key"]: row for row in rows}
        username, password = stored["username"], stored["password"]
        update = "UPDATE integration_credential SET encrypted_value = %s WHERE id = %s"
        self.bundle.change(update, (username["encrypted_value"], password["id"]))
        try:
            yield
        finally:
            self.bundle.change(update, (password["encrypted_value"], password["id"]))

    def change_database_password(self, username: str, password: str) -> None:
        """Change the password of a database account."""
        self.bundle.change(f"ALTER USER '{username}'@'%%' IDENTIFIED BY %s", (password,))

    def grants_of(self, username: str) -> str:
        """Return the privileges of a database account as one text."""
        return " ".join(str(row) for row in self.bundle.rows(f"SHOW GRANTS FOR '{username}'@'%%'"))

    # Schema

    @contextmanager
    def locked(self, table: str, row_id: int) -> Iterator[None]:
        """Hold the lock of a row while the context lasts, as a transaction of the carrier's would."""
        admin = self.bundle.server.admin(self.bundle.database.name)
        with admin as connection, connection.cursor() as cursor:
            connection.begin()
            cursor.execute(f"SELECT id FROM `{table}` WHERE id = %s FOR UPDATE", (row_id,))
            try:
                yield
            finally:
                connection.rollback()

    @contextmanager
    def altered_migration(self, version: str) -> Iterator[None]:
        """Have a migration recorded with another checksum while the context lasts."""
        change = "UPDATE schema_migration SET checksum = REVERSE(checksum) WHERE version = %s"
        self.bundle.change(change, (version,))
        try:
            yield
        finally:
            self.bundle.change(change, (version,))

    def _rows_of_call(self, call_id: str) -> list[Row]:
        return self.bundle.rows("SELECT * FROM integration_log WHERE call_id = %s", (call_id,))
