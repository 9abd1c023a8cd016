"""The configuration keys that mean the same for every vendor, declared once: form, default, and what they are for.

From this registry, and from the keys that a vendor declares (`Integration.settings`), come the validation of each
value, the documentation table and the meaning of "effective".
"""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integration_hub.configuration_key import Key, Kind, boolean, integer, text
from integration_hub.models.purpose import Purpose


def _https_base(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
        usable = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port out of range, brackets that do not close
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc or len(text) > 200:
        raise ValueError("must be the https URL of a host, without path, query or login")
    return text.strip().rstrip("/")


def _path(text: str) -> str:
    if (
        not text.startswith("/")
        or "?" in text
        or "#" in text
        or not text.isprintable()
        or " " in text
        or len(text) > 200
    ):
        raise ValueError("must be a path of at most 200 characters that begins with / and has no query")
    return text


def _environment(text: str) -> str:
    if text not in {"PRODUCTION", "STAGING", "DEVELOPMENT"}:
        raise ValueError("must be PRODUCTION, STAGING or DEVELOPMENT")
    return text


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a directory of zones
        raise ValueError("must be the name of a time zone, for example America/Chicago") from None


def _purposes(text: str) -> str:
    names = [name.strip() for name in text.split(",")]
    if not set(names) <= set(Purpose):
        raise ValueError(f"must be some of {', '.join(Purpose)}, separated by commas")
    return ", ".join(names)


_AMOUNT_FORM = "amount, for example 2.50"


def _amount(text: str) -> Decimal:
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", text.strip()) is None:
        raise ValueError(f"must be an {_AMOUNT_FORM}")
    return Decimal(text.strip())


_flag, _flag_form = boolean()
_seconds, _seconds_form = integer(1, 30)
_long_text, _long_form = text(255)
# Above 5 MB lies nothing that a vendor can mean: 100 drivers with long histories come to 2 MB.
_bytes, _bytes_form = integer(1_000, 5_000_000)
_per_minute, _per_minute_form = integer(1, 600)  # rate_limit.recent_calls holds 600 calls
_per_day, _per_day_form = integer(1, 10_000_000)
_delay_ms, _delay_form = integer(0, 60_000)
_retries, _retries_form = integer(0, 10)
_percent, _percent_form = integer(0, 100)
_failures, _failures_form = integer(1, 100)
_pause_seconds, _pause_form = integer(1, 3_600)
_hours, _hours_form = integer(0, 720)

ENABLED = Key(
    Kind.CONNECTION,
    "enabled",
    _flag,
    "true or false",
    "Kill switch: anything but true, at any level, stops the calls it covers",
    True,
)
ENVIRONMENT = Key(
    Kind.CONNECTION,
    "environment",
    _environment,
    "PRODUCTION, STAGING or DEVELOPMENT",
    "Whose credentials are used; must equal the environment that the function was deployed for",
)
ALLOWED_PURPOSES = Key(
    Kind.CONNECTION,
    "allowed_purposes",
    _purposes,
    "purposes, with commas",
    "Permissible purposes that calls may state; an unreadable value allows none",
    ", ".join(Purpose),
)
BASE_URL = Key(Kind.CONNECTION, "base_url", _https_base, "https address", "The vendor's host and port")
CA_BUNDLE = Key(
    Kind.CONNECTION, "ca_bundle", _long_text, _long_form, "PEM file that the vendor's certificate is checked with", ""
)
TIMEOUT_SECONDS = Key(
    Kind.CONNECTION, "timeout_seconds", _seconds, _seconds_form, "The whole call, from first byte to last", 30
)
CONNECT_TIMEOUT_SECONDS = Key(
    Kind.CONNECTION,
    "connect_timeout_seconds",
    _seconds,
    _seconds_form,
    "TCP and TLS connection; admission allows 1.5",
    5,
)
MAX_RESPONSE_BYTES = Key(
    Kind.CONNECTION, "max_response_bytes", _bytes, _bytes_form, "Answers above this are refused", 5_000_000
)
REQUESTS_PER_MINUTE = Key(
    Kind.LIMITS, "requests_per_minute", _per_minute, _per_minute_form, "Calls that may start in any 60 seconds", 100
)
DAILY_LIMIT = Key(Kind.LIMITS, "daily_limit", _per_day, _per_day_form, "Calls that may start in a calendar day", 10_000)
DAY_TIME_ZONE = Key(
    Kind.LIMITS,
    "day_time_zone",
    _time_zone,
    "IANA name",
    "Whose day it is; at SYSTEM only",
    "America/Chicago",
)
MAX_WAIT_MS = Key(
    Kind.LIMITS, "max_wait_ms", _delay_ms, _delay_form, "How long a call waits for a slot before it is refused", 0
)
MAX_RETRIES = Key(Kind.RETRY, "max_retries", _retries, _retries_form, "Attempts after the first", 3)
RETRY_DELAY_MS = Key(
    Kind.RETRY,
    "retry_delay_ms",
    _delay_ms,
    _delay_form,
    "Longest pause before the first retry, then doubled",
    1_000,
)
MAX_RETRY_DELAY_MS = Key(
    Kind.RETRY, "max_retry_delay_ms", _delay_ms, _delay_form, "Longest pause before any retry", 8_000
)
RETRY_LOST_ANSWERS = Key(
    Kind.RETRY,
    "retry_lost_answers",
    _flag,
    "true or false",
    "Also retry where the answer was lost on the way; it may be charged twice",
    False,
)
RETRY_BUDGET_PERCENT = Key(
    Kind.RETRY, "retry_budget_percent", _percent, _percent_form, "Retries per 100 first attempts, for the fleet", 20
)
BREAKER_FAILURE_THRESHOLD = Key(
    Kind.RETRY, "breaker_failure_threshold", _failures, _failures_form, "Outages in a row that stop the calls", 5
)
BREAKER_OPEN_SECONDS = Key(
    Kind.RETRY, "breaker_open_seconds", _pause_seconds, _pause_form, "How long calls rest before one tries again", 60
)
BREAKER_PROBE_TIMEOUT_SECONDS = Key(
    Kind.RETRY,
    "breaker_probe_timeout_seconds",
    _pause_seconds,
    _pause_form,
    "How long the one test call of an open breaker may take before another is allowed",
    40,
)

KEYS: tuple[Key[Any], ...] = (
    ENABLED,
    ENVIRONMENT,
    ALLOWED_PURPOSES,
    BASE_URL,
    CA_BUNDLE,
    TIMEOUT_SECONDS,
    CONNECT_TIMEOUT_SECONDS,
    MAX_RESPONSE_BYTES,
    REQUESTS_PER_MINUTE,
    DAILY_LIMIT,
    DAY_TIME_ZONE,
    MAX_WAIT_MS,
    MAX_RETRIES,
    RETRY_DELAY_MS,
    MAX_RETRY_DELAY_MS,
    RETRY_LOST_ANSWERS,
    RETRY_BUDGET_PERCENT,
    BREAKER_FAILURE_THRESHOLD,
    BREAKER_OPEN_SECONDS,
    BREAKER_PROBE_TIMEOUT_SECONDS,
)


def operation_path(name: str) -> Key[str]:
    """Return the key of an operation's full path; a vendor's version number is never derived (vendor manuals, D4)."""
    return Key(Kind.CONNECTION, f"{name}_path", _path, "path", "Full path of the operation")


def operation_price(name: str) -> Key[Decimal]:
    """Return the key of what the vendor charges for a search, whatever it finds."""
    return Key(Kind.PRICE, name, _amount, _AMOUNT_FORM, "What the vendor charges for a search", Decimal(0))


def operation_cache(name: str, default_hours: int) -> Key[int]:
    """Return the key of how long an operation's answers may be used again."""
    return Key(Kind.CACHE, name, _hours, _hours_form, "Hours that an answer may be used again", default_hours)
