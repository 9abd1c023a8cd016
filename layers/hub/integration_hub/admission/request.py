"""What is asked of admission, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.configuration.keys import Level
from integration_hub.models import Call


@dataclass(frozen=True, slots=True)
class Limits:
    """How many calls may start at one level; None: no limit there."""

    per_minute: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class AdmissionRequest:
    """One call that wants to reach the vendor, with the rules that its configuration sets.

    `endpoint` names the breaker, `login` the login version that the guard watches. Times are seconds.
    """

    vendor: str
    program_id: int
    integration_id: int
    endpoint: str
    login: str
    limits: Mapping[Level, Limits]
    day_zone: ZoneInfo
    max_wait_seconds: float
    retry_budget_percent: int
    failure_threshold: int
    open_seconds: float
    probe_seconds: float


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to send one request, which must begin to leave by `send_by` (monotonic seconds).

    The rest is for reporting the result: it tells whether anything has to be written at all.
    """

    request: AdmissionRequest
    send_by: float
    token: int
    epoch: int
    is_probe: bool
    breaker_had_failures: bool
    login_on_trial: bool


@dataclass(frozen=True, slots=True)
class RetryRefused:
    """A retry that may not be made; what the first attempt ended with stands. `reason` is an error code."""

    reason: str


def admission_request(call: Call, configuration: EffectiveConfiguration, credential_version: str) -> AdmissionRequest:
    """Gather what the call's configuration says about admission."""
    vendor, environment = call.integration.vendor, configuration[keys.ENVIRONMENT]
    per_minute = configuration.at_each_level(keys.REQUESTS_PER_MINUTE)
    per_day = configuration.at_each_level(keys.DAILY_LIMIT)
    # Days of limits that intersect must be the same days, so only the zone set for the whole system counts.
    zone = configuration.at_each_level(keys.DAY_TIME_ZONE)[Level.SYSTEM]
    return AdmissionRequest(
        vendor=vendor,
        program_id=call.program_id,
        integration_id=configuration.integration_id,
        endpoint=f"{vendor}:{call.operation.name}:{environment}",
        login=f"{configuration.integration_id}:{environment}:{credential_version}",
        limits={level: Limits(per_minute.get(level), per_day.get(level)) for level in Level},
        day_zone=ZoneInfo(zone),
        max_wait_seconds=configuration[keys.MAX_WAIT_MS] / 1000,
        retry_budget_percent=configuration[keys.RETRY_BUDGET_PERCENT],
        failure_threshold=configuration[keys.BREAKER_FAILURE_THRESHOLD],
        open_seconds=configuration[keys.BREAKER_OPEN_SECONDS],
        probe_seconds=configuration[keys.BREAKER_PROBE_TIMEOUT_SECONDS],
    )
