"""What a decision of admission takes and how well it keeps the limits.

16 processes for the time of granted and refused decisions, with every level limited. 32 processes that ask for five
times as much for the tail and the limits, which an independent judge checks. The window is shortened and its guard in
proportion; the code is the same, and a test of the suite runs the whole minute.
"""

import statistics
import time

from integration_hub.db.connection import Database
from integration_hub.deadline import Deadline
from local.bundle import Bundle
from tests.benchmark.figures import Figure
from tests.benchmark.peers.limiter import LIMIT, PROCESSES
from tests.benchmark.peers.ours import OurLimiter, target_on
from tests.benchmark.peers.rate_limits import undisturbed
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
    return [*_granted_and_refused(bundle), *_tail_and_limits(bundle)]


def _granted_and_refused(bundle: Bundle) -> list[Figure]:
    server = bundle.server.flavour.value
    result = undisturbed("ours", OurLimiter(target_on(bundle.server)))
    if result.errors:
        raise RuntimeError(f"decisions failed: {result.errors}")
    asked = f"{PROCESSES} processes, {LIMIT} calls a window"
    return [
        Figure("admission_granted_p50_ms", result.granted_ms[0], "ms", asked, server, "<= 1.5"),
        Figure("admission_refused_p50_ms", result.refused_ms[0], "ms", asked, server, "<= 0.8"),
    ]


def _tail_and_limits(bundle: Bundle) -> list[Figure]:
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
        Figure("admission_p99_ms", round(percentiles[98], 2), "ms", asked, server, "< 10"),
        Figure("admission_over_grants", len(excess), "calls", "an independent judge", server, "0"),
        Figure("allowance_used_percent", round(100 * used, 1), "%", "of the system's limit", server, ">= 95"),
    ]


def _prove_login(plan: Plan) -> None:
    """Have one accepted call, as a fleet in service has had."""
    database = Database(plan.target)
    admission = admission_of(plan, database)
    admission.ended(admission.admit(request_of(plan, 0, vendor="ANOTHER"), Deadline(time.monotonic() + 10)), None)
    database.close()
