"""pybreaker: its state inside each process, and shared on Redis."""

import logging
from dataclasses import dataclass
from typing import override

import pybreaker
import redis

from tests.benchmark.peers.breaker import FAILURES, OPEN_SECONDS, Breaker, VendorDownError


@dataclass(frozen=True)
class Pybreaker:
    """Without a `url` each process has a breaker of its own."""

    url: str = ""

    def open(self) -> Breaker:
        """Return the breaker of one process."""
        logging.disable()  # it logs each refusal of its store with a traceback
        storage = (
            pybreaker.CircuitRedisStorage(pybreaker.STATE_CLOSED, redis.Redis.from_url(self.url)) if self.url else None
        )
        return _Calling(pybreaker.CircuitBreaker(FAILURES, OPEN_SECONDS, state_storage=storage))


class _Calling(Breaker):
    def __init__(self, breaker: pybreaker.CircuitBreaker) -> None:
        self._breaker = breaker
        self._called = False

    @override
    def call(self, vendor: "Breaker.Vendor") -> bool:
        self._called = False

        def reached() -> None:
            self._called = True
            vendor()

        try:
            self._breaker.call(reached)
        except (pybreaker.CircuitBreakerError, VendorDownError):
            return self._called
        return True
