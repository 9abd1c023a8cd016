"""What admission promises, told again in plain Python, without SQL, rings or flags: the reference to hold it against.

Times are microseconds. A gate keeps every call it ever admitted and counts them anew for each question.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from integration_hub.admission.request import AdmissionRequest
from integration_hub.configuration_key import Level

SECOND = 1_000_000
type Gate = tuple[Level, int]


@dataclass(frozen=True)
class Decision:
    """`verdict` is "admitted" or why not; `wait` is rounded as the database tells it."""

    verdict: str
    wait: int = 0
    where: str = ""
    is_probe: bool = False
    is_trial: bool = False


@dataclass
class Breaker:
    """One operation's breaker and retry budget."""

    failures: int = 0
    open_until: int | None = None
    probe: tuple[int, int] | None = None  # token, end of lease
    forced: tuple[str, int | None] | None = None
    epoch: int = 0
    tokens: int = 0

    def forced_now(self, now: int) -> str | None:
        """Return "OPEN", "CLOSED" or None."""
        if self.forced is None or (self.forced[1] is not None and self.forced[1] <= now):
            return None
        return self.forced[0]


@dataclass
class LoginState:
    """One login version."""

    verified: bool = False
    refusals: int = 0
    trials: int = 0
    trials_end: int = 0


@dataclass
class Model:
    """The whole state of admission."""

    window: int
    calls: dict[Gate, list[int]] = field(default_factory=dict)
    breakers: dict[str, Breaker] = field(default_factory=dict)
    logins: dict[str, LoginState] = field(default_factory=dict)

    def breaker(self, endpoint: str) -> Breaker:
        """Return the breaker, made when first asked for."""
        return self.breakers.setdefault(endpoint, Breaker())

    def login(self, name: str) -> LoginState:
        """Return the login, made when first asked for."""
        return self.logins.setdefault(name, LoginState())

    def decide(self, request: AdmissionRequest, now: int, *, token: int, is_retry: bool) -> Decision:
        """Admit or refuse, and remember an admission."""
        breaker, login = self.breaker(request.endpoint), self.login(request.credential)
        refused = _stopped(breaker, login, now, is_retry=is_retry) or self._limited(request, now)
        if refused:
            return refused
        for gate in _gates(request):
            calls = self.calls.setdefault(gate, [])
            calls.append(now)
            if len(calls) > 4_000:  # no day or window looks further back
                self.calls[gate] = [call for call in calls if call > now - 26 * 3600 * SECOND]
        breaker.tokens = breaker.tokens - 100 if is_retry else min(1000, breaker.tokens + request.retry_budget_percent)
        lease = now + round(request.probe_seconds * SECOND)
        is_probe = breaker.open_until is not None and not breaker.forced_now(now)
        if is_probe:
            breaker.probe = (token, lease)
        on_trial = not login.verified
        if on_trial:
            login.trials = (login.trials if login.trials_end > now else 0) + 1
            login.trials_end = lease
        return Decision("admitted", is_probe=is_probe, is_trial=on_trial)

    def _limited(self, request: AdmissionRequest, now: int) -> Decision | None:
        waits: list[tuple[int, str]] = []
        for level, gate_id in _gates(request):
            limits = request.limits.get(level)
            calls = self.calls.get((level, gate_id), [])
            if limits is None:
                continue
            recent = [call for call in calls if call > now - self.window]
            if limits.per_minute is not None and len(recent) >= limits.per_minute:
                waits.append((recent[-limits.per_minute] + self.window - now, f"minute {level}"))
            begin, end = _day(now, request.day_zone)
            if limits.per_day is not None and sum(call >= begin for call in calls) >= limits.per_day:
                waits.append((end - now, f"day {level}"))
        if not waits:
            return None
        longest = max(wait for wait, _ in waits)
        return Decision("RATE_LIMITED", longest, "|".join(sorted(where for wait, where in waits if wait == longest)))

    def outage(self, request: AdmissionRequest, now: int, *, epoch: int, token: int, is_probe: bool) -> None:
        """A call ended in an outage."""
        breaker = self.breaker(request.endpoint)
        open_until = now + round(request.open_seconds * SECOND)
        if is_probe:
            if breaker.probe is not None and breaker.probe[0] == token:
                breaker.probe, breaker.open_until = None, open_until
                breaker.failures, breaker.epoch = breaker.failures + 1, breaker.epoch + 1
        elif epoch == breaker.epoch and breaker.open_until is None and not breaker.forced_now(now):
            breaker.failures += 1
            if breaker.failures >= request.failure_threshold:
                breaker.open_until, breaker.epoch = open_until, breaker.epoch + 1

    def answer(
        self, request: AdmissionRequest, now: int, *, epoch: int, token: int, is_probe: bool, saw_failures: bool
    ) -> None:
        """The vendor answered a call."""
        breaker = self.breaker(request.endpoint)
        if is_probe:
            if breaker.probe is not None and breaker.probe[0] == token:
                breaker.probe, breaker.open_until = None, None
                breaker.failures, breaker.epoch = 0, breaker.epoch + 1
        elif saw_failures and epoch == breaker.epoch and breaker.open_until is None and not breaker.forced_now(now):
            breaker.failures = 0

    def probe_unused(self, request: AdmissionRequest, token: int) -> None:
        """A probe was not sent."""
        breaker = self.breaker(request.endpoint)
        if breaker.probe is not None and breaker.probe[0] == token:
            breaker.probe = None

    def force(self, endpoint: str, forced: tuple[str, int | None] | None) -> None:
        """An operator acted."""
        breaker = self.breakers.get(endpoint)
        if breaker is None:
            self.breakers[endpoint] = Breaker(forced=forced)
            return
        breaker.forced, breaker.probe, breaker.epoch = forced, None, breaker.epoch + 1


def _stopped(breaker: Breaker, login: LoginState, now: int, *, is_retry: bool) -> Decision | None:
    if breaker.forced_now(now) == "OPEN" and breaker.forced is not None:
        return Decision("CIRCUIT_OPEN", (breaker.forced[1] or now) - now)
    if login.refusals >= 2:
        return Decision("LOGIN_LOCKED")
    if breaker.open_until is not None and not breaker.forced_now(now):
        if breaker.open_until > now:
            return Decision("CIRCUIT_OPEN", breaker.open_until - now)
        if breaker.probe is not None and breaker.probe[1] > now:
            return Decision("CIRCUIT_OPEN", breaker.probe[1] - now)
    if not login.verified and login.refusals + login.trials >= 2 and login.trials_end > now:
        return Decision("NOT_ADMITTED", login.trials_end - now)
    if is_retry and breaker.tokens < 100:
        return Decision("RETRY_BUDGET_SPENT")
    return None


def _gates(request: AdmissionRequest) -> tuple[Gate, Gate, Gate]:
    return (Level.SYSTEM, 0), (Level.PROGRAM, request.program_id), (Level.INTEGRATION, request.integration_id)


def _day(now: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return the first moments of the local day and of the next."""
    today = datetime.fromtimestamp(now / SECOND, zone).date()
    begin, end = (
        round(datetime.combine(day, time.min, zone).timestamp()) * SECOND for day in (today, today + timedelta(days=1))
    )
    return begin, end
