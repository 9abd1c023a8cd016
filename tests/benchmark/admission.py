"""What a decision of admission takes and how well it keeps the limits: 32 processes that ask for five times as much.

An independent judge sees the calls arrive. The window is a fifth of a minute and its guard a fifth of production's, so
that two turns fit into half a minute; the code is the same, and a test of the suite runs the whole minute.
"""

import statistics
import time

from integration_hub.db.connection import Database
from integration_hub.deadline import Deadline
from local.bundle import Bundle
from tests.benchmark.figures import Figure
from tests.support.admission.fleet import Plan, Tally, admission_of, fleet, request_of
from tests.support.admission.judge import Judge
from tests.support.admission.target import Target

_PROCESSES = 32
_WINDOW_SECONDS, _GUARD_SECONDS = 12.0, 0.4
_SYSTEM_LIMIT = 120
_LIMITS = (_SYSTEM_LIMIT, 60, 80)
# Seconds between two questions of one process, so that all together ask for five times the system's limit.
_PAUSE_SECONDS = _PROCESSES * _WINDOW_SECONDS / (5 * _SYSTEM_LIMIT)


def measured(bundle: Bundle) -> list[Figure]:
    """Return the figures of one database server."""
    database = bundle.database
    account = database.runtime
    target = Target(
        database.host, database.port, account.username, account.password, database.name, str(database.ca_file)
    )
    with Judge() as judge:
        plan = Plan(target, judge.address, _LIMITS, _WINDOW_SECONDS, _GUARD_SECONDS, pause_seconds=_PAUSE_SECONDS)
        _prove_login(plan)
        with fleet(plan, _PROCESSES) as running:
            time.sleep(2 * (_WINDOW_SECONDS + _GUARD_SECONDS) + 3)
            tallies = running.tallies()
        excess = judge.excess(_WINDOW_SECONDS)
        used = judge.usable("SYSTEM 0", _SYSTEM_LIMIT, _WINDOW_SECONDS, _WINDOW_SECONDS + _GUARD_SECONDS)
    return _figures(tallies, excess, used, bundle.server.flavour.value)


def _figures(tallies: list[Tally], excess: list[str], used: float, server: str) -> list[Figure]:
    unexpected = [problem for tally in tallies for problem in tally.unexpected]
    if unexpected:
        raise RuntimeError(f"a process of the fleet failed: {unexpected[0]}")
    decisions = [second * 1000 for tally in tallies for second in tally.seconds]
    percentiles = statistics.quantiles(decisions, n=100)
    asked = f"{len(decisions)} decisions, {_PROCESSES} processes"
    return [
        Figure("admission_p50_ms", round(percentiles[49], 2), "ms", asked, server),
        Figure("admission_p99_ms", round(percentiles[98], 2), "ms", asked, server, "< 25"),
        Figure("admission_over_grants", len(excess), "calls", "an independent judge", server, "0"),
        Figure("allowance_used_percent", round(100 * used, 1), "%", "of the system's limit", server, ">= 95"),
    ]


def _prove_login(plan: Plan) -> None:
    """Have one accepted call, as a fleet in service has had."""
    database = Database(plan.target)
    admission = admission_of(plan, database)
    admission.ended(admission.admit(request_of(plan, 0, vendor="ANOTHER"), Deadline(time.monotonic() + 10)), None)
    database.close()
