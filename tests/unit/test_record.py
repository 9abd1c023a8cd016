"""The log row says truthfully whether something may have been bought."""

from decimal import Decimal

import pytest

from integration_hub.errors import (
    CredentialUnavailable,
    IntegrationError,
    NotAdmitted,
    VendorRejected,
    VendorUnavailable,
)
from integration_hub.integration_log.record import failed
from integration_hub.models import Attempt, Outcome


def _attempt(status: int | None = None, charge: Decimal | None = None) -> Attempt:
    return Attempt(number=1, elapsed_ms=12, status=status, error="X", charge=charge)


GONE = VendorUnavailable("x", may_be_charged=True)
NOT_SENT, SAID_NO, LOST = [_attempt()], [_attempt(status=503)], [_attempt(charge=Decimal("2.50"))]


@pytest.mark.parametrize(
    ("error", "attempts", "outcome"),
    [
        (CredentialUnavailable("x"), [], Outcome.FAILED),
        (NotAdmitted("x"), [], Outcome.REFUSED),
        (NotAdmitted("x"), SAID_NO, Outcome.REFUSED),
        (NotAdmitted("x"), LOST, Outcome.UNKNOWN),
        (GONE, NOT_SENT, Outcome.FAILED),
        (GONE, SAID_NO, Outcome.REJECTED),
        (GONE, LOST, Outcome.UNKNOWN),
        (GONE, [*LOST, *SAID_NO], Outcome.UNKNOWN),
        (GONE, [_attempt(charge=Decimal(0))], Outcome.UNKNOWN),
        (VendorRejected("x"), SAID_NO, Outcome.REJECTED),
        (None, [], Outcome.FAILED),
        (None, LOST, Outcome.UNKNOWN),
    ],
)
def test_when_in_doubt_the_outcome_is_unknown(
    error: IntegrationError | None, attempts: list[Attempt], outcome: Outcome
) -> None:
    """Only what certainly cost nothing is called otherwise; a price that nobody configured makes no difference."""
    assert failed(error, attempts, None).outcome is outcome


def test_retries_are_the_attempts_after_the_first() -> None:
    """The original design counts retries, not attempts."""
    assert failed(None, [], None).columns()["retry_count"] == 0
    assert failed(None, LOST * 3, None).columns()["retry_count"] == 2
    assert failed(None, LOST, None).columns()["is_success"] is False


def test_the_cost_is_that_of_every_attempt_that_may_be_charged() -> None:
    """Exact to the cent, because it is held against an invoice."""
    assert failed(GONE, [*LOST, *SAID_NO, *LOST], None).columns()["cost"] == Decimal("5.00")
    assert failed(GONE, SAID_NO, None).columns()["cost"] == Decimal(0)
