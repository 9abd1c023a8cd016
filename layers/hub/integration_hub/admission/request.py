"""What admission is asked for, and the permit that it grants."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.configuration_key import Level
from integration_hub.models.call import Call


@dataclass(frozen=True, slots=True)
class Limits:
    """How many calls may start at one level; None: no limit there."""

    per_minute: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class AdmissionRequest:
    """A call that is to reach the vendor, with the rules that its settings make.

    `endpoint` names the circuit breaker, `credential` what the lockout is for: account and credential version. Times
    are seconds.
    """

    vendor: str
    program_id: int
    integration_id: int
    endpoint: str
    credential: str
    limits: Mapping[Level, Limits]
    day_zone: ZoneInfo
    max_wait_seconds: float
    retry_budget_percent: int
    failure_threshold: int
    open_seconds: float
    probe_seconds: float


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to send one request, whose first byte must leave by `send_by` (monotonic seconds).

    The rest is for reporting the result: it says whether anything has to be written at all.
    """

    request: AdmissionRequest
    send_by: float
    token: int
    epoch: int
    is_probe: bool
    breaker_had_failures: bool
    is_trial: bool


@dataclass(frozen=True, slots=True)
class RetryRefused:
    """A retry that is not admitted; the error of the attempt before it stands. `reason` is an error code."""

    reason: str


def endpoint_name(vendor: str, operation: str, environment: str) -> str:
    """Return the name of an operation's circuit breaker."""
    return f"{vendor}:{operation}:{environment}"


def admission_request(call: Call, settings: EffectiveConfiguration, credential_version: str) -> AdmissionRequest:
    """Gather what the call's settings say about admission."""
    vendor, environment = call.integration.vendor, settings[keys.ENVIRONMENT]
    account = call.integration.authentication.account(settings)
    per_minute = settings.at_each_level(keys.REQUESTS_PER_MINUTE)
    per_day = settings.at_each_level(keys.DAILY_LIMIT)
    # Days of limits that intersect must be the same days, so only the zone set for the whole system counts.
    zone = settings.at_each_level(keys.DAY_TIME_ZONE)[Level.SYSTEM]
    return AdmissionRequest(
        vendor=vendor,
        program_id=call.program_id,
        integration_id=settings.integration_id,
        endpoint=endpoint_name(vendor, call.operation.name, environment),
        credential=_credential_name(vendor, environment, account, settings.integration_id, credential_version),
        limits={level: Limits(per_minute.get(level), per_day.get(level)) for level in Level},
        day_zone=ZoneInfo(zone),
        max_wait_seconds=settings[keys.MAX_WAIT_MS] / 1000,
        retry_budget_percent=settings[keys.RETRY_BUDGET_PERCENT],
        failure_threshold=settings[keys.BREAKER_FAILURE_THRESHOLD],
        open_seconds=settings[keys.BREAKER_OPEN_SECONDS],
        probe_seconds=settings[keys.BREAKER_PROBE_TIMEOUT_SECONDS],
    )


def _credential_name(vendor: str, environment: str, account: str, integration_id: int, version: str) -> str:
    """Name a credential for the lockout. Operators see it in logs, so the account is a digest."""
    account_digest = hashlib.sha256(account.encode()).hexdigest()[:8]
    return f"{vendor}:{environment}:{account_digest}:{integration_id}:{version}"
