"""The log row says truthfully whether something may have been bought."""

import pytest

from integration_hub.errors import (
    CredentialUnavailable,
    IntegrationError,
    VendorAuthRefused,
    VendorRejected,
    VendorReplyInvalid,
    VendorTimedOut,
    VendorUnavailable,
)
from integration_hub.integration_log.record import failed
from integration_hub.models import Attempt, Outcome

SENT = [Attempt(number=1, elapsed_ms=12, status=None, error="X")]


@pytest.mark.parametrize(
    ("error", "attempts", "outcome"),
    [
        (CredentialUnavailable("x"), [], Outcome.FAILED),
        (VendorUnavailable("x", sent=False), SENT, Outcome.FAILED),
        (VendorTimedOut("x", sent=False), SENT, Outcome.FAILED),
        (VendorUnavailable("x", sent=True), SENT, Outcome.UNKNOWN),
        (VendorTimedOut("x", sent=True), SENT, Outcome.UNKNOWN),
        (VendorReplyInvalid("x"), SENT, Outcome.UNKNOWN),
        (VendorRejected("x"), SENT, Outcome.REJECTED),
        (VendorAuthRefused("x"), SENT, Outcome.REJECTED),
        (None, [], Outcome.FAILED),
        (None, SENT, Outcome.UNKNOWN),
    ],
)
def test_when_in_doubt_the_outcome_is_unknown(
    error: IntegrationError | None, attempts: list[Attempt], outcome: Outcome
) -> None:
    """Only what certainly never left us is called FAILED."""
    assert failed(error, attempts, None).outcome is outcome


def test_retries_are_the_attempts_after_the_first() -> None:
    """The original design counts retries, not attempts."""
    assert failed(None, [], None).columns()["retry_count"] == 0
    assert failed(None, SENT * 3, None).columns()["retry_count"] == 2
    assert failed(None, SENT, None).columns()["is_success"] is False
