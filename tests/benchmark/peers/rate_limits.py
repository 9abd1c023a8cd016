"""Measure one limiter: undisturbed, and with its store killed and started again in mid-run."""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.benchmark.peers.fleet import GATE, Tally, fleet
from tests.benchmark.peers.limiter import LIMIT, WINDOW_SECONDS, Subject
from tests.support.admission.judge import Judge

_UNDISTURBED_SECONDS = 2.4 * WINDOW_SECONDS
_BEFORE_KILL_SECONDS, _AWAY_SECONDS, _AFTER_SECONDS = 0.7 * WINDOW_SECONDS, 1.0, 1.3 * WINDOW_SECONDS


class Store(Protocol):
    """A server that can be killed and started again."""

    def kill(self) -> None:
        """End it as a crash would."""

    def start(self) -> None:
        """Start it and wait until it answers."""


@dataclass(frozen=True)
class RateLimitResult:
    """One row of the table. `over_grants`: calls that were one too many in the window that ends with them."""

    name: str
    over_grants: int
    used_percent: float
    granted_ms: tuple[float, float]
    """Median and 99th percentile."""
    refused_ms: tuple[float, float]
    errors: dict[str, int]
    """Undisturbed; each is a call that was not made."""


@dataclass(frozen=True)
class OutageResult:
    """The same with the store killed. `let_through`: calls made between its death and its return."""

    name: str
    over_grants: int
    away_seconds: float
    let_through: int
    errors: dict[str, int]
    granted_afterwards: int


def undisturbed(name: str, subject: Subject) -> RateLimitResult:
    """Let the fleet ask for two windows and a half."""
    with Judge() as judge, fleet(subject, judge.address) as running:
        time.sleep(_UNDISTURBED_SECONDS)
        tallies = running.tallies()
        over = len(judge.excess(WINDOW_SECONDS))
        used = judge.usable(GATE, LIMIT, WINDOW_SECONDS, subject.window_seconds)
    return RateLimitResult(
        name=name,
        over_grants=over,
        used_percent=round(100 * used, 1),
        granted_ms=_milliseconds(tallies, lambda tally: tally.granted),
        refused_ms=_milliseconds(tallies, lambda tally: tally.refused),
        errors=_errors(tallies),
    )


def with_outage(name: str, subject: Subject, store: Store) -> OutageResult:
    """Kill the store while the fleet asks, and start it again a second later."""
    with Judge() as judge, fleet(subject, judge.address) as running:
        time.sleep(_BEFORE_KILL_SECONDS)
        killed_at = time.time()
        store.kill()
        time.sleep(_AWAY_SECONDS)
        starting_at = time.time()
        store.start()
        back_at = time.time()
        time.sleep(_AFTER_SECONDS)
        tallies = running.tallies()
        over = len(judge.excess(WINDOW_SECONDS))
        arrivals = [arrival.at for arrival in judge.arrivals]
    return OutageResult(
        name=name,
        over_grants=over,
        away_seconds=round(back_at - killed_at, 1),
        # While it starts it may answer some before we notice; and a call granted just before may arrive just after.
        let_through=sum(killed_at + 0.05 < at < starting_at for at in arrivals),
        errors=_errors(tallies),
        granted_afterwards=sum(at > back_at for at in arrivals),
    )


def _milliseconds(tallies: list[Tally], of: Callable[[Tally], list[float]]) -> tuple[float, float]:
    times = [1000 * second for tally in tallies for second in of(tally)]
    if len(times) < 2:
        return 0.0, 0.0
    percentiles = statistics.quantiles(times, n=100)
    return round(percentiles[49], 2), round(percentiles[98], 2)


def _errors(tallies: list[Tally]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for tally in tallies:
        total += tally.errors
    return dict(total)
