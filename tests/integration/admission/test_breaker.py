"""The breaker and the retry budget that a fleet shares."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from integration_hub.admission.admission import Admission
from integration_hub.admission.backoff import RetryPolicy, backoff
from integration_hub.admission.circuit_breaker import CircuitBreakers, State
from integration_hub.admission.request import AdmissionRequest, Limits, Permit, RetryRefused
from integration_hub.errors import CircuitOpen, IntegrationError, RateLimited, VendorRejected, VendorUnavailable
from tests.support.admission.clocked import (
    CLOCK,
    SECOND,
    ClockedDatabase,
    admission_on,
    asked,
    at_once,
    deadline_on,
    prove,
)
from tests.support.admission.target import Target

OUTAGE = VendorUnavailable("gone", may_be_charged=False)


def _opened(database: ClockedDatabase, request: AdmissionRequest) -> Admission:
    """Return admission whose breaker has just opened."""
    admission = admission_on(database)
    for _ in range(request.failure_threshold):
        admission.ended(admission.admit(request, deadline_on(database)), OUTAGE)
    return admission


def _try(admission: Admission, database: ClockedDatabase, request: AdmissionRequest) -> Permit | IntegrationError:
    try:
        return admission.admit(request, deadline_on(database))
    except IntegrationError as error:
        return error


def test_it_opens_after_outages_in_a_row_and_tells_until_when(database: ClockedDatabase) -> None:
    """A success between them starts the count anew; the vendor saying no is not an outage."""
    admission, request = admission_on(database), asked()
    for error in (OUTAGE, OUTAGE, None, OUTAGE, OUTAGE, VendorRejected("no"), OUTAGE, OUTAGE):
        admission.ended(admission.admit(request, deadline_on(database)), error)
    admission.ended(admission.admit(request, deadline_on(database)), OUTAGE)
    database.pass_time(13.5)
    with pytest.raises(CircuitOpen) as refused:
        admission.admit(request, deadline_on(database))
    assert refused.value.retry_after_seconds == 46.5
    other = asked(endpoint="DCS:HouseholdDrivers:TEST")
    assert isinstance(_try(admission, database, other), Permit)


def test_one_probe_for_the_whole_fleet_and_another_when_it_dies(target: Target, database: ClockedDatabase) -> None:
    """32 callers come when the time is over: one goes. It never reports: after its lease, one of 32 goes."""
    request = asked()
    admission = admission_on(database)
    prove(admission, database, request)
    _opened(database, request)
    callers = [ClockedDatabase(target) for _ in range(32)]
    for wait, expected in ((59.999999, 0), (0.000001, 1), (39.999999, 0), (0.000001, 1)):
        database.pass_time(wait)
        for caller in callers:
            caller.now = database.now
        told = at_once([partial(_try, admission_on(caller), caller, request) for caller in callers])
        permits = [permit for permit in told if isinstance(permit, Permit)]
        assert [permit.is_probe for permit in permits] == [True] * expected
        assert sum(isinstance(refused, CircuitOpen) for refused in told) == 32 - expected
    admission.ended(permits[0], None)
    assert isinstance(_try(admission, database, request), Permit)
    for caller in callers:
        caller.close()


def test_a_failed_probe_opens_it_anew(database: ClockedDatabase) -> None:
    """For as long as the first time, counted from the probe's end."""
    request = asked()
    admission = _opened(database, request)
    database.pass_time(60)
    probe = admission.admit(request, deadline_on(database))
    database.pass_time(5)
    admission.ended(probe, OUTAGE)
    with pytest.raises(CircuitOpen) as refused:
        admission.admit(request, deadline_on(database))
    assert refused.value.retry_after_seconds == 60


def test_results_from_before_the_opening_neither_close_nor_extend_it(database: ClockedDatabase) -> None:
    """They speak of a vendor that was; also a probe that lost its lease has lost its say."""
    request = asked()
    admission = admission_on(database)
    prove(admission, database, request)
    early = [admission.admit(request, deadline_on(database)) for _ in range(4)]
    _opened(database, request)
    database.pass_time(30)
    admission.ended(early[0], None)
    admission.ended(early[1], OUTAGE)
    assert CircuitBreakers(database, database_clock=CLOCK).all()[0].state is State.OPEN
    database.pass_time(30)
    lost = admission.admit(request, deadline_on(database))
    database.pass_time(40)
    probe = admission.admit(request, deadline_on(database))
    assert (lost.is_probe, probe.is_probe) == (True, True)
    admission.ended(lost, None)
    assert CircuitBreakers(database, database_clock=CLOCK).all()[0].state is State.HALF_OPEN
    admission.ended(probe, None)
    for late in early[2:]:
        admission.ended(late, OUTAGE)
    (breaker,) = CircuitBreakers(database, database_clock=CLOCK).all()
    assert (breaker.state, breaker.failures) == (State.CLOSED, 0)


def test_a_refusal_by_limits_does_not_use_up_the_probe(database: ClockedDatabase) -> None:
    """Neither does a probe that was not sent."""
    request = asked(open_seconds=1)
    admission = _opened(database, request)
    database.pass_time(1)
    with pytest.raises(RateLimited):
        admission.admit(asked(program=Limits(3)), deadline_on(database))
    probe = admission.admit(request, deadline_on(database))
    assert probe.is_probe
    admission.unused(probe)
    assert admission.admit(request, deadline_on(database)).is_probe


def test_a_probe_whose_answer_was_lost_is_still_the_probe(database: ClockedDatabase) -> None:
    """The connection breaks after the server has decided; asked again with the same token it decides the same."""
    request = asked()
    _opened(database, request)
    database.pass_time(60)
    token = itertools.repeat(4711)
    admission = admission_on(database, new_token=lambda: next(token))
    assert admission.admit(request, deadline_on(database)).is_probe
    assert admission.admit(request, deadline_on(database)).is_probe
    with pytest.raises(CircuitOpen):
        admission_on(database).admit(request, deadline_on(database))


def test_an_operator_stops_calls_for_a_time(database: ClockedDatabase) -> None:
    """With a reason that can be read, before the first call ever, and with an end of its own."""
    admission, breakers = admission_on(database), CircuitBreakers(database, database_clock=CLOCK)
    breakers.force_open("DCS:Criminal:TEST", by="nadia", reason="maintenance at DCS", lasting_seconds=600)
    database.pass_time(100)
    with pytest.raises(CircuitOpen, match="operator") as refused:
        admission.admit(asked(), deadline_on(database))
    assert refused.value.retry_after_seconds == 500
    (breaker,) = breakers.all()
    assert (breaker.state, breaker.by, breaker.reason) == (State.FORCED_OPEN, "nadia", "maintenance at DCS")
    assert breaker.until == datetime.fromtimestamp(database.now / SECOND, UTC) + timedelta(seconds=500)
    database.pass_time(500)
    assert isinstance(_try(admission, database, asked()), Permit)
    assert breakers.all()[0].state is State.CLOSED


def test_an_operator_keeps_it_closed_and_hands_it_back(database: ClockedDatabase) -> None:
    """Forced closed, outages stop nothing; handed back, a breaker that was open begins with a probe."""
    request, breakers = asked(), CircuitBreakers(database, database_clock=CLOCK)
    admission = _opened(database, request)
    breakers.force_closed(request.endpoint, by="nadia", reason="their status page says all is well")
    for _ in range(5):
        admission.ended(admission.admit(request, deadline_on(database)), OUTAGE)
    assert breakers.all()[0].state is State.FORCED_CLOSED
    database.pass_time(61)
    breakers.automatic(request.endpoint, by="nadia", reason="watched long enough")
    assert breakers.all()[0].state is State.HALF_OPEN
    assert admission.admit(request, deadline_on(database)).is_probe


@pytest.mark.parametrize(("by", "reason"), [("", "why"), ("who", " ")])
def test_an_operator_says_who_and_why(database: ClockedDatabase, by: str, reason: str) -> None:
    """Somebody will ask in the morning."""
    with pytest.raises(ValueError, match="by and reason"):
        CircuitBreakers(database).force_open("DCS:Criminal:TEST", by=by, reason=reason)


def test_retries_stay_within_a_fifth_of_the_calls(database: ClockedDatabase) -> None:
    """1,000 requests against a vendor that always fails: at most 1,200 attempts, and the budget is used."""
    admission, policy = admission_on(database), RetryPolicy(max_retries=3, delay_seconds=1, max_delay_seconds=8)
    request, chance = asked(failure_threshold=1_000_000), random.Random(20)  # noqa: S311 - repeatable
    prove(admission, database, request)
    attempts = 1
    for _ in range(999):
        permit: Permit | RetryRefused = admission.admit(request, deadline_on(database))
        for retries_made in itertools.count():
            if isinstance(permit, RetryRefused):
                assert permit.reason == "RETRY_BUDGET_SPENT"
                break
            attempts += 1
            admission.ended(permit, OUTAGE)
            pause = backoff(policy, OUTAGE, retries_made=retries_made, remaining_seconds=25, random=chance.random)
            if pause is None:
                break
            permit = admission.admit_retry(request)
    assert 1_190 <= attempts <= 1_200


def test_saved_retries_are_bounded(database: ClockedDatabase) -> None:
    """A quiet night must not save up for a storm: ten at most."""
    admission, request = admission_on(database), asked(retry_budget_percent=100)
    prove(admission, database, request)
    for _ in range(30):
        admission.admit(request, deadline_on(database))
    retries = [admission.admit_retry(request) for _ in range(12)]
    assert [isinstance(retry, Permit) for retry in retries] == [True] * 10 + [False] * 2
