"""The row of integration_log says truthfully whether something may have been bought."""

import json
from decimal import Decimal

import pytest

from integration_hub.errors import (
    CredentialUnavailable,
    IntegrationError,
    InternalError,
    NotAdmitted,
    VendorRejected,
    VendorUnavailable,
)
from integration_hub.integration_log.settlement import answered, failed, from_other_call
from integration_hub.models.outcome import Attempt, Outcome
from integration_hub.privacy import HubModel, PersonName


class Result(HubModel):
    """A result with a marked field."""

    name: PersonName = "SAMPLE"
    lines: tuple[str, ...] = ()


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
        (InternalError(), [], Outcome.FAILED),
        (InternalError(), NOT_SENT, Outcome.FAILED),
        (InternalError(), LOST, Outcome.UNKNOWN),
    ],
)
def test_when_in_doubt_the_outcome_is_unknown(
    error: IntegrationError, attempts: list[Attempt], outcome: Outcome
) -> None:
    """Only what certainly cost nothing has another outcome; a price of zero, the default, makes no difference."""
    settlement = failed(error, attempts)
    assert settlement.outcome is outcome
    assert settlement.outcome.bought_nothing is (outcome is not Outcome.UNKNOWN)


def test_retries_are_the_attempts_after_the_first() -> None:
    """The column of the existing schema counts retries, not attempts."""
    assert failed(InternalError()).columns()["retry_count"] == 0
    assert failed(InternalError(), LOST * 3).columns()["retry_count"] == 2
    assert failed(InternalError(), LOST).columns()["is_success"] is False


def test_the_cost_is_that_of_every_attempt_that_may_be_charged() -> None:
    """Exact to the cent, because it is compared with an invoice."""
    assert failed(GONE, [*LOST, *SAID_NO, *LOST]).columns()["cost"] == Decimal("5.00")
    assert failed(GONE, SAID_NO).columns()["cost"] == Decimal(0)
    assert answered(Result(), LOST, None).columns()["cost"] == Decimal("2.50")


def test_an_answer_is_written_masked_with_its_last_attempt() -> None:
    """Status and time are those of the attempt that was answered."""
    attempts = [Attempt(1, 900, 503, "VENDOR_UNAVAILABLE"), Attempt(2, 40, 200, None, Decimal("2.50"))]
    columns = answered(Result(), attempts, "7.abc").columns()
    assert (columns["outcome"], columns["is_success"]) == ("ANSWERED", True)
    assert (columns["response_code"], columns["response_time_ms"]) == (200, 40)
    assert columns["response_data"] == '{"name":"S***"}'
    assert (columns["error_code"], columns["error_message"]) == (None, None)
    assert columns["credential_version"] == "7.abc"
    assert json.loads(columns["attempts"])[1] == {
        "number": 2,
        "elapsed_ms": 40,
        "status": 200,
        "error": None,
        "charge": "2.50",
    }


@pytest.mark.parametrize("outcome", [Outcome.CACHED, Outcome.REPLAYED])
def test_the_response_of_another_call_costs_nothing_and_names_its_call(outcome: Outcome) -> None:
    """It has no attempts and no status of its own."""
    columns = from_other_call(outcome, Result(), "c1").columns()
    assert (columns["outcome"], columns["is_success"], columns["source_call_id"]) == (outcome.value, True, "c1")
    assert (columns["cost"], columns["retry_count"], columns["response_code"]) == (Decimal(0), 0, None)
    assert columns["response_data"] == '{"name":"S***"}'


def test_what_does_not_fit_is_cut() -> None:
    """A long message at 500 characters, a large result to 5,000 bytes of valid JSON."""
    assert failed(CredentialUnavailable("é" * 501)).columns()["error_message"] == "é" * 500
    data = answered(Result(lines=("x" * 90,) * 100), LOST, None).columns()["response_data"]
    assert len(data.encode()) <= 5_000
    assert json.loads(data)["lines"][-1] == {"omitted": 80}


def test_why_there_was_no_retry_is_written_only_where_one_was_due() -> None:
    """With the attempt after which it would have been made."""
    attempts = [*SAID_NO, Attempt(2, 1, 503, "X", retry_refused="RATE_LIMITED")]
    first, second = json.loads(failed(GONE, attempts).columns()["attempts"])
    assert "retry_refused" not in first
    assert second["retry_refused"] == "RATE_LIMITED"
