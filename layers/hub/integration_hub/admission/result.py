"""What the end of an attempt changes: circuit breaker and credential lockout, each by at most one statement.

While all is well nothing is written. A result counts only in the breaker's epoch in which the attempt was admitted, and
a trial call's only by its token. So an attempt from before an opening neither closes nor extends it.
"""
# ruff: noqa: S608 - the statements are built from this module's constants; every value is a parameter

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from integration_hub.admission.decision import MICROSECONDS
from integration_hub.admission.request import Permit
from integration_hub.errors import IntegrationError, VendorAuthRefused, VendorRejected, VendorResponseInvalid

# The vendor's operation worked, even where it said no.
_ANSWERS = (VendorRejected, VendorAuthRefused, VendorResponseInvalid)


class Kind(StrEnum):
    """The changes that a result can make."""

    OUTAGE = auto()
    RECOVERED = auto()
    PROBE_FAILED = auto()
    PROBE_SUCCEEDED = auto()
    PROBE_UNUSED = auto()
    CREDENTIAL_REFUSED = auto()
    CREDENTIAL_ACCEPTED = auto()
    TRIAL_UNUSED = auto()


@dataclass(frozen=True, slots=True)
class Result:
    """A change to write; `because` is the code of the outage."""

    kind: Kind
    because: str | None = None


def of(permit: Permit, error: IntegrationError | None) -> list[Result]:
    """Return what the end of a sent request changes."""
    if error is not None and error.trips_breaker:
        outage = Kind.PROBE_FAILED if permit.is_probe else Kind.OUTAGE
        return [Result(outage, error.code), *_trial_unused(permit)]
    if error is not None and not isinstance(error, _ANSWERS):
        return of_unused(permit)
    answered: list[Result] = []
    if permit.is_probe:
        answered.append(Result(Kind.PROBE_SUCCEEDED))
    elif permit.breaker_had_failures:
        answered.append(Result(Kind.RECOVERED))
    if isinstance(error, VendorAuthRefused):
        return [*answered, Result(Kind.CREDENTIAL_REFUSED)]
    if isinstance(error, VendorResponseInvalid):
        return [*answered, *_trial_unused(permit)]  # unknown who wrote that, and whether the credential was checked
    return [*answered, Result(Kind.CREDENTIAL_ACCEPTED)] if permit.is_trial else answered


def of_unused(permit: Permit) -> list[Result]:
    """Return what has to be given back when nothing was sent."""
    return [*([Result(Kind.PROBE_UNUSED)] if permit.is_probe else []), *_trial_unused(permit)]


def _trial_unused(permit: Permit) -> list[Result]:
    return [Result(Kind.TRIAL_UNUSED)] if permit.is_trial else []


def parameters(permit: Permit) -> dict[str, Any]:
    """Return the values of the statements' parameters, but `because`."""
    request = permit.request
    return {
        "endpoint": request.endpoint,
        "credential": request.credential,
        "token": permit.token,
        "epoch": permit.epoch,
        "threshold": request.failure_threshold,
        "open": round(request.open_seconds * MICROSECONDS),
    }


def statements(now: str) -> dict[Kind, str]:
    """Return the statement of each kind; `now` is the SQL expression of the present moment in microseconds."""
    # A single-table UPDATE assigns from left to right: what others read comes last.
    automatic = f"(forced IS NULL OR forced_until <= {now})"
    closed = f"endpoint = %(endpoint)s AND epoch = %(epoch)s AND open_until = 0 AND {automatic}"
    opens = "failures + 1 >= %(threshold)s"
    probing = "endpoint = %(endpoint)s AND probe_token = %(token)s"
    return {
        Kind.OUTAGE: f"""
            UPDATE circuit_breaker
            SET opened_at = IF({opens}, {now}, 0), open_until = IF({opens}, {now} + %(open)s, 0),
                opened_because = IF({opens}, %(because)s, opened_because), epoch = epoch + IF({opens}, 1, 0),
                failures = failures + 1
            WHERE {closed}
        """,
        Kind.RECOVERED: f"UPDATE circuit_breaker SET failures = 0 WHERE {closed}",
        Kind.PROBE_FAILED: f"""
            UPDATE circuit_breaker
            SET open_until = {now} + %(open)s, opened_because = %(because)s, epoch = epoch + 1,
                failures = failures + 1, probe_token = 0, probe_until = 0
            WHERE {probing}
        """,
        Kind.PROBE_SUCCEEDED: f"""
            UPDATE circuit_breaker
            SET opened_at = 0, open_until = 0, epoch = epoch + 1, failures = 0, probe_token = 0, probe_until = 0
            WHERE {probing}
        """,
        Kind.PROBE_UNUSED: f"UPDATE circuit_breaker SET probe_token = 0, probe_until = 0 WHERE {probing}",
        Kind.CREDENTIAL_REFUSED: f"""
            UPDATE credential_lockout
            SET verified = 0, trials = GREATEST(trials - 1, 0), refusals = refusals + 1,
                locked_at = IF(refusals >= 2, COALESCE(locked_at, {now}), NULL)
            WHERE credential = %(credential)s
        """,
        Kind.CREDENTIAL_ACCEPTED: """
            UPDATE credential_lockout SET verified = 1, trials = 0, refusals = 0, locked_at = NULL
            WHERE credential = %(credential)s AND refusals < 2
        """,
        Kind.TRIAL_UNUSED: """
            UPDATE credential_lockout SET trials = GREATEST(trials - 1, 0) WHERE credential = %(credential)s
        """,
    }
