"""The `limits` library on Redis, with each of its three strategies."""

from dataclasses import dataclass
from typing import ClassVar, override

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import STRATEGIES

from tests.benchmark.peers.limiter import LIMIT, WINDOW_SECONDS, Limiter


@dataclass(frozen=True)
class LimitsLibrary:
    """`strategy` is one of the library's names: moving-window, fixed-window, sliding-window-counter."""

    url: str
    strategy: str
    window_seconds: ClassVar[float] = WINDOW_SECONDS

    def open(self) -> Limiter:
        """Return the limiter of one process."""
        return _Hitting(self.url, self.strategy)


class _Hitting(Limiter):
    def __init__(self, url: str, strategy: str) -> None:
        self._limiter = STRATEGIES[strategy](RedisStorage(url))
        self._item = RateLimitItemPerSecond(LIMIT, WINDOW_SECONDS)
        self._limiter.test(self._item, "vendor")  # opens the connection, which is no part of a decision

    @override
    def ask(self) -> bool:
        return bool(self._limiter.hit(self._item, "vendor"))
