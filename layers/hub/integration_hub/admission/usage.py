"""Usage per limit: the calls that each rate limit has counted."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from integration_hub.admission.day import day_starts
from integration_hub.admission.decision import DATABASE_CLOCK, MICROSECONDS
from integration_hub.configuration_key import Level
from integration_hub.db.connection import Database, Row

_LIMITS = f"""
SELECT level, level_id, recent_calls, day_start, day_count, minute_limit, day_limit, {DATABASE_CLOCK} AS now
FROM rate_limit WHERE vendor = %(vendor)s
ORDER BY FIELD(level, 'SYSTEM', 'PROGRAM', 'INTEGRATION'), level_id
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class RateLimitUsage:
    """The usage of one rate limit. `level_id` is the program's or integration's id, 0 for SYSTEM.

    The limits are those that the last admitted call was held to; None: none at this level.
    """

    level: Level
    level_id: int
    last_minute: int
    minute_limit: int | None
    today: int
    day_limit: int | None


def rate_limit_usage(database: Database, vendor: str, day_zone: ZoneInfo) -> list[RateLimitUsage]:
    """Return the usage of every rate limit of a vendor, the most general level first."""
    return [_use(row, day_zone) for row in database.query(_LIMITS, {"vendor": vendor})]


def _use(row: Row, day_zone: ZoneInfo) -> RateLimitUsage:
    now, recent_calls = row["now"], row["recent_calls"]
    calls = (int.from_bytes(recent_calls[place : place + 8]) for place in range(0, len(recent_calls), 8))
    _, today, _, _ = day_starts(now / MICROSECONDS, day_zone)
    return RateLimitUsage(
        level=Level(row["level"]),
        level_id=row["level_id"],
        last_minute=sum(call > now - 60 * MICROSECONDS for call in calls),
        minute_limit=row["minute_limit"],
        today=row["day_count"] if row["day_start"] >= today else 0,
        day_limit=row["day_limit"],
    )
