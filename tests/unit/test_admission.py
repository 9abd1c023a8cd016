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
from integration_hub.admission.decision import ARGUMENTS, Admitted, Refusal, Refused, arguments, decoded
from integration_hub.admission.request import AdmissionRequest, Limits, admission_request, endpoint_name
from integration_hub.configuration.effective import ConfigurationRow, resolve
from integration_hub.configuration_key import Level
from integration_hub.deadline import Deadline
from integration_hub.errors import VendorUnavailable
from integration_hub.models.call import Call
from integration_hub.models.identifiers import References
from integration_hub.models.purpose import Purpose
from integration_hub.privacy import HubModel
from integration_hub.vendor.authentication import BasicAuthentication
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


def _call(account: str = "900123") -> Call:
    operation = Operation[_Nothing, _Nothing, None](
        "Criminal", "criminal", _Nothing, _Nothing, _unused, _unused, _unused
    )
    integration = Integration(
        type_code="DCS_CRIMINAL_API",
        vendor="DCS",
        fallback="MANUAL_REVIEW_REQUIRED",
        operations=(operation,),
        authentication=BasicAuthentication(lambda _settings: account),
    )
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
    assert (request.endpoint, request.credential) == ("DCS:Criminal:STAGING", "DCS:STAGING:b008f72a:7:12/13")
    assert (request.max_wait_seconds, request.failure_threshold, request.open_seconds) == (1.5, 9, 60)
    assert retry_policy(configuration) == RetryPolicy(max_retries=3, delay_seconds=0.25, max_delay_seconds=8.0)


def _request(account: str = "900123", version: str = "12/13") -> AdmissionRequest:
    rows = _rows(
        ("CONNECTION", "environment", "STAGING", Level.SYSTEM), ("LIMITS", "daily_limit", "70", Level.INTEGRATION)
    )
    return admission_request(_call(account), resolve("DCS", 4, 7, 1, rows), version)


def test_a_credential_is_named_by_account_and_version_within_its_column() -> None:
    """The column holds 200 ASCII characters. Operators see the name in logs, so the account is a digest."""
    assert _request().credential != _request(account="900124").credential
    assert _request().credential != _request(version="12/14").credential
    names = {_request(account=account).credential for account in ("x" * 200, "x" * 201, "\u00e9", "\u00e8")}
    assert len(names) == 4
    assert all(len(name) <= 200 and name.isascii() and "x" not in name for name in names)


def test_a_circuit_breaker_belongs_to_an_operation_in_an_environment() -> None:
    """Staging that fails does not stop production."""
    assert endpoint_name("DCS", "Criminal", "STAGING") == _request().endpoint == "DCS:Criminal:STAGING"


def test_every_argument_of_the_decision_has_a_value_in_microseconds() -> None:
    """None where a level has no limit."""
    values = arguments(_request(), (1, 2, 3, 4), window_seconds=62.5, token=9, is_retry=True)
    assert set(values) == set(ARGUMENTS)
    assert (values["window"], values["trial"]) == (62_500_000, 40_000_000)
    assert [values[f"day_{number}"] for number in range(4)] == [1, 2, 3, 4]
    assert (values["system_minute"], values["system_day"]) == (100, 10_000)
    assert (values["integration_minute"], values["integration_day"]) == (None, 70)
    assert (values["program_minute"], values["program_day"]) == (None, None)
    assert (values["token"], values["is_retry"], values["retry_percent"]) == (9, True, 20)


def _answer(reason: int | None, **changes: Any) -> dict[str, Any]:
    return {
        "reason": reason,
        "wait": 0,
        "which_limit": 0,
        "epoch": 3,
        "failures": 0,
        "is_probe": 0,
        "unverified": 0,
        **changes,
    }


def test_an_admission_says_what_its_result_may_change() -> None:
    """A breaker that had failures, its trial call, and a credential that is not verified."""
    assert decoded(_answer(0)) == Admitted(breaker_had_failures=False, is_probe=False, is_trial=False, epoch=3)
    assert decoded(_answer(0, failures=2, is_probe=1)) == Admitted(
        breaker_had_failures=True, is_probe=True, is_trial=False, epoch=3
    )
    assert decoded(_answer(0, unverified=1)) == Admitted(
        breaker_had_failures=False, is_probe=False, is_trial=True, epoch=3
    )


def test_an_answer_without_a_reason_decided_nothing() -> None:
    """A row that the decision needs was missing."""
    assert decoded(_answer(None)) is None


@pytest.mark.parametrize(
    ("which_limit", "level", "window"),
    [
        (1, Level.SYSTEM, "minute"),
        (2, Level.PROGRAM, "minute"),
        (3, Level.INTEGRATION, "minute"),
        (4, Level.SYSTEM, "day"),
        (5, Level.PROGRAM, "day"),
        (6, Level.INTEGRATION, "day"),
    ],
)
def test_a_refusal_by_a_limit_names_it(which_limit: int, level: Level, window: Any) -> None:
    """With the seconds until its next slot."""
    refused = decoded(_answer(1, wait=1_500_000, which_limit=which_limit))
    assert refused == Refused(Refusal.LIMIT, 1.5, level, window)


@pytest.mark.parametrize("reason", [reason for reason in Refusal if reason is not Refusal.LIMIT])
def test_any_other_refusal_names_no_limit(reason: Refusal) -> None:
    """Without a known end there is no wait."""
    assert decoded(_answer(reason.value, wait=2_000_000)) == Refused(reason, 2.0)
    assert decoded(_answer(reason.value, wait=None)) == Refused(reason, 0.0)
