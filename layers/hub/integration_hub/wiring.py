"""Where the services are built: the only module that names boto3, PyMySQL's connect and the environment."""

import functools
import os
import time
from typing import TYPE_CHECKING

import boto3
import pymysql
from botocore.config import Config
from pymysql.cursors import DictCursor

from integration_hub.administration import Administration
from integration_hub.admission.admission import Admission
from integration_hub.configuration.change import ConfigurationChanges
from integration_hub.configuration.store import ConfigurationStore
from integration_hub.credentials.data_key import DataKey
from integration_hub.credentials.store import CredentialStore
from integration_hub.credentials.vault import fetched
from integration_hub.db.connection import Database, wait_at_most
from integration_hub.errors import CredentialUnavailable, DatabaseUnavailable
from integration_hub.idempotency.replay import Replay
from integration_hub.integration_log.store import IntegrationLog
from integration_hub.observability import Reporter
from integration_hub.pipeline.services import Services
from integration_hub.response_cache.encryption import ResponseCipher
from integration_hub.response_cache.stored import ResponseCache
from integration_hub.settings import Settings
from integration_hub.vendor.authorization import AuthorizationCache
from integration_hub.vendor.contract import Integration
from integration_hub.vendor.transport import VendorTransport

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from pymysql.connections import Connection

# An agent waits: a call to AWS that has not answered by now is an error, tried once more by botocore.
_AWS = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2})
_CONNECT_SECONDS = 4.0


@functools.cache
def services() -> Services:
    """Build what the pipeline works with, once per execution environment; raises ConfigurationMissing."""
    settings = Settings.read(os.environ)
    kms, secrets = boto3.client("kms", config=_AWS), boto3.client("secretsmanager", config=_AWS)
    database = Database(_Connector(settings, secrets))
    data_key = DataKey(database, kms, key_arn=settings.credential_key_arn, environment=settings.hub_environment)
    report = Reporter()
    log = IntegrationLog(database, report=report)
    cache = ResponseCache(ResponseCipher(data_key.load))
    return Services(
        environment=settings.hub_environment,
        admission=Admission(database, report=report),
        authorizations=AuthorizationCache(clock=time.monotonic),
        configuration=ConfigurationStore(database, clock=time.monotonic, report=report),
        credentials=CredentialStore(database, kms, secrets, clock=time.monotonic),
        integration_log=log,
        replay=Replay(log, cache),
        response_cache=cache,
        vendor=VendorTransport(settings.allowed_hosts),
        report=report,
    )


@functools.cache
def administration(integrations: tuple[Integration, ...]) -> Administration:
    """Build what operators work with, under a database account that may; raises ConfigurationMissing."""
    settings = Settings.read(os.environ)
    database, report = Database(_Connector(settings, boto3.client("secretsmanager", config=_AWS))), Reporter()
    return Administration(
        database,
        ConfigurationChanges(database, report=report),
        environment=settings.hub_environment,
        integrations=integrations,
        report=report,
    )


def migration_connection() -> "Connection[DictCursor]":
    """Open a connection for a migration run, whose statements may take long; the caller closes it."""
    settings = Settings.read(os.environ)
    secrets = boto3.client("secretsmanager", config=_AWS)
    try:
        connection = _Connector(settings, secrets)(fresh=False, seconds=_CONNECT_SECONDS)
    except pymysql.OperationalError as error:
        raise DatabaseUnavailable(f"The database cannot be reached (error {error.args[0]}).") from None
    wait_at_most(connection, None)
    return connection


class _Connector:
    """Opens connections with the login that Secrets Manager holds, read once and again when it was refused."""

    def __init__(self, settings: Settings, secrets: "SecretsManagerClient") -> None:
        self._settings = settings
        self._secrets = secrets
        self._login: tuple[str, str] | None = None

    def __call__(self, *, fresh: bool, seconds: float) -> "Connection[DictCursor]":
        if fresh or self._login is None:
            self._login = self._read_login()
        username, password = self._login
        return pymysql.connect(
            host=self._settings.database_host,
            port=self._settings.database_port,
            database=self._settings.database_name,
            user=username,
            password=password,
            charset="utf8mb4",
            autocommit=True,
            cursorclass=DictCursor,
            ssl_ca=str(self._settings.database_ca_file),
            ssl_verify_cert=True,
            ssl_verify_identity=True,
            connect_timeout=seconds,
            read_timeout=seconds,
            write_timeout=seconds,
        )

    def _read_login(self) -> tuple[str, str]:
        arn = self._settings.database_secret_arn
        try:
            username, password = fetched(self._secrets, arn, "username", "password").fields
        except CredentialUnavailable as error:
            raise DatabaseUnavailable(f"The login of the hub's database cannot be read. {error.detail}") from None
        return username, password
