"""A real database whose statements learn the moment from the test, and admission on top of it."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

from integration_hub.admission.admission import Admission
from integration_hub.admission.request import AdmissionRequest, Limits, Permit
from integration_hub.configuration.keys import Level
from integration_hub.db.connection import Database, Parameters, Row, Written
from integration_hub.errors import IntegrationError
from integration_hub.models import Deadline

CHICAGO = ZoneInfo("America/Chicago")
CLOCK = "%(now)s"
SECOND = 1_000_000
NO_WAIT = Deadline(0.0, clock=lambda: 0.0)


class ClockedDatabase(Database):
    """`now` is the moment in microseconds since 1970, for statements whose clock is CLOCK."""

    now = 1_772_900_000 * SECOND

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Add the moment and read."""
        return super().query(sql, self._with_now(parameters))

    def write(self, sql: str, parameters: Parameters = ()) -> Written:
        """Add the moment and write."""
        return super().write(sql, self._with_now(parameters))

    def pass_time(self, seconds: float) -> None:
        """Let time go on; also what a waiting caller is given for sleep."""
        self.now += round(seconds * SECOND)

    def _with_now(self, parameters: Parameters) -> Mapping[str, object]:
        return {**(parameters if isinstance(parameters, Mapping) else {}), "now": self.now}


def admission_on(database: ClockedDatabase, **changes: Any) -> Admission:
    """Return admission that lives in the database's time."""
    return Admission(
        database,
        **{
            "report_lost": must_not_happen,
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
        "login": "7:TEST:1",
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


def must_not_happen(permit: Permit, error: IntegrationError) -> None:
    """Stand for a report that a test does not expect."""
    raise AssertionError(permit, error)


def at_once[T](callers: list[Callable[[], T]]) -> list[T]:
    """Run all callers at the same time, each in a thread, and return what they return."""
    with ThreadPoolExecutor(len(callers)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(caller) for caller in callers]]
