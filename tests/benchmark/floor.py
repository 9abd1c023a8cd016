"""The floors of a warm call: scripts that do the same work with `requests` and PyMySQL."""

import json
import uuid
from typing import Any

import pymysql
import requests
from defusedxml import ElementTree

from local.bundle import Bundle

_INSERT = """
INSERT INTO integration_log (call_id, integration_id, program_id, quote_id, driver_id, purpose, request_type,
                             request_url, request_data, response_data, correlation_id, outcome, opened_at)
VALUES (%s, %s, 1, 4711, 1, 'UNDERWRITING', 'HouseholdDrivers', %s, '{}', '{}', 'bench', %s, UTC_TIMESTAMP(6))
"""
_CLOSE = "UPDATE integration_log SET outcome = 'ANSWERED', response_data = '{}' WHERE call_id = %s"
_COUNT = "UPDATE bench_counter SET calls = calls + 1 WHERE id = 1 AND calls < 1000000"


class BareScript:
    """POST, parse, one INSERT: a script without any of the hub's care."""

    def __init__(self, bundle: Bundle, search: dict[str, Any]) -> None:
        account, user, password = bundle.simulator.login
        self._session = requests.Session()
        self._session.auth = (account, f"{user}:{password}")
        self._session.trust_env = False
        self._session.verify = str(bundle.simulator.ca_file)
        self._session.headers["Content-Type"] = "application/xml"
        self._url = bundle.simulator.url + "/apidevV2.7/DcsSearchApi/HouseholdDrivers"
        self._body = _request_body(search)
        runtime = bundle.database.runtime
        self._connection = pymysql.connect(
            host=bundle.database.host,
            port=bundle.database.port,
            database=bundle.database.name,
            user=runtime.username,
            password=runtime.password,
            autocommit=True,
            ssl_ca=str(bundle.database.ca_file),
        )
        (row,) = bundle.rows(
            "SELECT i.id FROM integration i JOIN integration_type it ON it.id = i.integration_type_id"
            " WHERE it.code = 'DCS_DRIVER_API'"
        )
        self._integration_id = row["id"]

    def call(self) -> None:
        """Make one call."""
        self._exchange()
        self._insert(str(uuid.uuid4()), "ANSWERED")

    def _exchange(self) -> None:
        reply = self._session.post(self._url, data=self._body, timeout=30)
        reply.raise_for_status()
        ElementTree.fromstring(reply.content)

    def _insert(self, call_id: str, outcome: str) -> None:
        self._execute(_INSERT, call_id, self._integration_id, self._url, outcome)

    def _execute(self, sql: str, *values: object) -> int:
        with self._connection.cursor() as cursor:
            return cursor.execute(sql, values)


class PromisingScript(BareScript):
    """The same with the hub's durable steps: a row before the call, an atomic counter, the row closed after it."""

    def __init__(self, bundle: Bundle, search: dict[str, Any]) -> None:
        super().__init__(bundle, search)
        bundle.change("CREATE TABLE IF NOT EXISTS bench_counter (id INT PRIMARY KEY, calls INT NOT NULL)")
        bundle.change("INSERT IGNORE INTO bench_counter VALUES (1, 0)")
        bundle.change("GRANT SELECT, UPDATE ON bench_counter TO %s@'%%'", (bundle.database.runtime.username,))

    def call(self) -> None:
        """Make one call; raises RuntimeError where the counter is at its limit."""
        call_id = str(uuid.uuid4())
        self._insert(call_id, "OPEN")
        if self._execute(_COUNT) != 1:
            raise RuntimeError("the counter is at its limit")
        self._exchange()
        self._execute(_CLOSE, call_id)


def _request_body(search: dict[str, Any]) -> bytes:
    from dcs.drivers import HOUSEHOLD_DRIVERS  # noqa: PLC0415 - with the handler, after its environment is there
    from tests.support.dcs.settings import dcs_settings  # noqa: PLC0415 - as above

    request = HOUSEHOLD_DRIVERS.request.model_validate_json(json.dumps(search))
    return HOUSEHOLD_DRIVERS.encode(request, dcs_settings()).body
