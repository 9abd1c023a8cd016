"""The current credential of a program and integration type, decrypted once and cached in memory."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.credentials.vault import decrypted, fetched
from integration_hub.db.connection import Database, Row
from integration_hub.deadline import Deadline
from integration_hub.errors import CredentialUnavailable
from integration_hub.ttl_cache import TtlCache
from integration_hub.vendor.contract import Credential, Integration

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

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
    """Credentials per (program, integration type): the program's own if it has one, else the shared one.

    `fresh_seconds` bounds how long a decrypted credential is kept; `clock` is monotonic seconds.
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
        self._cache: TtlCache[tuple[int, str, str], Credential] = TtlCache(clock, ttl_seconds=fresh_seconds)

    def current(self, integration: Integration, settings: EffectiveConfiguration, by: Deadline) -> Credential:
        """Return the credential to call with; raise CredentialUnavailable or DatabaseUnavailable."""
        place = (settings.program_id, integration.type_code, settings[keys.ENVIRONMENT])
        return self._cache.get(place, lambda: self._loaded(integration, settings, by))

    def refreshed(self, integration: Integration, settings: EffectiveConfiguration, by: Deadline) -> Credential:
        """Return the credential as it is stored now, past the cache: the one in use was refused, or is locked.

        While it stays locked every call asks, so one load in some seconds has to do.
        """
        place = (settings.program_id, integration.type_code, settings[keys.ENVIRONMENT])
        return self._cache.refresh(
            place, lambda: self._loaded(integration, settings, by), min_interval_seconds=_REFRESH_SECONDS
        )

    def _loaded(self, integration: Integration, settings: EffectiveConfiguration, by: Deadline) -> Credential:
        environment, names = settings[keys.ENVIRONMENT], integration.authentication.secret_names
        rows = self._database.query(
            _LOAD,
            {
                "integration_id": settings.integration_id,
                "environment": environment,
                "program_id": settings.program_id,
            },
            by=by,
        )
        own = {row["credential_key"]: row for row in rows if row["program_id"] is not None}
        chosen = own or {row["credential_key"]: row for row in rows}
        missing = [name for name in names if name not in chosen]
        if missing:
            raise CredentialUnavailable(
                f"No current, unexpired {' and '.join(missing)} is stored for {integration.type_code} in {environment}"
                f" (program {settings.program_id} or shared)."
            )
        opened = {name: self._opened(integration, environment, chosen[name]) for name in names}
        return Credential(
            {name: secret.value for name, secret in opened.items()},
            _version(secret.version for secret in opened.values()),
        )

    def _opened(self, integration: Integration, environment: str, row: Row) -> "_Opened":
        if row["secret_arn"]:
            secret = fetched(self._secrets, row["secret_arn"], row["credential_key"])
            # The row stays when the secret is rotated, so the secret's version distinguishes credentials.
            return _Opened(SecretStr(secret.fields[0]), f"{row['id']}:{secret.version_id[:8]}")
        context = encryption_context(integration, environment, row["credential_key"], row["program_id"])
        # A new secret is a new version, also where the row's version was not changed.
        own_version = f"{row['version'] or row['id']}.{hashlib.sha256(row['encrypted_value']).hexdigest()[:8]}"
        return _Opened(SecretStr(decrypted(self._kms, row["encrypted_value"], context)), own_version)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A decrypted secret and its version."""

    value: SecretStr
    version: str


def _version(parts: Iterable[str]) -> str:
    """Return what names a credential in logs and for the lockout: its parts' versions, or a digest of long ones."""
    version = "/".join(parts)
    return version if len(version) <= _LONGEST_VERSION else hashlib.sha256(version.encode()).hexdigest()[:32]
