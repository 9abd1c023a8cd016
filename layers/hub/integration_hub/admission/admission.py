"""Asking for leave to call, waiting for it within bounds, and reporting how the call ended."""

import math
import secrets
import time
from collections.abc import Callable

import pymysql

from integration_hub.admission import results
from integration_hub.admission.day import day_starts
from integration_hub.admission.request import AdmissionRequest, Permit, RetryRefused
from integration_hub.admission.statement import (
    DATABASE_CLOCK,
    MISSING_ROWS,
    NO_LIMITS,
    Admitted,
    Refusal,
    Refused,
    admission_statement,
    answer,
    parameters,
)
from integration_hub.configuration.keys import Level
from integration_hub.db.connection import Database
from integration_hub.errors import (
    CircuitOpen,
    DatabaseUnavailable,
    IntegrationError,
    LoginLocked,
    NotAdmitted,
    RateLimited,
)
from integration_hub.models import Deadline

WINDOW_SECONDS = 60.0
# Between admission and the first byte at the vendor pass moments that the database does not see. A call may use the
# first three quarters of them to begin, the rest is for the network. The window is longer by the whole of it, so that
# it holds as the vendor sees it; 60 / 62 of the allowance stay usable.
GUARD_SECONDS = 2.0
# How long a call waits while another one tries a login that is not verified yet, and how often it looks.
_TRIAL_SECONDS, _TRIAL_LOOK_SECONDS = 5.0, 0.2
_SHORTEST_WAIT_SECONDS = 0.001
# Answers that came too late to be used. More in a row than this, and the database is as good as away.
_LATE_ANSWERS = 3


def _new_token() -> int:
    return secrets.randbits(62) + 1


class Admission:
    """Leave to call the vendor, decided by the database for the whole fleet.

    `report_lost` hears of a result that could not be written. `clock` is monotonic seconds, `wall_clock` seconds since
    1970, which only has to be right by the day. Tests shorten `window_seconds` and `guard_seconds`, and set their own
    `database_clock`, the SQL expression of now in microseconds.
    """

    def __init__(
        self,
        database: Database,
        *,
        report_lost: Callable[[Permit, IntegrationError], None],
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        new_token: Callable[[], int] = _new_token,
        window_seconds: float = WINDOW_SECONDS,
        guard_seconds: float = GUARD_SECONDS,
        database_clock: str = DATABASE_CLOCK,
    ) -> None:
        self._database = database
        self._report_lost = report_lost
        self._clock = clock
        self._wall_clock = wall_clock
        self._sleep = sleep
        self._new_token = new_token
        self._window_seconds = window_seconds
        self._guard_seconds = guard_seconds
        self._statement = admission_statement(database_clock)
        self._results = results.statements(database_clock)

    def admit(self, request: AdmissionRequest, deadline: Deadline) -> Permit:
        """Return the permit for a first attempt, after waiting for a slot where the configuration allows it.

        Raises RateLimited, CircuitOpen, LoginLocked, NotAdmitted (a new login is being tried by others) or
        DatabaseUnavailable; in each case nothing may be sent.
        """
        token = self._new_token()
        started = self._clock()
        while True:
            decision = self._decided(request, token, is_retry=False)
            if isinstance(decision, Permit):
                return decision
            left = min(started + _longest_wait(request, decision) - self._clock(), deadline.remaining())
            pause = max(decision.wait_seconds, _SHORTEST_WAIT_SECONDS)
            if decision.reason is Refusal.LOGIN_ON_TRIAL:
                pause = min(pause, _TRIAL_LOOK_SECONDS)
            if pause > left:
                raise self._error(request, decision)
            self._sleep(pause)

    def admit_retry(self, request: AdmissionRequest) -> Permit | RetryRefused:
        """Return the permit for one more attempt, or why there is none; never waits and never raises.

        A retry is a favour: where it is refused for whatever reason, the error of the attempt before it stands.
        """
        try:
            decision = self._decided(request, self._new_token(), is_retry=True)
        except DatabaseUnavailable as error:
            return RetryRefused(error.code)
        if isinstance(decision, Permit):
            return decision
        if decision.reason is Refusal.RETRY_BUDGET:
            return RetryRefused("RETRY_BUDGET_SPENT")
        return RetryRefused(self._error(request, decision).code)

    def ended(self, permit: Permit, error: IntegrationError | None) -> None:
        """Report the result of a sent request: None, or the error that its attempt ended with.

        Writes nothing for a success while all is well. Never raises: a paid answer must reach the caller whatever
        the database does.
        """
        self._write(permit, results.of(permit, error))

    def unused(self, permit: Permit) -> None:
        """Report that nothing was sent with this permit, so that it says nothing about vendor or login.

        The slot stays taken; a probe or a login's trial goes to the next call. Never raises.
        """
        self._write(permit, results.of_unused(permit))

    def _write(self, permit: Permit, names: list[results.Result]) -> None:
        values = results.parameters(permit)
        for name in names:
            try:
                self._database.write(self._results[name.kind], {**values, "because": name.because})
            except (DatabaseUnavailable, pymysql.MySQLError):
                self._report_lost(permit, DatabaseUnavailable("The result could not be written."))
                return

    def _decided(self, request: AdmissionRequest, token: int, *, is_retry: bool) -> Permit | Refused:
        for _ in range(_LATE_ANSWERS):
            asked_at = self._clock()
            decision = self._answer(request, token, is_retry=is_retry)
            if isinstance(decision, Refused):
                return decision
            permit = Permit(
                request=request,
                send_by=asked_at + self._guard_seconds * 0.75,
                token=token,
                epoch=decision.epoch,
                is_probe=decision.is_probe,
                breaker_had_failures=decision.breaker_had_failures,
                login_on_trial=decision.login_on_trial,
            )
            if self._clock() < permit.send_by:
                return permit
            self.unused(permit)
        raise DatabaseUnavailable("The hub's database admits calls too slowly to keep the limits; nothing was bought.")

    def _answer(self, request: AdmissionRequest, token: int, *, is_retry: bool) -> Admitted | Refused:
        days = day_starts(self._wall_clock(), request.day_zone)
        window = self._window_seconds + self._guard_seconds
        values = parameters(request, days, window_seconds=window, token=token, is_retry=is_retry)
        decision = answer(self._database.write(self._statement, values).last_id)
        if decision is None:
            for row in MISSING_ROWS:
                self._database.write(row, values)
            decision = answer(self._database.write(self._statement, values).last_id)
        if decision is None:
            raise DatabaseUnavailable("The rows that admission needs cannot be made; nothing was bought.")
        return decision

    def _error(self, request: AdmissionRequest, refused: Refused) -> NotAdmitted:
        wait = refused.wait_seconds
        match refused.reason:
            case Refusal.LIMIT if refused.level is not None:
                limits = request.limits.get(refused.level, NO_LIMITS)
                return _rate_limited(refused, refused.level, limits.per_minute, limits.per_day)
            case Refusal.LOGIN_LOCKED:
                return LoginLocked(
                    "The vendor refused this login twice. Calls with it stop until the credential is changed or an"
                    " operator lifts the lock."
                )
            case Refusal.FORCED_OPEN:
                return CircuitOpen(f"An operator has stopped {request.endpoint}.", retry_after_seconds=wait or None)
            case Refusal.BREAKER_OPEN:
                return CircuitOpen(
                    f"{request.endpoint} failed too often in a row; it is tried again in {math.ceil(wait)} s.",
                    retry_after_seconds=wait,
                )
            case _:
                return NotAdmitted(
                    "A login that the vendor has not accepted yet is being tried by other calls.",
                    retry_after_seconds=min(max(wait, 1.0), _TRIAL_SECONDS),
                )


def _longest_wait(request: AdmissionRequest, refused: Refused) -> float:
    """Return the seconds that a call may spend waiting in all; only a limit and a trial pass while one waits."""
    if refused.reason is Refusal.LIMIT:
        return request.max_wait_seconds
    return _TRIAL_SECONDS if refused.reason is Refusal.LOGIN_ON_TRIAL else 0.0


def _rate_limited(refused: Refused, level: Level, per_minute: int | None, per_day: int | None) -> RateLimited:
    limit, seconds = (per_minute, 60) if refused.window == "minute" else (per_day, 86_400)
    return RateLimited(
        f"The limit of {limit} calls per {refused.window} at level {level} is reached;"
        f" the next slot is in {refused.wait_seconds:.3f} s.",
        level=level.value,
        limit=limit or 0,
        window_seconds=seconds,
        retry_after_seconds=refused.wait_seconds,
    )
