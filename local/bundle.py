"""The whole bundle on one machine: the functions behind their gateway, and every service that they call.

On a running database server it creates a database, starts AWS's APIs and the vendor simulator, stores the simulator's
address and login as an operator would store DCS's, and serves the functions of template.yaml.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import boto3.session  # noqa: F401 - loaded before threads use it; its first import is not safe in several at once
import requests
from pymysql.cursors import DictCursor

from dcs.criminal import CRIMINAL
from dcs.drivers import DRIVER
from dcs.vehicles import VEHICLE
from integration_hub.credentials.store import encryption_context
from local.aws import LocalAws, create_key, put_secret
from local.database import DatabaseServer, HubDatabase, create_hub_database
from local.gateway import Gateway
from local.guard import Guard
from local.runtime import Function
from local.template import FunctionDefinition, functions

if TYPE_CHECKING:
    import pymysql

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"
ENVIRONMENT = "DEVELOPMENT"
INTEGRATIONS = (DRIVER, VEHICLE, CRIMINAL)
_SIMULATOR_START_SECONDS = 30


class SimulatorProcess:
    """The vendor simulator in a separate process; `login` is account, user name and password that it accepts."""

    login = ("900123", "acme-api", "S3cret-Example")

    def __init__(self, directory: Path, guard: Guard) -> None:
        directory.mkdir()
        self._guard = guard
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local.simulator", "--port", "0", "--directory", str(directory)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        guard.watch_process(self._process.pid)
        ready = self._ready_line()
        self.url: str = ready["url"]
        self.admin_url: str = ready["admin_url"]
        self.ca_file = Path(ready["ca_file"])
        self._call_log = Path(ready["call_log"])

    def _ready_line(self) -> dict[str, Any]:
        """Return the JSON line that the simulator prints when it is ready; raise RuntimeError if it prints none."""
        timer = threading.Timer(_SIMULATOR_START_SECONDS, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else ""
        finally:
            timer.cancel()
        if not line.strip():
            raise RuntimeError(
                "The vendor simulator did not start. Remedy: run `python -m local.simulator` to see its error."
            )
        ready: dict[str, Any] = json.loads(line)
        return ready

    def calls(self) -> list[dict[str, Any]]:
        """Return the simulator's call log: one entry when a call arrives, one when it ends."""
        return [json.loads(line) for line in self._call_log.read_text(encoding="utf-8").splitlines()]

    def invoice(self) -> dict[str, Any]:
        """Return what the calls cost, per operation and in total, in cents."""
        answer = requests.get(f"{self.admin_url}/invoice", timeout=5)
        answer.raise_for_status()
        invoice: dict[str, Any] = answer.json()
        return invoice

    def switch_on(self, fault: str, *, calls: int | None = None) -> None:
        """Switch a fault on for the next `calls`, or until `switch_off`."""
        requests.post(f"{self.admin_url}/faults", json={"fault": fault, "calls": calls}, timeout=5).raise_for_status()

    def switch_off(self) -> None:
        """Switch all faults off."""
        requests.delete(f"{self.admin_url}/faults", timeout=5).raise_for_status()

    def close(self) -> None:
        """Stop the process and wait until it has ended."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._guard.forget(self._process.pid)
        if self._process.stdout:
            self._process.stdout.close()


class Bundle:
    """A running bundle; leaving the context stops it. `directory` must exist, `name` is the name of the database.

    `environment` and `exit_seconds` are passed on to every function (local.runtime.Function).
    """

    def __init__(
        self,
        server: DatabaseServer,
        directory: Path,
        guard: Guard,
        *,
        name: str = "hub",
        gateway_port: int = 0,
        environment: Mapping[str, str] | None = None,
        exit_seconds: float = 0.0,
    ) -> None:
        self.server = server
        self._environment = dict(environment or {})
        self._exit_seconds = exit_seconds
        with ExitStack() as stack:
            self.log_directory = directory / "logs"
            self.log_directory.mkdir()
            self.aws = stack.enter_context(LocalAws())
            self.simulator = SimulatorProcess(directory / "simulator", guard)
            stack.callback(self.simulator.close)
            self.database: HubDatabase = create_hub_database(server, name)
            self.key_arn = create_key(self.aws, "alias/hub-credentials")
            self.template_values = self._template_values(name)
            self._store_settings()
            self.store_login(*self.simulator.login[1:])
            self._guard = guard
            self.functions = {
                definition.handler.split(".")[0]: stack.enter_context(self.function_of(definition))
                for definition in functions(TEMPLATE, self.template_values).values()
            }
            self.gateway = stack.enter_context(Gateway(self.functions.values(), port=gateway_port))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def function_of(self, definition: FunctionDefinition) -> Function:
        """Return a function of this bundle; leaving its context stops it."""
        return Function(
            definition,
            guard=self._guard,
            environment={**self.aws_environment(), **self._environment},
            log_directory=self.log_directory,
            exit_seconds=self._exit_seconds,
        )

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Run a query on the hub's database as root and return its rows."""
        with self._admin() as connection, connection.cursor(DictCursor) as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def change(self, sql: str, parameters: tuple[Any, ...] = ()) -> int:
        """Run a statement on the hub's database as root and return the number of changed rows."""
        with self._admin() as connection, connection.cursor() as cursor:
            return int(cursor.execute(sql, parameters))

    def set_value(self, kind: str, key: str, value: str, *, scope: str = "SYSTEM", scope_id: int | None = None) -> None:
        """Store one setting; `scope_id` is the program, integration type or other object of the scope."""
        self.change(
            "INSERT INTO configuration (configuration_type_id, config_key, config_value, scope, scope_id, status_id)"
            " SELECT ct.id, %s, %s, %s, %s, s.id FROM configuration_type ct JOIN status s ON s.code = 'ACTIVE'"
            " WHERE ct.code = %s ON DUPLICATE KEY UPDATE config_value = VALUES(config_value)",
            (key, value, scope, scope_id, f"DCS_{kind}"),
        )

    def store_login(self, username: str, password: str, *, version: str = "1") -> None:
        """Encrypt a vendor login for every integration and store it as the current login."""
        kms = self.aws.client("kms")
        for integration in INTEGRATIONS:
            for credential_key, value in (("username", username), ("password", password)):
                context = encryption_context(integration, ENVIRONMENT, credential_key, None)
                sealed = kms.encrypt(KeyId=self.key_arn, Plaintext=value.encode(), EncryptionContext=context)
                self.change(
                    "INSERT INTO integration_credential (integration_id, environment, credential_key, encrypted_value,"
                    " encryption_key_id, version, stage, status_id, created_by)"
                    " SELECT i.id, %s, %s, %s, %s, %s, 'CURRENT', s.id, u.id FROM integration i"
                    " JOIN integration_type it ON it.id = i.integration_type_id AND it.code = %s"
                    " JOIN status s ON s.code = 'ACTIVE' JOIN user u ON u.username = 'integration-hub'"
                    " ON DUPLICATE KEY UPDATE encrypted_value = VALUES(encrypted_value), version = VALUES(version)",
                    (
                        ENVIRONMENT,
                        credential_key,
                        sealed["CiphertextBlob"],
                        self.key_arn.rsplit("/", 1)[-1],
                        version,
                        integration.type_code,
                    ),
                )

    def _admin(self) -> "pymysql.connections.Connection[Any]":
        return self.server.admin(self.database.name)

    def _store_settings(self) -> None:
        """Store the simulator's address and prices, and the account of program 1."""
        self.set_value("CONNECTION", "environment", ENVIRONMENT)
        self.set_value("CONNECTION", "base_url", self.simulator.url)
        self.set_value("CONNECTION", "ca_bundle", str(self.simulator.ca_file))
        self.set_value("CREDENTIALS", "account_number", self.simulator.login[0], scope="PROGRAM", scope_id=1)
        prices = {name: line["price_cents"] for name, line in self.simulator.invoice()["lines"].items()}
        for operation in (operation for integration in INTEGRATIONS for operation in integration.operations):
            self.set_value("PRICE", operation.setting_name, f"{prices[operation.name] / 100:.2f}")

    def _template_values(self, name: str) -> dict[str, str]:
        """Return a value for each template parameter, as a deployment has them."""
        handlers, operators = self.database.runtime, self.database.operator
        migrations = self.database.migration
        return {
            "HubEnvironment": ENVIRONMENT,
            "DatabaseHost": self.database.host,
            "DatabasePort": str(self.database.port),
            "DatabaseName": self.database.name,
            "DatabaseCaFile": str(self.database.ca_file),
            "DatabaseSecretArn": self._login_secret(f"{name}-handlers", handlers.username, handlers.password),
            "OperatorSecretArn": self._login_secret(f"{name}-operators", operators.username, operators.password),
            "MigrationSecretArn": self._login_secret(f"{name}-migrations", migrations.username, migrations.password),
            "VendorHosts": self.simulator.url.removeprefix("https://"),
            "CredentialKey.Arn": self.key_arn,
        }

    def _login_secret(self, name: str, username: str, password: str) -> str:
        return put_secret(self.aws, name, json.dumps({"username": username, "password": password}))

    def aws_environment(self) -> dict[str, str]:
        """Return the environment variables that Lambda would give a deployed function."""
        return self.aws.environment()
