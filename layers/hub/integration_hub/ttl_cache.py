"""One cache with a time to live, for what an execution environment keeps between calls."""

import contextlib
import math
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from integration_hub.errors import DatabaseUnavailable


@dataclass(frozen=True, slots=True)
class _Entry[V]:
    value: V
    loaded_at: float


class TtlCache[K: Hashable, V]:
    """Values by key. Only one caller loads at a time; times are seconds on `clock`, which is monotonic.

    A value is current for `ttl_seconds`. For `stale_seconds` after it was loaded it is still served when the database
    cannot be reached to load it again.
    """

    def __init__(self, clock: Callable[[], float], *, ttl_seconds: float, stale_seconds: float = 0.0) -> None:
        self._clock = clock
        self._ttl_seconds = ttl_seconds
        self._stale_seconds = stale_seconds
        self._entries: dict[K, _Entry[V]] = {}
        self._refreshed_at: dict[K, float] = {}
        self._loading = threading.Lock()

    def get(self, key: K, load: Callable[[], V]) -> V:
        """Return the current value, loading it where there is none; raises what `load` raises."""
        entry = self._entries.get(key)
        if entry is not None and self._clock() - entry.loaded_at < self._ttl_seconds:
            return entry.value
        with self._loading:
            return self._loaded(key, load)

    def refresh(self, key: K, load: Callable[[], V], *, min_interval_seconds: float) -> V:
        """Return the value as it is now, past its time to live; at most one load in so many seconds."""
        with self._loading:
            now = self._clock()
            if now - self._refreshed_at.get(key, -math.inf) >= min_interval_seconds:
                self._refreshed_at[key] = now
                with contextlib.suppress(DatabaseUnavailable):  # then the present value is the best there is
                    self._entries[key] = _Entry(load(), now)
        return self.get(key, load)

    def _loaded(self, key: K, load: Callable[[], V]) -> V:
        entry, now = self._entries.get(key), self._clock()
        if entry is not None and now - entry.loaded_at < self._ttl_seconds:
            return entry.value  # another caller loaded it while this one waited
        try:
            value = load()
        except DatabaseUnavailable:
            if entry is not None and now - entry.loaded_at < self._stale_seconds:
                return entry.value
            raise
        self._entries[key] = _Entry(value, now)
        return value
