"""What an execution environment keeps between calls: current, stale for a while, loaded by one caller at a time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from integration_hub.errors import ConfigurationMissing, DatabaseUnavailable
from integration_hub.ttl_cache import TtlCache


class Clock:
    """A clock that the test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        """Return the moment in seconds."""
        return self.now


class Source:
    """Loads a new number each time, or raises `error`."""

    def __init__(self) -> None:
        self.loads = 0
        self.error: Exception | None = None

    def __call__(self) -> int:
        """Return how many loads there were."""
        self.loads += 1
        if self.error is not None:
            raise self.error
        return self.loads


@pytest.fixture
def clock() -> Clock:
    """A clock at an arbitrary moment."""
    return Clock()


@pytest.fixture
def source() -> Source:
    """A source that works."""
    return Source()


def _cache(clock: Callable[[], float]) -> TtlCache[str, int]:
    return TtlCache(clock, ttl_seconds=60, stale_seconds=900)


def test_a_value_is_loaded_once_while_it_is_current(clock: Clock, source: Source) -> None:
    """And again when its time is over; each key has a value of its own."""
    cache = _cache(clock)
    assert [cache.get("a", source), cache.get("a", source), cache.get("b", source)] == [1, 1, 2]
    clock.now += 59.9
    assert cache.get("a", source) == 1
    clock.now += 0.1
    assert [cache.get("a", source), cache.get("a", source)] == [3, 3]


def test_a_stale_value_is_served_while_the_database_is_unavailable(clock: Clock, source: Source) -> None:
    """Until its bound, counted from its load; every call tries again, so it is current as soon as it can be."""
    cache = _cache(clock)
    assert cache.get("a", source) == 1
    source.error = DatabaseUnavailable("x")
    for seconds in (60, 800, 39):
        clock.now += seconds
        assert cache.get("a", source) == 1
    assert source.loads == 4
    clock.now += 1
    with pytest.raises(DatabaseUnavailable):
        cache.get("a", source)
    source.error = None
    assert cache.get("a", source) == 6


def test_no_other_error_is_covered_by_a_stale_value(clock: Clock, source: Source) -> None:
    """A program that was deleted is not served from memory."""
    cache = _cache(clock)
    assert cache.get("a", source) == 1
    clock.now += 60
    source.error = ConfigurationMissing("x")
    with pytest.raises(ConfigurationMissing):
        cache.get("a", source)


def test_without_a_stale_time_an_old_value_is_not_served(clock: Clock, source: Source) -> None:
    """A decrypted credential is not kept longer than its time to live."""
    cache: TtlCache[str, int] = TtlCache(clock, ttl_seconds=60)
    assert cache.get("a", source) == 1
    clock.now += 60
    source.error = DatabaseUnavailable("x")
    with pytest.raises(DatabaseUnavailable):
        cache.get("a", source)


def test_an_error_is_not_kept(clock: Clock, source: Source) -> None:
    """The next caller loads again."""
    cache = _cache(clock)
    source.error = DatabaseUnavailable("x")
    with pytest.raises(DatabaseUnavailable):
        cache.get("a", source)
    source.error = None
    assert cache.get("a", source) == 2


def test_a_refresh_loads_past_the_time_to_live_but_not_too_often(clock: Clock, source: Source) -> None:
    """At most once in ten seconds for each key."""
    cache = _cache(clock)
    assert cache.get("a", source) == 1

    def refreshed(key: str) -> int:
        return cache.refresh(key, source, min_interval_seconds=10)

    assert [refreshed("a"), refreshed("a"), cache.get("a", source)] == [2, 2, 2]
    assert refreshed("b") == 3
    clock.now += 9.9
    assert refreshed("a") == 2
    clock.now += 0.1
    assert refreshed("a") == 4


def test_only_one_caller_loads_at_a_time(clock: Clock) -> None:
    """The others wait for it and use what it loaded."""
    cache = _cache(clock)
    loads, started, may_end = [], threading.Event(), threading.Event()

    def load() -> int:
        loads.append(1)
        started.set()
        assert may_end.wait(10)
        return 7

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(cache.get, "a", load)
        assert started.wait(10)
        others = [pool.submit(cache.get, "a", load) for _ in range(7)]
        may_end.set()
        assert {one.result(timeout=10) for one in [first, *others]} == {7}
    assert len(loads) == 1
