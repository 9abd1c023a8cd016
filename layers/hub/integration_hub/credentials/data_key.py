"""The data key of the response cache: made once by KMS, stored wrapped, opened once per execution environment."""

from typing import TYPE_CHECKING

from integration_hub.credentials.vault import new_data_key, opened_data_key
from integration_hub.db.connection import Database
from integration_hub.errors import CredentialUnavailable

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient

_LOAD = "SELECT wrapped_key FROM response_cache_key WHERE environment = %(environment)s"
# Of several functions that make the first key at once, the first one's stays.
_STORE = """
INSERT INTO response_cache_key (environment, wrapped_key) VALUES (%(environment)s, %(wrapped_key)s)
ON DUPLICATE KEY UPDATE environment = response_cache_key.environment
"""


class DataKey:
    """One key per environment, wrapped by the KMS key `key_arn` and bound to its use."""

    def __init__(self, database: Database, kms: "KMSClient", *, key_arn: str, environment: str) -> None:
        self._database = database
        self._kms = kms
        self._key_arn = key_arn
        self._environment = environment
        self._context = {"use": "response-cache", "environment": environment}

    def load(self) -> bytes:
        """Return the key in the clear; raise CredentialUnavailable or DatabaseUnavailable."""
        wrapped = self._stored()
        if wrapped is None:
            made = new_data_key(self._kms, self._key_arn, self._context)
            self._database.write(_STORE, {"environment": self._environment, "wrapped_key": made})
            wrapped = self._stored()
        if wrapped is None:
            raise CredentialUnavailable("The key of the response cache cannot be stored.")
        return opened_data_key(self._kms, wrapped, self._context)

    def _stored(self) -> bytes | None:
        rows = self._database.query(_LOAD, {"environment": self._environment})
        return rows[0]["wrapped_key"] if rows else None
