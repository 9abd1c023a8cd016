"""pyrate-limiter: its bucket on Redis, and its bucket inside each process."""

from dataclasses import dataclass
from typing import ClassVar, override

import redis
from pyrate_limiter import Duration, InMemoryBucket, Rate, RedisBucket
from pyrate_limiter import Limiter as PyrateLimiter
from pyrate_limiter.abstracts import AbstractBucket

from tests.benchmark.peers.limiter import LIMIT, WINDOW_SECONDS, Limiter


@dataclass(frozen=True)
class PyrateOnRedis:
    """One bucket for all processes."""

    url: str
    window_seconds: ClassVar[float] = WINDOW_SECONDS

    def open(self) -> Limiter:
        """Return the limiter of one process."""
        return _Acquiring(RedisBucket.init([_rate(LIMIT)], redis.Redis.from_url(self.url), "vendor"))


@dataclass(frozen=True)
class PyrateInProcess:
    """A bucket per process that knows nothing of the others; `limit` is what one process allows itself."""

    limit: int
    window_seconds: ClassVar[float] = WINDOW_SECONDS

    def open(self) -> Limiter:
        """Return the limiter of one process."""
        return _Acquiring(InMemoryBucket([_rate(self.limit)]))


class _Acquiring(Limiter):
    def __init__(self, bucket: AbstractBucket) -> None:
        self._limiter = PyrateLimiter(bucket)

    @override
    def ask(self) -> bool:
        return bool(self._limiter.try_acquire("vendor", blocking=False))


def _rate(limit: int) -> Rate:
    return Rate(limit, Duration.SECOND * WINDOW_SECONDS)
