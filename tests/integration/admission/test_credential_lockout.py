"""A login that the vendor refuses stops everywhere, before the vendor locks the account."""

import time

import pytest

from integration_hub.admission.admission import Admission
from integration_hub.admission.credential_lockout import CredentialLockout
from integration_hub.db.connection import Database
from integration_hub.deadline import Deadline
from integration_hub.errors import InternalError, LoginLocked, NotAdmitted, VendorAuthRefused, VendorUnavailable
from tests.support.admission.clocked import (
    CLOCK,
    ClockedDatabase,
    admission_on,
    asked,
    at_once,
    deadline_on,
    must_not_happen,
    prove,
)
from tests.support.admission.target import Target

REFUSED = VendorAuthRefused("no")


def test_a_wrong_password_meets_the_vendor_twice_at_most(target: Target) -> None:
    """100 callers hold the same wrong password at once, and the vendor takes its time to say no."""

    def call() -> str:
        database = Database(target)
        admission = Admission(database, report=must_not_happen)
        try:
            permit = admission.admit(asked(), Deadline(time.monotonic() + 30))
            time.sleep(0.5)
            admission.ended(permit, REFUSED)
        except NotAdmitted as error:
            return error.code
        finally:
            database.close()
        return "sent"

    told = at_once([call] * 100)
    assert told.count("sent") == 2
    assert set(told) == {"sent", "LOGIN_LOCKED"}


def test_a_new_login_that_works_delays_only_while_it_is_tried(target: Target) -> None:
    """After a rotation 40 callers come at once: two try, the others wait for the first success and go on."""

    def call() -> bool:
        database = Database(target)
        admission = Admission(database, report=must_not_happen)
        permit = admission.admit(asked(credential="7:TEST:2"), Deadline(time.monotonic() + 30))
        time.sleep(0.3)
        admission.ended(permit, None)
        database.close()
        return permit.is_trial

    assert sum(at_once([call] * 40)) == 2


def test_once_proven_a_single_refusal_lets_one_call_try_again(database: ClockedDatabase) -> None:
    """A vendor's slip must not stop the fleet, and a revoked login costs at most one more try."""
    admission = admission_on(database)
    prove(admission, database, asked())
    admission.ended(admission.admit(asked(), deadline_on(database)), REFUSED)
    second = admission.admit(asked(), deadline_on(database))
    with pytest.raises(NotAdmitted, match="are trying a credential"):
        admission.admit(asked(), deadline_on(database))
    admission.ended(second, None)
    assert not admission.admit(asked(), deadline_on(database)).is_trial


def test_a_try_without_an_answer_does_not_count(database: ClockedDatabase) -> None:
    """A time-out says nothing about a login; one that never reports is forgotten after the lease."""
    admission = admission_on(database)
    patient = asked(failure_threshold=99)
    for _ in range(5):
        admission.ended(
            admission.admit(patient, deadline_on(database)), VendorUnavailable("gone", may_be_charged=False)
        )
    silent = [admission.admit(patient, deadline_on(database)) for _ in range(2)]
    assert all(permit.is_trial for permit in silent)
    with pytest.raises(NotAdmitted):
        admission.admit(asked(), deadline_on(database))
    database.pass_time(40)
    admission.admit(asked(), deadline_on(database))


def test_a_locked_login_waits_for_an_operator_or_a_new_version(database: ClockedDatabase) -> None:
    """Time alone lifts nothing; who lifted it and why stays on record."""
    admission, guard = admission_on(database), CredentialLockout(database, database_clock=CLOCK)
    for _ in range(2):
        admission.ended(admission.admit(asked(), deadline_on(database)), REFUSED)
    database.pass_time(10 * 24 * 3600)
    with pytest.raises(LoginLocked) as locked:
        admission.admit(asked(), deadline_on(database))
    assert locked.value.retry_after_seconds is None
    (row,) = guard.all()
    assert row.refusals == 2
    assert row.locked_at is not None
    admission.admit(asked(credential="7:TEST:2"), deadline_on(database))
    assert guard.unlock("7:TEST:1", by="nadia", reason="DCS has unlocked the account")
    admission.ended(admission.admit(asked(), deadline_on(database)), None)
    lifted = next(row for row in guard.all() if row.credential == "7:TEST:1")
    assert (lifted.verified, lifted.locked_at, lifted.unlocked_by) == (True, None, "nadia")
    assert lifted.unlocked_reason == "DCS has unlocked the account"
    assert not guard.unlock("7:TEST:99", by="nadia", reason="a slip of the pen")


@pytest.mark.parametrize(("by", "reason"), [("", "why"), ("who", " ")])
def test_an_unlock_says_who_and_why(database: ClockedDatabase, by: str, reason: str) -> None:
    """Both are on record afterwards."""
    with pytest.raises(ValueError, match="by and reason"):
        CredentialLockout(database, database_clock=CLOCK).unlock("7:TEST:1", by=by, reason=reason)


def test_an_internal_error_says_nothing_about_a_credential(database: ClockedDatabase) -> None:
    """Its trial is given back, and it is neither accepted nor refused."""
    admission = admission_on(database)
    for _ in range(5):
        admission.ended(admission.admit(asked(), deadline_on(database)), InternalError())
    (row,) = CredentialLockout(database, database_clock=CLOCK).all()
    assert (row.verified, row.refusals) == (False, 0)
