"""Where a warm call's time goes: clocks around the database and the exchange; the rest is Python."""

import contextlib
import functools
import inspect
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from tests.benchmark.figures import Figure

_NO_STATEMENT = {"close"}


@dataclass
class Split:
    """Seconds per call and part. `vendor` is the part of the exchange in which the simulator worked."""

    database: list[float] = field(default_factory=list)
    exchange: list[float] = field(default_factory=list)
    vendor: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)

    def figures(self, server: str) -> list[Figure]:
        """Return the median of each part in milliseconds."""
        parts = {
            "warm_database_ms": (self.database, "all statements of a call"),
            "warm_exchange_ms": (self.exchange, "VendorTransport.send without the vendor's own time"),
            "warm_vendor_ms": (self.vendor, "the simulator's own time"),
            "warm_python_ms": (self.python, "everything else"),
        }
        return [
            Figure(name, round(1000 * statistics.median(seconds), 2), "ms", what, server)
            for name, (seconds, what) in parts.items()
        ]


@contextlib.contextmanager
def clocks() -> Iterator[Callable[[], tuple[float, float]]]:
    """Put clocks around every public method of Database that sends statements, and around VendorTransport.send.

    Yields a function that returns the seconds in both since it was last asked.
    """
    from integration_hub.db.connection import Database  # noqa: PLC0415 - with the handler, after its environment
    from integration_hub.vendor.transport import VendorTransport  # noqa: PLC0415 - as above

    database, exchange = _Clock(), _Clock()
    with contextlib.ExitStack() as stack:
        for name, method in inspect.getmembers(Database, inspect.isfunction):
            if not name.startswith("_") and name not in _NO_STATEMENT:
                stack.enter_context(patch.object(Database, name, database.around(method)))
        stack.enter_context(patch.object(VendorTransport, "send", exchange.around(VendorTransport.send)))
        yield lambda: (database.read(), exchange.read())


class _Clock:
    """Adds up the time inside the functions that it goes around; one that calls another counts once."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._depth = 0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._depth += 1
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._seconds += time.perf_counter() - started

        return timed

    def read(self) -> float:
        seconds, self._seconds = self._seconds, 0.0
        return seconds
