"""The pure parts of admission: when to try again, where days begin, what a configuration asks for."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pytest

from integration_hub.admission.backoff import RetryPolicy, backoff, retry_policy
from integration_hub.admission.day import MICROSECONDS, day_starts
from integration_hub.admission.request import Limits, admission_request
from integration_hub.configuration.effective import ConfigurationRow, resolve
from integration_hub.configuration_key import Level
from integration_hub.deadline import Deadline
from integration_hub.errors import VendorUnavailable
from integration_hub.models import Call, Purpose, References
from integration_hub.privacy import HubModel
from integration_hub.vendor.contract import Integration, Operation

POLICY = RetryPolicy(max_retries=3, delay_seconds=1.0, max_delay_seconds=3.0)
GONE = VendorUnavailable("gone", may_be_charged=False)


def _pause(
    *, retries_made: int = 0, remaining_seconds: float = 60, chance: float = 0.5, retry_after: float | None = None
) -> float | None:
    error = VendorUnavailable("gone", may_be_charged=False, retry_after_seconds=retry_after)
    return backoff(POLICY, error, retries_made=retries_made, remaining_seconds=remaining_seconds, random=lambda: chance)


def test_the_pause_doubles_up_to_its_maximum_and_then_ends() -> None:
    """Half of 1, 2 and 3 (not 4) seconds; after three retries there is none."""
    assert [_pause(retries_made=made) for made in range(4)] == [0.5, 1.0, 1.5, None]


def test_a_lost_answer_is_paid_for_again_only_where_that_is_allowed() -> None:
    """It may have been charged; a second attempt may be charged as well."""
    lost = VendorUnavailable("gone", may_be_charged=True)
    at_once: dict[str, Any] = {"retries_made": 0, "remaining_seconds": 60, "random": lambda: 0.5}
    assert backoff(POLICY, lost, **at_once) is None
    assert backoff(replace(POLICY, lost_answers=True), lost, **at_once) == 0.5


def test_the_jitter_is_uniform_from_nothing_to_all() -> None:
    """Chi-square over ten equal parts: below 27.9 in 99.9 of 100 cases (9 degrees of freedom); the seed is fixed."""
    chance = random.Random(7)  # noqa: S311 - repeatable
    pauses = [backoff(POLICY, GONE, retries_made=1, remaining_seconds=60, random=chance.random) for _ in range(10_000)]
    parts = Counter(int((pause or 0.0) / 0.2) for pause in pauses)
    assert set(parts) == set(range(10))
    assert sum((count - 1_000) ** 2 / 1_000 for count in parts.values()) < 27.9


@pytest.mark.parametrize(("retry_after", "expected"), [(5.0, 5.0), (0.1, 0.5), (0.0, 0.5), (60.0, None)])
def test_never_sooner_than_the_vendor_asked(retry_after: float, expected: float | None) -> None:
    """And not at all where the call would be over by then."""
    assert _pause(retry_after=retry_after) == expected


def test_no_retry_that_the_deadline_would_cut_off() -> None:
    """A pause up to the deadline leaves no time for the attempt; a quarter of a second is the least."""
    assert _pause(remaining_seconds=0.75) is None
    assert _pause(remaining_seconds=0.76) == 0.5
    assert _pause(remaining_seconds=-1.0, chance=0.0) is None


@pytest.mark.parametrize(
    ("moment", "zone", "hours"),
    [
        ("2026-03-08T12:00", "America/Chicago", (24, 23, 24)),
        ("2026-11-01T12:00", "America/Chicago", (24, 25, 24)),
        ("2026-11-01T06:59", "America/Chicago", (24, 25, 24)),
        ("2026-03-09T04:59", "America/Chicago", (24, 23, 24)),
        ("2026-03-08T12:00", "America/Havana", (24, 23, 24)),  # midnight does not exist that day
        ("2026-12-31T23:59", "UTC", (24, 24, 24)),
    ],
)
def test_days_are_as_long_as_the_clocks_make_them(moment: str, zone: str, hours: tuple[int, ...]) -> None:
    """Yesterday, today and tomorrow; `moment` (UTC) lies in the second."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    starts = day_starts(now, ZoneInfo(zone))
    assert tuple((later - earlier) / MICROSECONDS / 3600 for earlier, later in pairwise(starts)) == hours
    assert starts[1] <= now * MICROSECONDS < starts[2]


class _Nothing(HubModel):
    """A search for nothing."""


def _call() -> Call:
    operation = Operation[_Nothing, _Nothing, None](
        "Criminal", "criminal_path", _Nothing, _Nothing, _unused, _unused, _unused
    )
    integration = Integration("DCS_CRIMINAL_API", "DCS", "MANUAL_REVIEW_REQUIRED", (operation,), _unused)
    return Call("1", "1", integration, operation, 4, Purpose.RATING, References(), _Nothing(), Deadline(0.0))


def _unused(*_: object) -> NoReturn:
    raise AssertionError


def _rows(*values: tuple[str, str, str, Level]) -> list[ConfigurationRow]:
    return [
        ConfigurationRow(number, f"DCS_{kind}", key, value, level)
        for number, (kind, key, value, level) in enumerate(values)
    ]


def test_a_request_carries_what_the_configuration_says() -> None:
    """Each level's own limits, and one zone for all, because days of limits that intersect are the same days."""
    rows = _rows(
        ("CONNECTION", "environment", "STAGING", Level.SYSTEM),
        ("LIMITS", "requests_per_minute", "100", Level.SYSTEM),
        ("LIMITS", "requests_per_minute", "50", Level.PROGRAM),
        ("LIMITS", "daily_limit", "70", Level.INTEGRATION),
        ("LIMITS", "day_time_zone", "America/Denver", Level.PROGRAM),
        ("LIMITS", "max_wait_ms", "1500", Level.PROGRAM),
        ("RETRY", "breaker_failure_threshold", "9", Level.INTEGRATION),
        ("RETRY", "retry_delay_ms", "250", Level.SYSTEM),
    )
    configuration = resolve("DCS", program_id=4, integration_id=7, system_user_id=1, rows=rows)
    request = admission_request(_call(), configuration, "12/13")
    assert request.limits == {
        Level.SYSTEM: Limits(100, 10_000),
        Level.PROGRAM: Limits(50, None),
        Level.INTEGRATION: Limits(None, 70),
    }
    assert request.day_zone.key == "America/Chicago"
    assert (request.endpoint, request.login) == ("DCS:Criminal:STAGING", "7:STAGING:12/13")
    assert (request.max_wait_seconds, request.failure_threshold, request.open_seconds) == (1.5, 9, 60)
    assert retry_policy(configuration) == RetryPolicy(max_retries=3, delay_seconds=0.25, max_delay_seconds=8.0)
