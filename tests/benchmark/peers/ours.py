"""The hub's own admission as a subject. The only module of the comparison that names its classes."""

import itertools
import time
from dataclasses import dataclass
from typing import ClassVar, override

from integration_hub.admission.admission import Admission
from integration_hub.admission.request import AdmissionRequest, Permit
from integration_hub.db.connection import Database
from integration_hub.deadline import Deadline
from integration_hub.errors import CircuitOpen, DatabaseUnavailable, NotAdmitted, VendorUnavailable
from local.database import DatabaseServer, create_hub_database
from tests.benchmark.peers.breaker import FAILURES, OPEN_SECONDS, Breaker, VendorDownError
from tests.benchmark.peers.limiter import LIMIT, WINDOW_SECONDS, Limiter
from tests.support.admission.fleet import Plan, admission_of, request_of
from tests.support.admission.target import Target

_GUARD_SECONDS = WINDOW_SECONDS / 30  # production's proportion: 2 s to a minute
_NUMBERS = itertools.count(1)
_NO_LIMIT = 600  # more than a measurement of breakers asks for
_NO_JUDGE = ("127.0.0.1", 9)  # the plan's own judge is not used here


def target_on(server: DatabaseServer) -> Target:
    """Return a migrated schema of its own in which one call has been accepted, as in a fleet in service."""
    hub = create_hub_database(server, f"peers{next(_NUMBERS)}")
    target = Target(hub.host, hub.port, hub.runtime.username, hub.runtime.password, hub.name, str(hub.ca_file))
    database, admission, request = _opened(target, endpoint="OTHER", limit=_NO_LIMIT, vendor="OTHER")
    admission.ended(admission.admit(request, _soon()), None)
    database.close()
    return target


@dataclass(frozen=True)
class OurLimiter:
    """The limit at all three levels; circuit breaker and credential lockout are decided in the same round trip."""

    target: Target
    window_seconds: ClassVar[float] = WINDOW_SECONDS + _GUARD_SECONDS

    def open(self) -> Limiter:
        """Return the limiter of one process."""
        return _Admitting(self.target)


class _Admitting(Limiter):
    def __init__(self, target: Target) -> None:
        self._database, self._admission, self._request = _opened(target, endpoint="LIMITS", limit=LIMIT)
        self._database.query("DO 0")
        self._permit: Permit | None = None

    @override
    def ask(self) -> bool:
        try:
            self._permit = self._admission.admit(self._request, _soon())
        except NotAdmitted:
            return False
        return True

    @override
    def may_send(self) -> bool:
        if self._permit is None or time.monotonic() < self._permit.send_by:
            return True
        self._admission.unused(self._permit)
        return False

    @override
    def sent(self) -> None:
        if self._permit is not None:
            self._admission.ended(self._permit, None)


@dataclass(frozen=True)
class OurBreaker:
    """The circuit breaker of admission, without limits in the way."""

    target: Target

    def open(self) -> Breaker:
        """Return the breaker of one process."""
        return _Breaking(self.target)


class _Breaking(Breaker):
    def __init__(self, target: Target) -> None:
        self._database, self._admission, self._request = _opened(target, endpoint="BREAKER", limit=_NO_LIMIT)
        self._database.query("DO 0")

    @override
    def call(self, vendor: "Breaker.Vendor") -> bool:
        try:
            permit = self._admission.admit(self._request, _soon())
        except (CircuitOpen, DatabaseUnavailable):
            return False
        try:
            vendor()
        except VendorDownError:
            self._admission.ended(permit, VendorUnavailable("down", may_be_charged=False))
        else:
            self._admission.ended(permit, None)
        return True


def _opened(
    target: Target, *, endpoint: str, limit: int, vendor: str = "DCS"
) -> tuple[Database, Admission, AdmissionRequest]:
    plan = Plan(target, _NO_JUDGE, (limit, limit, limit), WINDOW_SECONDS, _GUARD_SECONDS, programs=1, integrations=1)
    request = request_of(
        plan,
        0,
        vendor=vendor,
        endpoint=endpoint,
        failure_threshold=FAILURES,
        open_seconds=OPEN_SECONDS,
        probe_seconds=5,
    )
    database = Database(target)
    return database, admission_of(plan, database), request


def _soon() -> Deadline:
    return Deadline(time.monotonic() + 10)
