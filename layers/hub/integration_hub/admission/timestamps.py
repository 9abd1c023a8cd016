"""Moments as the admission tables keep them: microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)


def moment(microseconds: int | None) -> datetime | None:
    """Return the moment, or None where there is none."""
    return None if not microseconds else _ORIGIN + timedelta(microseconds=microseconds)
