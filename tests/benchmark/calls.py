"""What a driver look-up costs beside the vendor's own time: warm, cold, and in database round trips."""

import functools
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from local.bundle import ROOT, Bundle
from tests.benchmark.environment import handlers_of
from tests.benchmark.figures import Figure
from tests.benchmark.floor import BareScript, PromisingScript
from tests.benchmark.split import Split, clocks
from tests.support.fleet import Invocation
from tests.support.measuring import StatementCounter, last_vendor_seconds

EVENT = json.loads((ROOT / "events" / "driver.json").read_text(encoding="utf-8"))
_WARM_CALLS = 200
_COUNTED_CALLS = 50
_COLD_STARTS = 9
_BARE_IMPORTS = """
import boto3, pymysql, requests, pydantic
from aws_lambda_powertools import Logger, Metrics
Logger(service="bare"); Metrics(service="bare", namespace="bare")
boto3.client("kms")
"""

type _Handler = Callable[[dict[str, Any], Invocation], object]


def measured(bundle: Bundle) -> list[Figure]:
    """Return the figures of one database server."""
    bundle.set_value("LIMITS", "requests_per_minute", "600")
    bundle.set_value("LIMITS", "requests_per_minute", "600", scope="PROGRAM", scope_id=1)
    server = bundle.server.flavour.value
    return [
        *_warm(bundle, server),
        Figure("cold_start_ratio", round(_cold(bundle), 2), "x", "bare imports and a KMS client", server, "<= 1.15"),
    ]


def _warm(bundle: Bundle, server: str) -> list[Figure]:
    """Alternate the handler and both scripts in one process; the vendor's time is taken off all three."""
    split = Split()
    ours, bare, promising = [], [], []
    with handlers_of(bundle):
        from driver.app import handler  # noqa: PLC0415 - its environment has to be there first

        bare_script, promising_script = BareScript(bundle, EVENT["search"]), PromisingScript(bundle, EVENT["search"])
        for _ in range(5):  # caches and connections
            handler(_new_event(), Invocation())
            bare_script.call()
            promising_script.call()
        for _ in range(_WARM_CALLS):
            ours.append(_without_vendor(bundle, functools.partial(handler, _new_event(), Invocation())))
            bare.append(_without_vendor(bundle, bare_script.call))
            promising.append(_without_vendor(bundle, promising_script.call))
        _measure_parts(bundle, handler, split)
        trips = _round_trips(bundle, handler, with_key=False)
        trips_with_key = _round_trips(bundle, handler, with_key=True)
    _check_rows_closed(bundle)
    took = statistics.median(ours)
    overhead, same = took / statistics.median(bare), took / statistics.median(promising)
    promises = "the same with a row before, an atomic counter, the row closed after"
    counted = "the server's own count"
    return [
        Figure("warm_overhead_ratio", round(overhead, 2), "x", "bare POST, parse and one INSERT", server, "<= 3.0"),
        Figure("warm_overhead_same_promises", round(same, 2), "x", promises, server, "<= 1.8"),
        Figure("db_round_trips_warm", round(trips, 2), "per call", counted, server, "<= 2"),
        Figure("db_round_trips_warm_with_key", round(trips_with_key, 2), "per call", counted, server, "<= 2"),
        *split.figures(server),
    ]


def _measure_parts(bundle: Bundle, handler: _Handler, split: Split) -> None:
    """Apart from the ratios, because the clocks cost a little themselves."""
    with clocks() as read:
        for _ in range(_COUNTED_CALLS):
            event = _new_event()
            read()
            started = time.perf_counter()
            handler(event, Invocation())
            took = time.perf_counter() - started
            database, exchange = read()
            vendor = last_vendor_seconds(bundle.simulator)
            split.database.append(database)
            split.exchange.append(exchange - vendor)
            split.vendor.append(vendor)
            split.python.append(took - database - exchange)


def _round_trips(bundle: Bundle, handler: _Handler, *, with_key: bool) -> float:
    statements = []
    with StatementCounter(bundle.server) as counter:
        for _ in range(_COUNTED_CALLS):
            event = _new_event()
            if with_key:
                event["idempotency_key"] = str(uuid.uuid4())
            before = counter.read()
            handler(event, Invocation())
            statements.append(counter.read() - before - 1)
    return statistics.median(statements)


def _check_rows_closed(bundle: Bundle) -> None:
    """Raise RuntimeError where a call left its row open: it gave up a promise, and its figures mean nothing."""
    (row,) = bundle.rows("SELECT COUNT(*) AS n FROM integration_log WHERE outcome = 'OPEN'")
    if row["n"]:
        raise RuntimeError(f"{row['n']} calls did not close their rows")


def _new_event() -> dict[str, Any]:
    """Return a search that no cached response fits: the same people under another id of ours."""
    event: dict[str, Any] = json.loads(json.dumps(EVENT))
    event["search"]["drivers"][0]["id"] = f"D-{uuid.uuid4().hex[:8]}"
    return event


def _without_vendor(bundle: Bundle, call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    elapsed = time.perf_counter() - started
    return elapsed - last_vendor_seconds(bundle.simulator)


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
