"""What a driver look-up costs beside the vendor's own time: warm, cold, and in database round trips."""

import contextlib
import functools
import io
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pymysql
import requests
from defusedxml import ElementTree

from local.bundle import ROOT, Bundle
from tests.benchmark.figures import Figure
from tests.support.fleet import Invocation, environment_of
from tests.support.measuring import StatementCounter, last_vendor_seconds

EVENT = json.loads((ROOT / "events" / "driver.json").read_text(encoding="utf-8"))
_WARM_CALLS = 200
_COLD_STARTS = 9
_BARE_IMPORTS = """
import boto3, pymysql, requests, pydantic
from aws_lambda_powertools import Logger, Metrics
Logger(service="bare"); Metrics(service="bare", namespace="bare")
boto3.client("kms")
"""
_INSERT = """
INSERT INTO integration_log (call_id, integration_id, program_id, quote_id, driver_id, purpose, request_type,
                             request_url, request_data, response_data, correlation_id, outcome, opened_at)
VALUES (%s, %s, 1, 4711, 1, 'UNDERWRITING', 'HouseholdDrivers', %s, '{}', '{}', 'bench', 'ANSWERED', UTC_TIMESTAMP(6))
"""


def measured(bundle: Bundle) -> list[Figure]:
    """Return the figures of one database server."""
    bundle.set_value("LIMITS", "requests_per_minute", "600")
    bundle.set_value("LIMITS", "requests_per_minute", "600", scope="PROGRAM", scope_id=1)
    server = bundle.server.flavour.value
    warm, trips = _warm(bundle)
    return [
        Figure("warm_overhead_ratio", round(warm, 2), "x", "bare POST, parse and one INSERT", server, "<= 2.0"),
        Figure("db_round_trips_warm", round(trips, 2), "per call", "the server's own count", server, "<= 4"),
        Figure("cold_start_ratio", round(_cold(bundle), 2), "x", "bare imports and a KMS client", server, "<= 1.15"),
    ]


def _warm(bundle: Bundle) -> tuple[float, float]:
    """Alternate the handler and the bare script in one process; the vendor's time is taken off both."""
    # Log lines stay off the terminal; Lambda's pipe costs about as little.
    with _environment(environment_of(bundle)), contextlib.redirect_stdout(io.StringIO()):
        from driver.app import handler  # noqa: PLC0415 - its environment has to be there first
        from integration_hub import wiring  # noqa: PLC0415

        wiring.services.cache_clear()  # those of the server before
        bare = _Bare(bundle)
        for _ in range(5):  # caches and connections
            handler(_new_event(), Invocation())
            bare.call()
        ours, floor, statements = [], [], []
        with StatementCounter(bundle.server) as counter:
            for _ in range(_WARM_CALLS):
                before = counter.read()
                event = _new_event()
                ours.append(_without_vendor(bundle, functools.partial(handler, event, Invocation())))
                statements.append(counter.read() - before - 1)
                floor.append(_without_vendor(bundle, bare.call))
    return statistics.median(ours) / statistics.median(floor), statistics.median(statements)


def _new_event() -> dict[str, Any]:
    """Return a search that no kept answer fits: the same people under another id of ours."""
    event: dict[str, Any] = json.loads(json.dumps(EVENT))
    event["search"]["drivers"][0]["id"] = f"D-{uuid.uuid4().hex[:8]}"
    return event


def _without_vendor(bundle: Bundle, call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    elapsed = time.perf_counter() - started
    return elapsed - last_vendor_seconds(bundle.simulator)


class _Bare:
    """The floor: a script without any of our care."""

    def __init__(self, bundle: Bundle) -> None:
        account, user, password = bundle.simulator.login
        self._session = requests.Session()
        self._session.auth = (account, f"{user}:{password}")
        self._session.trust_env = False
        self._session.verify = str(bundle.simulator.ca_file)
        self._session.headers["Content-Type"] = "application/xml"
        self._url = bundle.simulator.url + "/apidevV2.7/DcsSearchApi/HouseholdDrivers"
        self._body = _request_body()
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
        """POST, parse, INSERT."""
        reply = self._session.post(self._url, data=self._body, timeout=30)
        reply.raise_for_status()
        ElementTree.fromstring(reply.content)
        with self._connection.cursor() as cursor:
            cursor.execute(_INSERT, (str(uuid.uuid4()), self._integration_id, self._url))


def _request_body() -> bytes:
    from dcs.drivers import HOUSEHOLD_DRIVERS  # noqa: PLC0415 - with the handler, after its environment is there
    from integration_hub.integration import Requester  # noqa: PLC0415

    search = HOUSEHOLD_DRIVERS.request.model_validate_json(json.dumps(EVENT["search"]))
    return HOUSEHOLD_DRIVERS.encode(search, Requester(department_id="4", user_id="bench", user_name="Bench")).body


def _cold(bundle: Bundle) -> float:
    """Alternate cold starts of the function with bare imports; medians of the pairs' ratios."""
    function, ratios = bundle.functions["driver"], []
    for _ in range(_COLD_STARTS):
        function.discard_idle()
        started = time.perf_counter()
        invocation = function.invoke(_new_event())
        ours = time.perf_counter() - started - last_vendor_seconds(bundle.simulator)
        if invocation.error:
            raise RuntimeError(f"the look-up failed: {invocation.error_type}")
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", _BARE_IMPORTS], check=True, env={**os.environ, **bundle.aws.environment()}
        )
        ratios.append(ours / (time.perf_counter() - started))
    return statistics.median(ratios)


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
