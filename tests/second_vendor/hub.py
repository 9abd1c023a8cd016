"""A hub that knows MVR: the real wiring, a real database, the real transport, and MVR's simulator at the other end."""

import json
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pymysql.cursors import DictCursor

from integration_hub import pipeline, wiring
from integration_hub.db.migrate import migrate
from integration_hub.deadline import Deadline
from integration_hub.errors import CallFailed
from integration_hub.models.answer import Answer
from integration_hub.models.call import Call
from integration_hub.models.identifiers import References
from integration_hub.models.purpose import Purpose
from local.aws import LocalAws, create_key, put_secret
from local.database import DatabaseServer, HubDatabase
from tests.second_vendor.mvr.integration import MVR
from tests.second_vendor.samples import ORDER_REQUEST, REPORT_REQUEST
from tests.second_vendor.simulator import CLIENT, MvrSimulator

ENVIRONMENT = "DEVELOPMENT"
MIGRATION = Path(__file__).parent / "0100_mvr.sql"
_SEARCHES = {"Report": REPORT_REQUEST, "OrderedReport": ORDER_REQUEST}


class MvrHub:
    """What an operator and a caller of the hub do; `variables` are those of its function's environment."""

    def __init__(self, server: DatabaseServer, database: HubDatabase, aws: LocalAws, simulator: MvrSimulator) -> None:
        self._server = server
        self._database = database
        self._aws = aws
        self.simulator = simulator
        folder = simulator.ca_file.parent / "migrations"
        folder.mkdir()
        shutil.copy(MIGRATION, folder)
        with server.admin(database.name) as connection:
            migrate(connection, folder)  # type: ignore[arg-type]  # whatever cursor, it brings its own
        self.set_value("CONNECTION", "environment", ENVIRONMENT)
        self.set_value("CONNECTION", "base_url", f"https://{simulator.host}")
        self.set_value("CONNECTION", "ca_bundle", str(simulator.ca_file))
        self.store_credential(*CLIENT)
        login = {"username": database.runtime.username, "password": database.runtime.password}
        self.variables = {
            **aws.environment(),
            "DATABASE_HOST": database.host,
            "DATABASE_PORT": str(database.port),
            "DATABASE_NAME": database.name,
            "DATABASE_SECRET_ARN": put_secret(aws, f"{database.name}-mvr-handlers", json.dumps(login)),
            "DATABASE_CA_FILE": str(database.ca_file),
            "CREDENTIAL_KEY_ARN": create_key(aws, "alias/mvr-credentials"),
            "HUB_ENVIRONMENT": ENVIRONMENT,
            "VENDOR_HOSTS": simulator.host,
        }

    def call(
        self,
        operation: str = "Report",
        *,
        key: str | None = None,
        seconds: float = 20.0,
        search: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Make a call as the function would, and return its answer or raise its error."""
        chosen = next(found for found in MVR.operations if found.name == operation)
        document = json.dumps({**_SEARCHES[operation], **(search or {})})
        call = Call(
            call_id=str(uuid.uuid4()),
            correlation_id="second-vendor",
            integration=MVR,
            operation=chosen,
            program_id=1,
            purpose=Purpose.UNDERWRITING,
            references=References(quote_id=4711),
            search=chosen.request.model_validate_json(document, strict=True),
            deadline=Deadline(time.monotonic() + seconds),
            idempotency_key=key,
        )
        try:
            return pipeline.run(call, wiring.services())
        except CallFailed as failed:
            raise failed.error from None

    def set_value(self, kind: str, key: str, value: str) -> None:
        """Store a setting for the whole system."""
        self._change(
            "INSERT INTO configuration (configuration_type_id, config_key, config_value, scope, status_id)"
            " SELECT ct.id, %s, %s, 'SYSTEM', s.id FROM configuration_type ct JOIN status s ON s.code = 'ACTIVE'"
            " WHERE ct.code = %s ON DUPLICATE KEY UPDATE config_value = VALUES(config_value)",
            (key, value, f"MVR_{kind}"),
        )

    def store_credential(self, client_id: str, client_secret: str) -> None:
        """Put a credential into Secrets Manager, and name the secret where credentials are kept."""
        value = json.dumps({"client_id": client_id, "client_secret": client_secret})
        secret_arn = put_secret(self._aws, f"{self._database.name}-mvr", value)
        for name in MVR.authentication.secret_names:
            self._change(
                "INSERT INTO integration_credential (integration_id, environment, credential_key, secret_arn, stage,"
                " status_id) SELECT i.id, %s, %s, %s, 'CURRENT', s.id FROM integration i"
                " JOIN integration_type it ON it.id = i.integration_type_id AND it.code = 'MVR_REPORT_API'"
                " JOIN status s ON s.code = 'ACTIVE' ON DUPLICATE KEY UPDATE secret_arn = VALUES(secret_arn)",
                (ENVIRONMENT, name, secret_arn),
            )

    def log_rows(self) -> list[dict[str, Any]]:
        """Return the records of all calls, oldest first."""
        return self._rows("SELECT * FROM integration_log ORDER BY id")

    def refusals(self) -> int:
        """Return how many refusals of the present credentials count towards a lockout."""
        return sum(int(row["refusals"]) for row in self._rows("SELECT refusals FROM credential_lockout"))

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        with self._server.admin(self._database.name) as connection, connection.cursor(DictCursor) as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def _change(self, sql: str, parameters: tuple[Any, ...]) -> None:
        with self._server.admin(self._database.name) as connection, connection.cursor() as cursor:
            cursor.execute(sql, parameters)
