"""When to retry: exponential backoff with full jitter. Pure: randomness and the time left are given."""

from collections.abc import Callable
from dataclasses import dataclass

from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.errors import VendorUnavailable

LEAST_EXCHANGE_SECONDS = 0.25
"""With less time left nothing is sent: the vendor would search and charge, and no caller would be waiting."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a call is retried and how long it waits before. Times are seconds.

    `lost_answers`: whether an attempt that may be charged is retried too, and perhaps paid twice.
    """

    max_retries: int
    delay_seconds: float
    max_delay_seconds: float
    lost_answers: bool = False


def retry_policy(configuration: EffectiveConfiguration) -> RetryPolicy:
    """Read the policy from the settings."""
    return RetryPolicy(
        max_retries=configuration[keys.MAX_RETRIES],
        delay_seconds=configuration[keys.RETRY_DELAY_MS] / 1000,
        max_delay_seconds=configuration[keys.MAX_RETRY_DELAY_MS] / 1000,
        lost_answers=configuration[keys.RETRY_LOST_ANSWERS],
    )


def backoff(
    policy: RetryPolicy,
    error: VendorUnavailable,
    *,
    retries_made: int,
    remaining_seconds: float,
    random: Callable[[], float],
) -> float | None:
    """Return the seconds to wait before the next attempt, or None when there is to be none.

    Full jitter: uniform between nothing and the delay, which doubles with each retry up to its maximum; `random`
    returns 0 <= x < 1. Never sooner than the vendor's Retry-After. Where the wait would outlast the call there
    is no retry: one sooner than the vendor asked would be refused again.
    """
    if retries_made >= policy.max_retries or (error.may_be_charged and not policy.lost_answers):
        return None
    ceiling = min(policy.max_delay_seconds, policy.delay_seconds * 2**retries_made)
    pause = max(random() * ceiling, error.retry_after_seconds or 0.0)
    return pause if pause + LEAST_EXCHANGE_SECONDS < remaining_seconds else None
