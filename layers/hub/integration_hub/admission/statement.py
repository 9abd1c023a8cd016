"""The one statement that admits or refuses, and how to read its answer.

An UPDATE joins the five rows that a call depends on: its three gates (SYSTEM, PROGRAM, INTEGRATION), its operation's
breaker, its login's guard. Reading them locks them, always in this order, so that nobody waits in a circle. Then
the WHERE clause decides: every reason to refuse is a number, the greatest of them is the answer, and
LAST_INSERT_ID(...) carries it back to the client with the statement's own result. When there is none the SET clause
takes a slot at all levels; when there is one nothing is written at all.

The answer is `class * 10**15 + microseconds to wait * 10 + which limit` for a refusal, and below 10**15 flags for
an admission. 0 means that a row is missing.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from integration_hub.admission.request import AdmissionRequest, Limits
from integration_hub.configuration.keys import Level

MAX_RECENT_CALLS = 600
MICROSECONDS = 1_000_000
NO_LIMITS = Limits()

# Microseconds UTC at the moment of evaluation. UTC_TIMESTAMP and NOW are the start of the statement, which is stale
# once a lock has been waited for, and only SYSDATE goes on; but SYSDATE and UNIX_TIMESTAMP go through the session's
# local time, which repeats an hour each autumn. So: the start in UTC, plus how far SYSDATE is ahead of NOW; the MOD
# takes out a clock change between those two.
DATABASE_CLOCK = (
    "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))"
    " + MOD(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) + 3600000000, 1800000000))"
)

GATES: tuple[tuple[Level, str], ...] = ((Level.SYSTEM, "s"), (Level.PROGRAM, "p"), (Level.INTEGRATION, "i"))

# One row per statement: inserts of several rows by several callers could wait for each other in a circle.
MISSING_ROWS = (
    *(
        "INSERT INTO rate_limit (vendor, level, level_id, recent_calls)"  # noqa: S608 - constants
        f" VALUES (%(vendor)s, '{level}', {level_id}, UNHEX(REPEAT('00', {8 * MAX_RECENT_CALLS})))"
        " ON DUPLICATE KEY UPDATE day_count = day_count"
        for level, level_id in (
            (Level.SYSTEM, "0"),
            (Level.PROGRAM, "%(program_id)s"),
            (Level.INTEGRATION, "%(integration_id)s"),
        )
    ),
    "INSERT INTO circuit_breaker (endpoint) VALUES (%(endpoint)s) ON DUPLICATE KEY UPDATE failures = failures",
    "INSERT INTO credential_lockout (login) VALUES (%(login)s) ON DUPLICATE KEY UPDATE refusals = refusals",
)


class Refusal(IntEnum):
    """Why a call is not admitted; the greater counts first. Waiting helps only against some."""

    LIMIT = 1
    RETRY_BUDGET = 2
    LOGIN_ON_TRIAL = 3
    BREAKER_OPEN = 4
    LOGIN_LOCKED = 5
    FORCED_OPEN = 6


@dataclass(frozen=True, slots=True)
class Admitted:
    """A slot was taken at every level."""

    breaker_had_failures: bool
    is_probe: bool
    login_on_trial: bool
    epoch: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written. `level` and `window` are set for a limit; `wait_seconds` is 0 where no end is known."""

    reason: Refusal
    wait_seconds: float
    level: Level | None
    window: Literal["minute", "day"] | None


def answer(code: int) -> Admitted | Refused | None:
    """Read the number that came back; None: a row is missing, nothing was decided."""
    if code == 0:
        return None
    reason, rest = divmod(code, 10**15)
    if reason == 0:
        epoch, flags = divmod(code, 16)
        return Admitted(bool(flags & 2), bool(flags & 4), bool(flags & 8), epoch)
    wait, which = divmod(rest, 10)
    if reason != Refusal.LIMIT:
        return Refused(Refusal(reason), wait / MICROSECONDS, None, None)
    level = GATES[(which - 1) % 3][0]
    return Refused(Refusal.LIMIT, wait / MICROSECONDS, level, "minute" if which <= 3 else "day")


def parameters(
    request: AdmissionRequest, days: tuple[int, int, int, int], *, window_seconds: float, token: int, is_retry: bool
) -> dict[str, Any]:
    """Return the values of the statement's parameters."""
    values: dict[str, Any] = {
        "vendor": request.vendor,
        "program_id": request.program_id,
        "integration_id": request.integration_id,
        "endpoint": request.endpoint,
        "login": request.login,
        "window": round(window_seconds * MICROSECONDS),
        "probe": round(request.probe_seconds * MICROSECONDS),
        "token": token,
        "is_retry": is_retry,
        "percent": request.retry_budget_percent,
        **{f"day_{number}": start for number, start in enumerate(days)},
    }
    for level, gate in GATES:
        limits = request.limits.get(level, NO_LIMITS)
        values |= {f"{gate}_minute": limits.per_minute, f"{gate}_day": limits.per_day}
    return values


def admission_statement(now: str = DATABASE_CLOCK) -> str:
    """Return the statement; `now` is the SQL expression of the present moment in microseconds."""
    today = f"CASE WHEN {now} >= %(day_2)s THEN %(day_2)s WHEN {now} >= %(day_1)s THEN %(day_1)s ELSE %(day_0)s END"
    tomorrow = f"CASE WHEN {now} >= %(day_2)s THEN %(day_3)s WHEN {now} >= %(day_1)s THEN %(day_2)s ELSE %(day_1)s END"
    forced = f"(b.forced IS NOT NULL AND (b.forced_until IS NULL OR b.forced_until > {now}))"
    is_open = f"(b.open_until > 0 AND NOT {forced})"
    # A probe whose own answer got lost asks again with its token and is the probe again.
    may_probe = f"(b.open_until <= {now} AND (b.probe_until <= {now} OR b.probe_token = %(token)s))"
    refusals = [
        _refusal(
            Refusal.FORCED_OPEN,
            f"{forced} AND b.forced = 'OPEN'",
            f"GREATEST(COALESCE(b.forced_until - {now}, 0), 0)",
        ),
        _refusal(Refusal.LOGIN_LOCKED, "l.refusals >= 2", "0"),
        _refusal(
            Refusal.BREAKER_OPEN,
            f"{is_open} AND NOT {may_probe}",
            f"GREATEST(b.open_until - {now}, b.probe_until - {now}, 0)",
        ),
        _refusal(
            Refusal.LOGIN_ON_TRIAL,
            f"l.verified = 0 AND l.refusals + l.trials >= 2 AND l.trial_until > {now}",
            f"GREATEST(l.trial_until - {now}, 0)",
        ),
        _refusal(Refusal.RETRY_BUDGET, "%(is_retry)s AND b.retry_tokens < 100", "0"),
    ]
    for which, (_, gate) in enumerate(GATES, start=1):
        # The call that is `limit` calls back must be a whole window old. No limit is NULL, and so is the comparison.
        nth = f"CAST(CONV(HEX(SUBSTRING({gate}.recent_calls, -8 * %({gate}_minute)s, 8)), 16, 10) AS SIGNED)"
        wait = f"{nth} + %(window)s - {now}"
        refusals.append(_refusal(Refusal.LIMIT, f"{wait} > 0", f"GREATEST({wait}, 0)", which))
        used_up = f"{gate}.day_count >= %({gate}_day)s AND {gate}.day_start >= {today}"
        refusals.append(_refusal(Refusal.LIMIT, used_up, f"GREATEST({tomorrow} - {now}, 0)", which + 3))
    admitted = f"1 + 2 * (b.failures > 0) + 4 * {is_open} + 8 * (l.verified = 0) + 16 * b.epoch"
    appended = f"UNHEX(LPAD(HEX({now}), 16, '0'))"
    # Within a table, what is read by a later assignment is assigned last: MySQL goes from left to right.
    taken = [
        assignment
        for _, gate in GATES
        for assignment in (
            f"{gate}.recent_calls = RIGHT(CONCAT({gate}.recent_calls, {appended}), {8 * MAX_RECENT_CALLS})",
            f"{gate}.day_count = IF({gate}.day_start >= {today}, {gate}.day_count, 0) + 1",
            f"{gate}.day_start = GREATEST({gate}.day_start, {today})",
            f"{gate}.minute_limit = %({gate}_minute)s",
            f"{gate}.day_limit = %({gate}_day)s",
        )
    ]
    taken += [
        "b.retry_tokens = IF(%(is_retry)s, b.retry_tokens - 100, LEAST(b.retry_tokens + %(percent)s, 1000))",
        f"b.probe_token = IF({is_open}, %(token)s, b.probe_token)",
        f"b.probe_until = IF({is_open}, {now} + %(probe)s, b.probe_until)",
        f"l.trials = IF(l.verified, 0, IF(l.trial_until <= {now}, 0, l.trials) + 1)",
        f"l.trial_until = IF(l.verified, 0, {now} + %(probe)s)",
    ]
    return f"""
UPDATE rate_limit s
STRAIGHT_JOIN rate_limit p ON p.vendor = %(vendor)s AND p.level = 'PROGRAM' AND p.level_id = %(program_id)s
STRAIGHT_JOIN rate_limit i ON i.vendor = %(vendor)s AND i.level = 'INTEGRATION' AND i.level_id = %(integration_id)s
STRAIGHT_JOIN circuit_breaker b ON b.endpoint = %(endpoint)s
STRAIGHT_JOIN credential_lockout l ON l.login = %(login)s
SET {", ".join(taken)}
WHERE s.vendor = %(vendor)s AND s.level = 'SYSTEM' AND s.level_id = 0
  AND LAST_INSERT_ID(GREATEST({admitted}, {", ".join(refusals)})) < {10**15}
"""  # noqa: S608 - built from this module's constants; every value is a parameter


def _refusal(reason: Refusal, condition: str, wait: str, which: int = 0) -> str:
    return f"IF({condition}, {reason * 10**15 + which} + 10 * ({wait}), 0)"
