"""The current login for a program, decrypted once and kept in memory for a while."""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.credentials.vault import decrypted, fetched
from integration_hub.db.connection import Database, Row
from integration_hub.errors import CredentialUnavailable
from integration_hub.integration import Integration, Login

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

USERNAME, PASSWORD = "username", "password"
_REFRESH_SECONDS = 10.0
_LONGEST_VERSION = 64  # integration_log.credential_version

_LOAD = """
SELECT c.id, c.credential_key, c.encrypted_value, c.secret_arn, c.program_id, c.version
FROM integration_credential c
JOIN status s ON s.id = c.status_id AND s.code = 'ACTIVE'
WHERE c.integration_id = %(integration_id)s AND c.environment = %(environment)s AND c.stage = 'CURRENT'
  AND (c.program_id = %(program_id)s OR c.program_id IS NULL)
  AND (c.expires_at IS NULL OR c.expires_at > UTC_TIMESTAMP())
"""


@dataclass(frozen=True, slots=True)
class CurrentLogin:
    """A login and the version of its rows, for integration_log. The login's own repr shows no secret."""

    login: Login
    version: str


def encryption_context(
    integration: Integration, environment: str, credential_key: str, program_id: int | None
) -> dict[str, str]:
    """Return what a ciphertext is bound to; moved to another row it does not decrypt."""
    return {
        "integration": integration.type_code,
        "environment": environment,
        "credential_key": credential_key,
        "program": "shared" if program_id is None else str(program_id),
    }


class CredentialStore:
    """Logins per (program, integration type): the program's own if it has one, else the shared one.

    `fresh_seconds` bounds how long a decrypted login is kept; `clock` is monotonic seconds.
    """

    def __init__(
        self,
        database: Database,
        kms: "KMSClient",
        secrets: "SecretsManagerClient",
        *,
        clock: Callable[[], float],
        fresh_seconds: float = 300,
    ) -> None:
        self._database = database
        self._kms = kms
        self._secrets = secrets
        self._clock = clock
        self._fresh_seconds = fresh_seconds
        self._cache: dict[tuple[int, str, str], tuple[CurrentLogin, float]] = {}
        self._refreshed_at: dict[tuple[int, str, str], float] = {}

    def current(self, integration: Integration, configuration: EffectiveConfiguration) -> CurrentLogin:
        """Return the login to call with; raise CredentialUnavailable or DatabaseUnavailable."""
        place = (configuration.program_id, integration.type_code, configuration[keys.ENVIRONMENT])
        cached = self._cache.get(place)
        if cached is not None and self._clock() - cached[1] < self._fresh_seconds:
            return cached[0]
        login = self._loaded(integration, configuration)
        self._cache[place] = (login, self._clock())
        return login

    def refreshed(self, integration: Integration, configuration: EffectiveConfiguration) -> CurrentLogin:
        """Return the login as it is stored now, past the cache: the one in use was refused, or is locked.

        While it stays locked every call asks, so one reading in some seconds has to do.
        """
        place = (configuration.program_id, integration.type_code, configuration[keys.ENVIRONMENT])
        if self._clock() - self._refreshed_at.get(place, -math.inf) >= _REFRESH_SECONDS:
            self._refreshed_at[place] = self._clock()
            self._cache.pop(place, None)
        return self.current(integration, configuration)

    def _loaded(self, integration: Integration, configuration: EffectiveConfiguration) -> CurrentLogin:
        environment = configuration[keys.ENVIRONMENT]
        rows = self._database.query(
            _LOAD,
            {
                "integration_id": configuration.integration_id,
                "environment": environment,
                "program_id": configuration.program_id,
            },
        )
        own = {row["credential_key"]: row for row in rows if row["program_id"] is not None}
        chosen = own or {row["credential_key"]: row for row in rows}
        missing = [name for name in (USERNAME, PASSWORD) if name not in chosen]
        if missing:
            raise CredentialUnavailable(
                f"No current, unexpired {' and '.join(missing)} is stored for {integration.type_code} in {environment}"
                f" (program {configuration.program_id} or shared)."
            )
        opened = {name: self._opened(integration, environment, chosen[name]) for name in (USERNAME, PASSWORD)}
        return CurrentLogin(
            Login(
                account_number=configuration[keys.ACCOUNT_NUMBER],
                username=opened[USERNAME].value,
                password=opened[PASSWORD].value,
            ),
            _version(opened[name].version for name in (USERNAME, PASSWORD)),
        )

    def _opened(self, integration: Integration, environment: str, row: Row) -> "_Opened":
        if row["secret_arn"]:
            secret = fetched(self._secrets, row["secret_arn"], row["credential_key"])
            # The row stays when the secret is rotated, so the secret's version is what tells logins apart.
            return _Opened(SecretStr(secret.fields[0]), f"{row['id']}:{secret.version_id[:8]}")
        context = encryption_context(integration, environment, row["credential_key"], row["program_id"])
        # A new password is a new version, also where nobody thought of writing one.
        own_version = f"{row['version'] or row['id']}.{hashlib.sha256(row['encrypted_value']).hexdigest()[:8]}"
        return _Opened(SecretStr(decrypted(self._kms, row["encrypted_value"], context)), own_version)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A secret in the clear, and what tells it from the one before and after it."""

    value: SecretStr
    version: str


def _version(parts: Iterable[str]) -> str:
    """Return what names a login in the log and to the guard: the versions of its parts, or a digest of long ones."""
    told = "/".join(parts)
    return told if len(told) <= _LONGEST_VERSION else hashlib.sha256(told.encode()).hexdigest()[:32]
