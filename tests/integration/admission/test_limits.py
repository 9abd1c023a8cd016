"""Limits, one rule at a time; the fleet and the model try them all at once."""

import threading
import time
from datetime import datetime

import pytest

from integration_hub import events
from integration_hub.admission.admission import Admission
from integration_hub.admission.decision import DATABASE_CLOCK
from integration_hub.admission.request import Limits, RetryRefused
from integration_hub.admission.usage import RateLimitUsage, rate_limit_usage
from integration_hub.configuration_key import Level
from integration_hub.db.connection import Database, Parameters
from integration_hub.deadline import Deadline
from integration_hub.errors import DatabaseUnavailable, RateLimited
from local.database import DatabaseServer
from tests.support.admission.clocked import (
    CHICAGO,
    SECOND,
    ClockedDatabase,
    CountingDatabase,
    admission_on,
    asked,
    at_once,
    deadline_on,
    must_not_happen,
    prove,
)
from tests.support.admission.target import Target


def test_a_healthy_call_costs_one_statement(database: ClockedDatabase) -> None:
    """Admission is one round trip, and a success with nothing to mend is none."""
    admission = admission_on(database)
    prove(admission, database, asked())
    before = database.statements
    permit = admission.admit(asked(), deadline_on(database))
    assert database.statements == before + 1
    admission.ended(permit, None)
    assert database.statements == before + 1


def test_a_refusal_says_exactly_when_to_come_again(database: ClockedDatabase) -> None:
    """A caller who obeys is not refused twice; one who comes a microsecond sooner is."""
    admission = admission_on(database)
    request = asked(system=Limits(10), program=Limits(2))
    prove(admission, database, asked(vendor="ANOTHER"))
    admission.admit(request, deadline_on(database))
    database.pass_time(7)
    admission.admit(request, deadline_on(database))
    database.pass_time(1)
    with pytest.raises(RateLimited) as refused:
        admission.admit(request, deadline_on(database))
    assert (refused.value.level, refused.value.limit, refused.value.window_seconds) == ("PROGRAM", 2, 60)
    assert refused.value.retry_after_seconds == pytest.approx(62 - 8, abs=1e-6)
    database.pass_time(54 - 1e-6)
    with pytest.raises(RateLimited):
        admission.admit(request, deadline_on(database))
    database.pass_time(1e-6)
    admission.admit(request, deadline_on(database))


def test_a_refusal_takes_nothing_at_any_level(database: ClockedDatabase) -> None:
    """One full level must not use up the others."""
    admission = admission_on(database)
    prove(admission, database, asked(vendor="ANOTHER"))
    request = asked(system=Limits(3, 100), program=Limits(1), integration=Limits(3))
    admission.admit(request, deadline_on(database))
    for _ in range(5):
        with pytest.raises(RateLimited):
            admission.admit(request, deadline_on(database))
    others = asked(system=Limits(3, 100), program_id=2, integration=Limits(3))
    for _ in range(2):
        admission.admit(others, deadline_on(database))
    with pytest.raises(RateLimited, match=r"SYSTEM|INTEGRATION"):
        admission.admit(others, deadline_on(database))


def test_a_lowered_limit_acts_at_once_and_raising_it_again_gives_nothing_away(database: ClockedDatabase) -> None:
    """What was called under any limit is still known, up to the highest limit that can be set."""
    admission = admission_on(database)
    prove(admission, database, asked(vendor="ANOTHER"))
    for _ in range(600):
        admission.admit(asked(system=Limits(600)), deadline_on(database))
    for limit in (5, 599, 600):
        with pytest.raises(RateLimited):
            admission.admit(asked(system=Limits(limit)), deadline_on(database))


def test_a_call_waits_as_long_as_it_may_and_no_longer(database: ClockedDatabase) -> None:
    """`max_wait_ms` bounds the waiting, and so does the call's own deadline."""
    admission = admission_on(database)
    prove(admission, database, asked(vendor="ANOTHER"))
    patient = asked(system=Limits(1), max_wait_seconds=62.0)
    admission.admit(patient, deadline_on(database))
    begun = database.now
    with pytest.raises(RateLimited):
        admission.admit(patient, deadline_on(database, seconds=61))
    with pytest.raises(RateLimited):
        admission.admit(asked(system=Limits(1), max_wait_seconds=61.9), deadline_on(database, seconds=100))
    assert database.now == begun
    admission.admit(patient, deadline_on(database, seconds=100))
    assert database.now == begun + 62 * SECOND


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-01", 24)], ids=["spring", "autumn", "summer"]
)
def test_the_day_begins_at_local_midnight(database: ClockedDatabase, day: str, hours: int) -> None:
    """The last call of a day and the first of the next are told apart to the microsecond, whatever callers' clocks."""
    midnight = round(datetime.fromisoformat(day).replace(tzinfo=CHICAGO).timestamp()) * SECOND
    database.now = midnight
    wrong = iter([-5.0, 5.0, -36_000.0, 36_000.0, 5.0, -5.0, 5.0, -5.0, 0.0, 0.0, 0.0, 0.0])
    admission = admission_on(database, wall_clock=lambda: database.now / SECOND + next(wrong))
    request = asked(system=Limits(None, 3))
    prove(admission, database, request)
    for _ in range(2):
        admission.admit(request, deadline_on(database))
    with pytest.raises(RateLimited) as refused:
        admission.admit(request, deadline_on(database))
    assert refused.value.retry_after_seconds == hours * 3600
    assert refused.value.window_seconds == 86_400
    database.now = midnight + hours * 3600 * SECOND - 1
    with pytest.raises(RateLimited):
        admission.admit(request, deadline_on(database))
    database.now += 1
    for _ in range(3):
        admission.admit(request, deadline_on(database))
    with pytest.raises(RateLimited):
        admission.admit(request, deadline_on(database))


def test_first_callers_on_new_rows_do_not_get_in_each_others_way(target: Target) -> None:
    """64 callers at once, where not one row exists yet: the limit, exactly, and no other refusal."""
    start = threading.Barrier(64)

    def call() -> str:
        database = Database(target)
        database.query("SELECT 1")
        admission = Admission(database, report=must_not_happen)
        start.wait(timeout=30)
        try:
            permit = admission.admit(asked(system=Limits(20), max_wait_seconds=0.0), Deadline(time.monotonic() + 30))
        except RateLimited:
            return "limited"
        else:
            admission.ended(permit, None)
            return "admitted"
        finally:
            database.close()

    told = at_once([call] * 64)
    assert (told.count("admitted"), told.count("limited")) == (20, 44)


def test_the_clock_is_read_after_the_lock_was_had(target: Target, database_server: DatabaseServer) -> None:
    """A stamp from before a long wait for a lock would open the window too early."""
    database = Database(target)
    admission = Admission(database, report=must_not_happen)
    admission.ended(admission.admit(asked(), Deadline(time.monotonic() + 10)), None)
    with database_server.admin(target.database) as holder, holder.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT vendor FROM rate_limit WHERE level = 'SYSTEM' FOR UPDATE")
        waiting = threading.Thread(target=lambda: admission.admit(asked(), Deadline(time.monotonic() + 10)))
        waiting.start()
        time.sleep(0.8)
        released = time.time()
        cursor.execute("COMMIT")
        waiting.join(timeout=10)
        cursor.execute("SELECT RIGHT(recent_calls, 8) FROM rate_limit")
        stamps = [int.from_bytes(row[0]) / SECOND for row in cursor.fetchall()]
    database.close()
    assert len(stamps) == 3
    assert min(stamps) >= released


def test_the_clock_does_not_depend_on_the_sessions_time_zone(database_server: DatabaseServer) -> None:
    """Local time repeats an hour each autumn; the hub's clock must not."""
    with database_server.admin() as connection, connection.cursor() as cursor:
        for zone in ("+00:00", "-06:00", "+05:45"):
            cursor.execute("SET time_zone = %s", (zone,))
            before = time.time()
            cursor.execute(f"SELECT {DATABASE_CLOCK}")
            (row,) = cursor.fetchall()
            assert before - 0.001 <= row[0] / SECOND <= time.time() + 0.001


def test_a_permit_that_comes_too_late_is_not_handed_out(database: ClockedDatabase) -> None:
    """Admission that takes longer than the guard allows would break the window at the vendor."""
    ticks = iter(range(0, 1000, 2))  # two seconds pass between any two looks at the clock
    admission = admission_on(database, clock=lambda: float(next(ticks)))
    with pytest.raises(DatabaseUnavailable, match="slowly"):
        admission.admit(asked(), Deadline(1e9, clock=lambda: 0.0))


def test_a_permit_ends_before_the_guard_does(database: ClockedDatabase) -> None:
    """It counts from before the database was asked, and the last quarter of the guard belongs to the network."""
    ticks = iter([0.0, 100.0, 101.0])
    permit = admission_on(database, clock=lambda: next(ticks)).admit(asked(), deadline_on(database))
    assert permit.send_by == 101.5


def test_a_day_that_has_begun_does_not_begin_again(database: ClockedDatabase) -> None:
    """After a failover the clock may be behind: what the new day has seen stays seen."""
    admission, request = admission_on(database), asked(system=Limits(None, 3))
    prove(admission, database, asked(vendor="ANOTHER"))
    midnight = round(datetime(2026, 6, 1, tzinfo=CHICAGO).timestamp()) * SECOND
    for moment in (midnight + SECOND, midnight + SECOND, midnight - SECOND):
        database.now = moment
        admission.admit(request, deadline_on(database))
    database.now = midnight + 2 * SECOND
    with pytest.raises(RateLimited):
        admission.admit(request, deadline_on(database))


def test_no_database_no_call(database_server: DatabaseServer) -> None:
    """Without the shared count nobody may call: fail closed."""
    nowhere = Target(database_server.host, 1, "nobody", "", "nothing", str(database_server.ca_file))
    admission = Admission(Database(nowhere), report=must_not_happen)
    with pytest.raises(DatabaseUnavailable):
        admission.admit(asked(), Deadline(time.monotonic() + 10))
    assert admission.admit_retry(asked()) == RetryRefused("DATABASE_UNAVAILABLE")


def test_a_result_that_cannot_be_written_is_reported_and_does_not_raise(
    database: ClockedDatabase, database_server: DatabaseServer
) -> None:
    """A paid answer must reach the caller whatever the database does."""
    permit = admission_on(database).admit(asked(), deadline_on(database))
    lost: list[events.Event] = []
    nowhere = Target(database_server.host, 1, "nobody", "", "nothing", str(database_server.ca_file))
    Admission(Database(nowhere), report=lost.append).ended(permit, None)
    assert lost == [events.AdmissionResultLost("DCS:Criminal:TEST")]


def test_a_lock_that_was_waited_for_too_long_is_asked_for_again(
    target: Target, database_server: DatabaseServer
) -> None:
    """The server rolls such a statement back (error 1205); the caller does not notice."""
    database = CountingDatabase(target)
    admission = Admission(database, report=must_not_happen, guard_seconds=60)
    admission.admit(asked(), Deadline(time.monotonic() + 10))
    database.write("SET innodb_lock_wait_timeout = 1")
    before = database.statements
    with database_server.admin(target.database) as holder, holder.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT vendor FROM rate_limit FOR UPDATE")
        release = threading.Timer(1.5, holder.commit)
        release.start()
        admission.admit(asked(), Deadline(time.monotonic() + 10))
        release.join()
    assert database.statements == before + 2
    database.close()


def test_who_is_using_my_minute(target: Target) -> None:
    """An operator sees the use of each gate beside the limit that it went by."""
    database = Database(target)
    admission = Admission(database, report=must_not_happen)
    first = asked(system=Limits(90, 1000), program=Limits(50))
    admission.ended(admission.admit(first, Deadline(time.monotonic() + 10)), None)
    for program_id in (2, 2):
        request = asked(system=Limits(90, 1000), program_id=program_id)
        admission.admit(request, Deadline(time.monotonic() + 10))
    used = rate_limit_usage(database, "DCS", CHICAGO)
    database.close()
    assert used == [
        RateLimitUsage(Level.SYSTEM, 0, last_minute=3, minute_limit=90, today=3, day_limit=1000),
        RateLimitUsage(Level.PROGRAM, 1, last_minute=1, minute_limit=50, today=1, day_limit=None),
        RateLimitUsage(Level.PROGRAM, 2, last_minute=2, minute_limit=None, today=2, day_limit=None),
        RateLimitUsage(Level.INTEGRATION, 7, last_minute=3, minute_limit=None, today=3, day_limit=None),
    ]


def test_rows_that_cannot_be_created_refuse_the_call(target: Target) -> None:
    """Without the shared state nothing may be sent: fail closed."""
    database = _WithoutInserts(target)
    admission = Admission(database, report=must_not_happen)
    with pytest.raises(DatabaseUnavailable, match="cannot be created"):
        admission.admit(asked(), Deadline(time.monotonic() + 10))
    database.close()


class _WithoutInserts(Database):
    """Loses what it is to insert, as a trigger or a clean-up of the carrier's might."""

    def write(self, sql: str, parameters: Parameters = (), *, by: Deadline | None = None) -> int:
        return 0 if sql.startswith("INSERT") else super().write(sql, parameters, by=by)
