"""Timestamps as the admission tables keep them: microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(microseconds: int | None) -> datetime | None:
    """Return the timestamp, or None where there is none."""
    return None if not microseconds else _EPOCH + timedelta(microseconds=microseconds)
