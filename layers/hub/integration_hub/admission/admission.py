"""Acquire a permit to call the vendor, wait for a slot within bounds, and report how the attempt ended."""

import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pymysql

from integration_hub import events
from integration_hub.admission import result
from integration_hub.admission.day import day_starts
from integration_hub.admission.decision import (
    ADMIT_ATTEMPT,
    DATABASE_CLOCK,
    MISSING_ROWS,
    NO_LIMITS,
    Admitted,
    Decision,
    Refusal,
    Refused,
    arguments,
    decoded,
)
from integration_hub.admission.request import AdmissionRequest, Permit, RetryRefused
from integration_hub.configuration_key import Level
from integration_hub.db.connection import Database
from integration_hub.deadline import Deadline
from integration_hub.errors import (
    CircuitOpen,
    DatabaseUnavailable,
    IntegrationError,
    LoginLocked,
    NotAdmitted,
    RateLimited,
    RequestInProgress,
)
from integration_hub.models.call import SETTLE_SECONDS

WINDOW_SECONDS = 60.0
# Time passes between admission and the first byte at the vendor that the database does not see. A call may use the
# first three quarters of it to begin, the rest is for the network. The sliding window is longer by the whole of it, so
# that it holds as the vendor sees it; 60 / 62 of the allowance stay usable.
GUARD_SECONDS = 2.0
# How long a call waits while others try a credential that is not verified yet, and how often it asks.
_TRIAL_SECONDS, _TRIAL_POLL_SECONDS = 5.0, 0.2
_MIN_WAIT_SECONDS = 0.001
# Answers that came too late to be used. More in a row than this, and the database counts as unavailable.
_LATE_ANSWERS = 3


def _new_token() -> int:
    return secrets.randbits(62) + 1


@dataclass(frozen=True, slots=True)
class Question:
    """A decision that is about to be asked for; `arguments` are the parameters of hub_admit."""

    request: AdmissionRequest
    asked_at: float
    token: int
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """The call's row, marked as admitted in the same transaction; `has_key`: it holds an idempotency key."""

    call_id: str
    has_key: bool


class Admission:
    """Permits to call the vendor, decided by the database for the whole fleet.

    `clock` is monotonic seconds, `wall_clock` seconds since 1970, which only has to be right by the day. Tests shorten
    `window_seconds` and `guard_seconds`, and set their own `database_clock`, the SQL expression of now in microseconds.
    """

    def __init__(
        self,
        database: Database,
        *,
        report: events.Hook,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        new_token: Callable[[], int] = _new_token,
        window_seconds: float = WINDOW_SECONDS,
        guard_seconds: float = GUARD_SECONDS,
        database_clock: str = DATABASE_CLOCK,
    ) -> None:
        self._database = database
        self._report = report
        self._clock = clock
        self._wall_clock = wall_clock
        self._sleep = sleep
        self._new_token = new_token
        self._window_seconds = window_seconds
        self._guard_seconds = guard_seconds
        self._results = result.statements(database_clock)

    def question(self, request: AdmissionRequest, *, is_retry: bool = False, token: int | None = None) -> Question:
        """Prepare a decision, for whoever carries it to the database together with something else."""
        token = self._new_token() if token is None else token
        days = day_starts(self._wall_clock(), request.day_zone)
        window = self._window_seconds + self._guard_seconds
        values = arguments(request, days, window_seconds=window, token=token, is_retry=is_retry)
        return Question(request, self._clock(), token, values)

    def admit(
        self,
        request: AdmissionRequest,
        deadline: Deadline,
        *,
        row: ClaimedRow | None = None,
        asked: tuple[Question, Decision | None] | None = None,
    ) -> Permit:
        """Return the permit for a first attempt, after waiting for a slot where the configuration allows it.

        `asked`: a question whose decision is known already. Raises RateLimited, CircuitOpen, LoginLocked, NotAdmitted
        (others are trying an unverified credential), RequestInProgress (the idempotency key was taken over) or
        DatabaseUnavailable; in each case nothing may be sent.
        """
        started = self._clock()
        token = asked[0].token if asked else self._new_token()
        outcome = self._permit(*asked) if asked else None
        while True:
            if outcome is None:
                outcome = self._decided(self.question(request, token=token), row, deadline.later(SETTLE_SECONDS))
            if isinstance(outcome, Permit):
                return outcome
            left = min(started + _max_wait(request, outcome) - self._clock(), deadline.remaining())
            pause = max(outcome.wait_seconds, _MIN_WAIT_SECONDS)
            if outcome.reason is Refusal.TRIAL:
                pause = min(pause, _TRIAL_POLL_SECONDS)
            if pause > left:
                raise self._error(request, outcome)
            self._sleep(pause)
            outcome = None

    def admit_retry(self, request: AdmissionRequest, by: Deadline | None = None) -> Permit | RetryRefused:
        """Return the permit for one more attempt, or why there is none; never waits and never raises.

        Where a retry is refused for whatever reason, the error of the attempt before it stands.
        """
        try:
            outcome = self._decided(self.question(request, is_retry=True), None, by)
        except (DatabaseUnavailable, pymysql.MySQLError):
            return RetryRefused(DatabaseUnavailable.code)
        if isinstance(outcome, Permit):
            return outcome
        if outcome.reason is Refusal.RETRY_BUDGET:
            return RetryRefused("RETRY_BUDGET_SPENT")
        return RetryRefused(self._error(request, outcome).code)

    def ended(self, permit: Permit, error: IntegrationError | None, by: Deadline | None = None) -> None:
        """Report the result of a sent request: None, or the error that its attempt ended with.

        Writes nothing for a success while all is well. Never raises: a paid response must reach the caller whatever
        the database does.
        """
        self._write(permit, result.of(permit, error), by)

    def unused(self, permit: Permit, by: Deadline | None = None) -> None:
        """Report that the attempt says nothing about the vendor or the credential, for example that nothing was sent.

        The slot stays taken; a half-open breaker's or a credential's trial goes to the next call. Never raises.
        """
        self._write(permit, result.of_unused(permit), by)

    def _write(self, permit: Permit, changes: list[result.Result], by: Deadline | None) -> None:
        values = result.parameters(permit)
        for change in changes:
            try:
                self._database.write(self._results[change.kind], {**values, "because": change.because}, by=by)
            except (DatabaseUnavailable, pymysql.MySQLError):
                self._report(events.AdmissionResultLost(permit.request.endpoint))
                return

    def _decided(self, question: Question, row: ClaimedRow | None, by: Deadline | None) -> Permit | Refused:
        """Ask the database until an answer comes in time to be used."""
        for _ in range(_LATE_ANSWERS):
            outcome = self._permit(question, self._asked(question, row, by))
            if outcome is not None:
                return outcome
            question = self.question(question.request, is_retry=question.arguments["is_retry"], token=question.token)
        raise DatabaseUnavailable("The hub's database admits calls too slowly to keep the limits; nothing was bought.")

    def _asked(self, question: Question, row: ClaimedRow | None, by: Deadline | None) -> Decision:
        values = {
            **question.arguments,
            "call_id": None if row is None else row.call_id,
            "has_key": row is not None and row.has_key,
        }
        for missing in ((), MISSING_ROWS):
            for statement in missing:
                self._database.write(statement, values, by=by)
            (answer,) = self._database.query(ADMIT_ATTEMPT, values, by=by)
            decision = decoded(answer)
            if decision is not None:
                return decision
        raise DatabaseUnavailable("The rows that admission needs cannot be created; nothing was bought.")

    def _permit(self, question: Question, decision: Decision | None) -> Permit | Refused | None:
        """Return the permit or refusal; None where nothing was decided, or the answer came too late to be used."""
        if not isinstance(decision, Admitted):
            return decision
        permit = Permit(
            request=question.request,
            send_by=question.asked_at + self._guard_seconds * 0.75,
            token=question.token,
            epoch=decision.epoch,
            is_probe=decision.is_probe,
            breaker_had_failures=decision.breaker_had_failures,
            is_trial=decision.is_trial,
        )
        if self._clock() < permit.send_by:
            return permit
        self.unused(permit)
        return None

    def _error(self, request: AdmissionRequest, refused: Refused) -> IntegrationError:
        wait = refused.wait_seconds
        match refused.reason:
            case Refusal.LIMIT if refused.level is not None:
                limits = request.limits.get(refused.level, NO_LIMITS)
                return _rate_limited(refused, refused.level, limits.per_minute, limits.per_day)
            case Refusal.LOCKED_OUT:
                return LoginLocked(
                    "The vendor refused this credential twice. Calls with it stop until the credential is changed or an"
                    " operator unlocks it."
                )
            case Refusal.FORCED_OPEN:
                return CircuitOpen(
                    f"An operator has stopped calls to {request.endpoint}.", retry_after_seconds=wait or None
                )
            case Refusal.BREAKER_OPEN:
                return CircuitOpen(
                    f"{request.endpoint} failed too often in a row; the next trial call is in {math.ceil(wait)} s.",
                    retry_after_seconds=wait,
                )
            case Refusal.CLAIM_LOST:
                return RequestInProgress(
                    "Another request has taken over the idempotency key; repeat this one to get its response."
                )
            case _:
                return NotAdmitted(
                    "Other calls are trying a credential that the vendor has not accepted yet.",
                    retry_after_seconds=min(max(wait, 1.0), _TRIAL_SECONDS),
                )


def _max_wait(request: AdmissionRequest, refused: Refused) -> float:
    """Return the seconds that a call may wait in all; only a limit and a trial pass while one waits."""
    if refused.reason is Refusal.LIMIT:
        return request.max_wait_seconds
    return _TRIAL_SECONDS if refused.reason is Refusal.TRIAL else 0.0


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
