"""The arguments of the admission decision, and how to read its answer.

The decision itself is the procedure `hub_admit` (functions/migrations/sql/0007_call_procedures.sql): it locks the rows
of a call's three rate limits (SYSTEM, PROGRAM, INTEGRATION), its operation's circuit breaker and its credential's
lockout, decides, and takes a slot at all levels or writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Literal

from integration_hub.admission.request import AdmissionRequest, Limits
from integration_hub.configuration_key import Level

MICROSECONDS = 1_000_000
NO_LIMITS = Limits()

# Microseconds UTC at the moment of evaluation, as hub_admit has it.
DATABASE_CLOCK = (
    "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))"
    " + MOD(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) + 3600000000, 1800000000))"
)

LEVELS = (Level.SYSTEM, Level.PROGRAM, Level.INTEGRATION)

ARGUMENTS = (
    "vendor",
    "program_id",
    "integration_id",
    "endpoint",
    "credential",
    *(f"{level.lower()}_{window}" for level in LEVELS for window in ("minute", "day")),
    "day_0",
    "day_1",
    "day_2",
    "day_3",
    "window",
    "trial",
    "retry_percent",
    "is_retry",
    "token",
)
"""The parameters of hub_admit, in their order."""

NOT_ASKED: Mapping[str, Any] = MappingProxyType(dict.fromkeys(ARGUMENTS))

ADMIT_ATTEMPT = f"CALL hub_admit_attempt(%(call_id)s, %(has_key)s, {', '.join(f'%({name})s' for name in ARGUMENTS)})"

# One row per statement: inserts of several rows by several callers could deadlock.
MISSING_ROWS = (
    *(
        "INSERT INTO rate_limit (vendor, level, level_id)"  # noqa: S608 - constants
        f" VALUES (%(vendor)s, '{level}', {level_id}) ON DUPLICATE KEY UPDATE day_count = day_count"
        for level, level_id in zip(LEVELS, ("0", "%(program_id)s", "%(integration_id)s"), strict=True)
    ),
    "INSERT INTO circuit_breaker (endpoint) VALUES (%(endpoint)s) ON DUPLICATE KEY UPDATE failures = failures",
    "INSERT INTO credential_lockout (credential) VALUES (%(credential)s) ON DUPLICATE KEY UPDATE refusals = refusals",
)


class Refusal(IntEnum):
    """Why a call is not admitted. Waiting helps only against LIMIT and TRIAL."""

    LIMIT = 1
    RETRY_BUDGET = 2
    TRIAL = 3
    """The credential is not verified yet, and as many calls as may try it are trying it."""
    BREAKER_OPEN = 4
    LOCKED_OUT = 5
    FORCED_OPEN = 6
    CLAIM_LOST = 7
    """The call's row was closed, or another request has taken over its idempotency key."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A slot was taken at every level."""

    breaker_had_failures: bool
    is_probe: bool
    is_trial: bool
    epoch: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written. `level` and `window` are set for a limit; `wait_seconds` is 0 where no end is known."""

    reason: Refusal
    wait_seconds: float = 0.0
    level: Level | None = None
    window: Literal["minute", "day"] | None = None


type Decision = Admitted | Refused


def decoded(row: Mapping[str, Any]) -> Decision | None:
    """Read what hub_admit answered; None: a row is missing, nothing was decided."""
    if row["reason"] is None:
        return None
    if row["reason"] == 0:
        return Admitted(row["failures"] > 0, bool(row["is_probe"]), bool(row["unverified"]), row["epoch"])
    reason, wait = Refusal(row["reason"]), (row["wait"] or 0) / MICROSECONDS
    if reason is not Refusal.LIMIT:
        return Refused(reason, wait)
    position, limits = row["which_limit"] - 1, len(LEVELS)
    return Refused(reason, wait, LEVELS[position % limits], "minute" if position < limits else "day")


def arguments(
    request: AdmissionRequest, days: tuple[int, int, int, int], *, window_seconds: float, token: int, is_retry: bool
) -> dict[str, Any]:
    """Return the values of hub_admit's parameters by name."""
    values: dict[str, Any] = {
        "vendor": request.vendor,
        "program_id": request.program_id,
        "integration_id": request.integration_id,
        "endpoint": request.endpoint,
        "credential": request.credential,
        "window": round(window_seconds * MICROSECONDS),
        "trial": round(request.probe_seconds * MICROSECONDS),
        "retry_percent": request.retry_budget_percent,
        "is_retry": is_retry,
        "token": token,
        **{f"day_{number}": start for number, start in enumerate(days)},
    }
    for level in LEVELS:
        limits = request.limits.get(level, NO_LIMITS)
        values |= {f"{level.lower()}_minute": limits.per_minute, f"{level.lower()}_day": limits.per_day}
    return values
