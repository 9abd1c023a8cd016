"""No window over any level's limit, seen from outside, while a fleet of processes asks for many times as much."""

import time

import pytest

from integration_hub.db.connection import Database
from integration_hub.deadline import Deadline
from local.database import DatabaseServer
from tests.support.admission.fleet import Plan, admission_of, fleet, request_of
from tests.support.admission.judge import Judge
from tests.support.admission.target import Target

PROCESSES = 32


def _plan(target: Target, judge: Judge, *, window_seconds: float = 3.0, guard_seconds: float = 0.4) -> Plan:
    """Programs share out 90 of 60, integrations 80: each level refuses some of the time."""
    return Plan(target, judge.address, (60, 30, 40), window_seconds, guard_seconds)


def _prove_login(plan: Plan) -> None:
    """Have one accepted call, as a fleet in service has had."""
    database = Database(plan.target)
    admission = admission_of(plan, database)
    request = request_of(plan, 0, vendor="ANOTHER")
    admission.ended(admission.admit(request, Deadline(time.monotonic() + 10)), None)
    database.close()


def test_no_limit_is_exceeded_whoever_dies_and_whatever_changes(target: Target) -> None:
    """Limits are lowered and raised again in mid-run, and processes die with slots and locks in their hands."""
    with Judge() as judge:
        plan = _plan(target, judge)
        _prove_login(plan)
        with fleet(plan, PROCESSES) as running:
            time.sleep(4.5)
            running.kill_some(3)
            running.tenths.value = 4
            time.sleep(2.5)
            running.kill_some(3)
            running.tenths.value = 10
            # Three turns and the reduced time: a limiter that merely refuses everything would never get there.
            judge.wait_for(120)
            tallies = running.tallies()
        assert [tally.unexpected for tally in tallies if tally.unexpected] == []
        assert sum(tally.unavailable for tally in tallies) == 0
        assert sum(tally.asked for tally in tallies) > 5 * sum(tally.admitted for tally in tallies)
        assert judge.excess(plan.window_seconds) == []
        assert len({gate for arrival in judge.arrivals for gate in arrival.limits}) == 6


def test_a_restart_of_the_database_gives_nothing_away(target: Target, database_server: DatabaseServer) -> None:
    """The server is killed twice under load; while it is away nobody calls, and what it had counted it still knows."""
    with Judge() as judge:
        plan = _plan(target, judge)
        _prove_login(plan)
        with fleet(plan, PROCESSES) as running:
            for _ in range(2):
                time.sleep(2)
                database_server.kill()
                time.sleep(0.3)
                database_server.start()
            judge.wait_for(100)
            tallies = running.tallies()
        assert [tally.unexpected for tally in tallies if tally.unexpected] == []
        assert sum(tally.unavailable for tally in tallies) > 0
        assert judge.excess(plan.window_seconds) == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_real_minute_is_strict_and_nearly_all_of_it_usable(target: Target) -> None:
    """With production's window and guard: two whole turns of the window, at least 95 % of the allowance used."""
    with Judge() as judge:
        plan = _plan(target, judge, window_seconds=60.0, guard_seconds=2.0)
        _prove_login(plan)
        with fleet(plan, PROCESSES) as running:
            time.sleep(2 * 62 + 6)
            tallies = running.tallies()
        assert [tally.unexpected for tally in tallies if tally.unexpected] == []
        assert judge.excess(60.0) == []
        assert judge.usable("SYSTEM 0", 60, 60.0, 62.0) >= 0.95
