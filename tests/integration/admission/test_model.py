"""Random histories end the same in SQL as in the reference model."""

import random
from dataclasses import dataclass, field, replace

import pytest

from integration_hub.admission.admission import Admission
from integration_hub.admission.circuit_breaker import CircuitBreakers
from integration_hub.admission.credential_lockout import CredentialLockout
from integration_hub.admission.request import AdmissionRequest, Limits, Permit
from integration_hub.configuration_key import Level
from integration_hub.errors import (
    IntegrationError,
    NotAdmitted,
    RateLimited,
    VendorAuthRefused,
    VendorRejected,
    VendorUnavailable,
)
from tests.support.admission.clocked import CHICAGO, CLOCK, NO_WAIT, ClockedDatabase, must_not_happen
from tests.support.admission.model import SECOND, Decision, LoginState, Model
from tests.support.admission.target import Target

WINDOW, GUARD = 60, 2


@dataclass
class History:
    """A database and a model that live through the same events."""

    database: ClockedDatabase
    chance: random.Random
    model: Model = field(default_factory=lambda: Model(window=(WINDOW + GUARD) * SECOND))
    out: list[tuple[Permit, int, bool]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    token: int = 0
    wait: int = 0

    def __post_init__(self) -> None:
        """Build the real parts."""
        self.admission = Admission(
            self.database,
            report=must_not_happen,
            clock=lambda: 0.0,
            # Any caller's clock may be wrong by hours.
            wall_clock=lambda: self.database.now / SECOND + self.chance.uniform(-36_000, 36_000),
            sleep=_must_not_sleep,
            new_token=self._next_token,
            window_seconds=WINDOW,
            guard_seconds=GUARD,
            database_clock=CLOCK,
        )
        self.breakers = CircuitBreakers(self.database, database_clock=CLOCK)
        self.logins = CredentialLockout(self.database, database_clock=CLOCK)

    def _next_token(self) -> int:
        self.token += 1
        return self.token

    def step(self) -> None:
        """Let some time pass and one thing happen."""
        self._pass_time()
        kind = self.chance.random()
        if kind < 0.72:
            self._ask()
        elif kind < 0.96:
            self._end()
        elif kind < 0.985:
            self._force()
        else:
            self._lift()

    def _pass_time(self) -> None:
        kind = self.chance.random()
        if kind < 0.25 and self.wait:
            self.database.now += max(0, self.wait - self.chance.choice((0, 0, 1)))  # to the very edge
        elif kind < 0.95:
            self.database.now += self.chance.randrange(0, 4 * SECOND)
        elif kind < 0.995:
            self.database.now += self.chance.randrange(0, 90 * SECOND)
        else:
            self.database.now += self.chance.randrange(0, 30 * 3600 * SECOND)
        self.wait = 0

    def _request(self) -> AdmissionRequest:
        some = self.chance.choice
        return AdmissionRequest(
            vendor="DCS",
            program_id=some((1, 2, 3)),
            integration_id=some((7, 8)),
            endpoint=some(("DCS:Criminal:TEST", "DCS:HouseholdDrivers:TEST")),
            credential=some(("7:1", "7:1", "7:2")),
            limits={
                Level.SYSTEM: Limits(some((6, 12, 30, 600)), some((20, 500, 10_000))),
                Level.PROGRAM: Limits(some((None, 4, 8)), some((None, 10, 30))),
                Level.INTEGRATION: Limits(some((None, 1, 5, 9)), some((None, 15))),
            },
            day_zone=CHICAGO,
            max_wait_seconds=0,
            retry_budget_percent=some((0, 20, 100)),
            failure_threshold=some((1, 2, 3)),
            open_seconds=some((5, 60)),
            probe_seconds=some((3, 40)),
        )

    def _ask(self) -> None:
        request, is_retry = self._request(), self.chance.random() < 0.15
        saw_failures = self.model.breaker(request.endpoint).failures > 0
        expected = self.model.decide(request, self.database.now, token=self.token + 1, is_retry=is_retry)
        permit, told = self._told(request, is_retry=is_retry)
        if is_retry:
            expected = replace(expected, wait=0, where="") if permit is None else expected
        assert replace(told, where="") == replace(expected, where="")
        assert told.where in expected.where.split("|")
        self.seen.add(f"{told.verdict} {told.where}".strip())
        self.wait = expected.wait
        if permit is not None:
            self.seen |= {"probe"} if permit.is_probe else set()
            self.seen |= {"trial"} if permit.is_trial else set()
            assert permit.breaker_had_failures == saw_failures
            self.out.append((permit, self.model.breaker(request.endpoint).epoch, saw_failures))

    def _told(self, request: AdmissionRequest, *, is_retry: bool) -> tuple[Permit | None, Decision]:
        """Return what the real thing says, in the model's words."""
        try:
            got = self.admission.admit_retry(request) if is_retry else self.admission.admit(request, NO_WAIT)
        except NotAdmitted as error:
            where = ""
            if isinstance(error, RateLimited):
                where = f"{'minute' if error.window_seconds == 60 else 'day'} {error.level}"
            wait = round((error.retry_after_seconds or 0) * SECOND)
            if error.code == "NOT_ADMITTED":  # the caller is told a shorter wait, because a trial ends early
                login = self.model.login(request.credential)
                wait = login.trials_end - self.database.now
            return None, Decision(error.code, wait, where)
        if isinstance(got, Permit):
            return got, Decision("admitted", is_probe=got.is_probe, is_trial=got.is_trial)
        return None, Decision(got.reason)

    def _end(self) -> None:
        if not self.out:
            return
        permit, epoch, saw_failures = self.out.pop(self.chance.randrange(len(self.out)))
        request, now, model = permit.request, self.database.now, self.model
        login = model.login(request.credential)
        error: IntegrationError | None
        result = self.chance.random()
        if result < 0.06:
            self.admission.unused(permit)
            if permit.is_probe:
                model.probe_unused(request, permit.token)
            login.trials = max(0, login.trials - 1) if permit.is_trial else login.trials
            return
        if result < 0.40:
            error = VendorUnavailable("gone", may_be_charged=False)
            model.outage(request, now, epoch=epoch, token=permit.token, is_probe=permit.is_probe)
            login.trials = max(0, login.trials - 1) if permit.is_trial else login.trials
        else:
            error = None if result < 0.9 else VendorRejected("no") if result < 0.95 else VendorAuthRefused("no")
            model.answer(
                request, now, epoch=epoch, token=permit.token, is_probe=permit.is_probe, saw_failures=saw_failures
            )
            if isinstance(error, VendorAuthRefused):
                login.verified, login.refusals, login.trials = False, login.refusals + 1, max(0, login.trials - 1)
            elif permit.is_trial and login.refusals < 2:
                login.verified, login.refusals, login.trials = True, 0, 0
        self.admission.ended(permit, error)

    def _force(self) -> None:
        endpoint = self.chance.choice(("DCS:Criminal:TEST", "DCS:HouseholdDrivers:TEST"))
        act = self.chance.choice((self.breakers.force_open, self.breakers.force_closed, None, None))
        if act is None:
            self.breakers.automatic(endpoint, by="op", reason="over")
            self.model.force(endpoint, None)
            return
        lasting = self.chance.choice((None, 7, 30, 120))
        act(endpoint, by="op", reason="test", lasting_seconds=lasting)
        until = None if lasting is None else self.database.now + lasting * SECOND
        self.model.force(endpoint, ("OPEN" if act == self.breakers.force_open else "CLOSED", until))

    def _lift(self) -> None:
        name = self.chance.choice(("7:1", "7:2"))
        assert self.logins.unlock(name, by="op", reason="new password at the vendor") == (name in self.model.logins)
        if name in self.model.logins:
            self.model.logins[name] = LoginState()


def _must_not_sleep(seconds: float) -> None:
    raise AssertionError(seconds)


@pytest.mark.parametrize(
    "steps", [pytest.param(6_000, id="short"), pytest.param(100_000, id="long", marks=pytest.mark.slow)]
)
@pytest.mark.timeout(600)
def test_random_histories_agree_with_the_model(target: Target, steps: int) -> None:
    """Limits at three levels, days across a clock change, breaker, budget, login guard and operators, interleaved."""
    history = History(ClockedDatabase(target), random.Random(53))  # noqa: S311 - the same history each time
    for _ in range(steps):
        history.step()
    history.database.close()
    assert history.seen >= {
        "admitted", "probe", "trial", "CIRCUIT_OPEN", "LOGIN_LOCKED", "NOT_ADMITTED", "RETRY_BUDGET_SPENT",
        *(f"RATE_LIMITED {window} {level}" for window in ("minute", "day") for level in Level),
    }  # fmt: skip
