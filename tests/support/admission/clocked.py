"""A real database whose statements learn the moment from the test, and admission on top of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

from pymysql.cursors import DictCursor

from integration_hub import events
from integration_hub.admission.admission import Admission
from integration_hub.admission.decision import DATABASE_CLOCK
from integration_hub.admission.request import AdmissionRequest, Limits
from integration_hub.configuration_key import Level
from integration_hub.db.connection import Database, Parameters, Row
from integration_hub.db.migrate import read
from integration_hub.deadline import Deadline
from local.database import MIGRATIONS, DatabaseServer, HubDatabase

CHICAGO = ZoneInfo("America/Chicago")
CLOCK = "@hub_test_now"
SECOND = 1_000_000
NO_WAIT = Deadline(0.0, clock=lambda: 0.0)


class CountingDatabase(Database):
    """Counts what it sends in `statements`."""

    statements = 0

    def _once[T](self, statement: Callable[[DictCursor], T], seconds: float) -> T:
        self.statements += 1
        return super()._once(statement, seconds)


class ClockedDatabase(CountingDatabase):
    """`now` is the moment in microseconds since 1970, for statements whose clock is CLOCK."""

    now = 1_772_900_000 * SECOND

    def query(self, sql: str, parameters: Parameters = (), *, by: Deadline | None = None) -> list[Row]:
        """Set the clock and read."""
        self._set_clock()
        return super().query(sql, parameters, by=by)

    def write(self, sql: str, parameters: Parameters = (), *, by: Deadline | None = None) -> int:
        """Set the clock and write."""
        self._set_clock()
        return super().write(sql, parameters, by=by)

    def pass_time(self, seconds: float) -> None:
        """Let time go on; also what a waiting caller is given for sleep."""
        self.now += round(seconds * SECOND)

    def _set_clock(self) -> None:
        super().write(f"SET {CLOCK} = %s", (self.now,))
        self.statements -= 1


def turn_clock_by_hand(server: DatabaseServer, hub: HubDatabase) -> None:
    """Replace the clock of a schema's hub_admit by CLOCK, where a session has set it; the decision stays the same."""
    (step,) = [step for one in read(MIGRATIONS) for step in one.steps if "PROCEDURE hub_admit(" in step.sql]
    clocked = step.sql.replace(DATABASE_CLOCK, f"COALESCE({CLOCK}, {DATABASE_CLOCK})")
    assert clocked != step.sql
    with server.admin(hub.name) as connection, connection.cursor() as cursor:
        cursor.execute("DROP PROCEDURE hub_admit")
        cursor.execute(clocked)
        cursor.execute(f"GRANT EXECUTE ON PROCEDURE `{hub.name}`.hub_admit TO '{hub.runtime.username}'@'%'")


def admission_on(database: ClockedDatabase, **changes: Any) -> Admission:
    """Return admission that lives in the database's time."""
    return Admission(
        database,
        **{
            "report": must_not_happen,
            "clock": lambda: database.now / SECOND,
            "wall_clock": lambda: database.now / SECOND,
            "sleep": database.pass_time,
            "database_clock": CLOCK,
            **changes,
        },
    )


def deadline_on(database: ClockedDatabase, seconds: float = 25) -> Deadline:
    """Return a deadline in the database's time."""
    return Deadline(database.now / SECOND + seconds, clock=lambda: database.now / SECOND)


def asked(
    *, system: Limits | None = None, program: Limits | None = None, integration: Limits | None = None, **changes: Any
) -> AdmissionRequest:
    """Return a request with few limits and quick breakers."""
    given = {Level.SYSTEM: system, Level.PROGRAM: program, Level.INTEGRATION: integration}
    values: dict[str, Any] = {
        "vendor": "DCS",
        "program_id": 1,
        "integration_id": 7,
        "endpoint": "DCS:Criminal:TEST",
        "credential": "7:TEST:1",
        "limits": {level: limits for level, limits in given.items() if limits is not None},
        "day_zone": CHICAGO,
        "max_wait_seconds": 0.0,
        "retry_budget_percent": 20,
        "failure_threshold": 3,
        "open_seconds": 60,
        "probe_seconds": 40,
    }
    return AdmissionRequest(**{**values, **changes})


def prove(admission: Admission, database: ClockedDatabase, request: AdmissionRequest) -> None:
    """Have the login accepted once."""
    admission.ended(admission.admit(request, deadline_on(database)), None)


def must_not_happen(event: events.Event) -> None:
    """Stand for a report that a test does not expect."""
    raise AssertionError(event)


def at_once[T](callers: list[Callable[[], T]]) -> list[T]:
    """Run all callers at the same time, each in a thread, and return what they return."""
    with ThreadPoolExecutor(len(callers)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(caller) for caller in callers]]
