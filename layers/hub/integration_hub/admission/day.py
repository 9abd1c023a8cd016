"""Where calendar days begin. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MICROSECONDS = 1_000_000


def day_starts(now_seconds: float, zone: ZoneInfo) -> tuple[int, int, int, int]:
    """Return the midnights that began yesterday and today and will begin the next two days, in microseconds UTC.

    The database picks among them by its own clock, so a caller's clock may be wrong by most of a day. Where a clock
    change skips midnight, the day begins at the change.
    """
    today = datetime.fromtimestamp(now_seconds, zone).date()
    days = (today + timedelta(days=offset) for offset in (-1, 0, 1, 2))
    first, second, third, fourth = (round(datetime.combine(day, time.min, zone).timestamp()) for day in days)
    return first * MICROSECONDS, second * MICROSECONDS, third * MICROSECONDS, fourth * MICROSECONDS
