"""Sixteen processes that ask a limiter for five and eight times what it allows, in turns."""

import contextlib
import json
import os
import random
import socket
import time
from collections import Counter
from collections.abc import Iterator
from ctypes import c_int
from dataclasses import dataclass, field
from multiprocessing import Queue, get_context
from multiprocessing.synchronize import Barrier

from tests.benchmark.peers.limiter import LIMIT, PROCESSES, WINDOW_SECONDS, Limiter, Subject

GATE = "vendor"
_CONTEXT = get_context("forkserver")
# By name, so that what is not installed is left out: `make bench` uses the fleet without the peers.
_CONTEXT.set_forkserver_preload(
    [
        f"tests.benchmark.peers.{name}"
        for name in ("ours", "limits_library", "pyrate", "pybreaker_library", "powertools")
    ]
)
_DEMAND = (5, 8)
# The two demands take turns within a window, so that no library's own windows are in step with them.
_TURN_SECONDS = 0.75 * WINDOW_SECONDS
_START_SECONDS = 60


@dataclass
class Tally:
    """What one process saw. Times are seconds; `errors` by the exception's name; `late`: granted, not sent in time."""

    granted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    late: int = 0


class Fleet:
    """The running processes, all of which have opened their limiters."""

    def __init__(self, subject: Subject, judge: tuple[str, int]) -> None:
        self._running: c_int = _CONTEXT.RawValue("i", 1)
        self._out: Queue[Tally] = _CONTEXT.Queue()
        start = _CONTEXT.Barrier(PROCESSES + 1)
        self._processes = [
            _CONTEXT.Process(
                target=_run,
                args=(subject, judge, number),
                kwargs={"start": start, "running": self._running, "out": self._out},
                daemon=True,
            )
            for number in range(PROCESSES)
        ]
        for process in self._processes:
            process.start()
        start.wait(_START_SECONDS)

    def tallies(self) -> list[Tally]:
        """Stop the processes and return what they saw."""
        self._running.value = 0
        return [self._out.get(timeout=60) for _ in self._processes]

    def end(self) -> None:
        """Leave no process behind."""
        self._running.value = 0
        for process in self._processes:
            process.join(timeout=10)
            if process.is_alive():
                process.kill()
                process.join(timeout=10)


@contextlib.contextmanager
def fleet(subject: Subject, judge: tuple[str, int]) -> Iterator[Fleet]:
    """Run a fleet for as long as the context lasts."""
    running = Fleet(subject, judge)
    try:
        yield running
    finally:
        running.end()


def _run(
    subject: Subject, judge: tuple[str, int], number: int, *, start: Barrier, running: c_int, out: "Queue[Tally]"
) -> None:
    chance = random.Random(number)  # noqa: S311 - pauses of a measurement
    limiter, tally = subject.open(), Tally()
    arrival = json.dumps({"sender": os.getpid(), "limits": {GATE: LIMIT}}).encode()
    start.wait(_START_SECONDS)
    begun = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        while running.value:
            time.sleep(chance.uniform(0, 2 * _pause(time.monotonic() - begun)))
            if _granted(limiter, tally):
                line.sendto(arrival, judge)
                limiter.sent()
    out.put(tally)


def _pause(elapsed: float) -> float:
    demand = _DEMAND[int(elapsed / _TURN_SECONDS) % 2]
    return PROCESSES * WINDOW_SECONDS / (demand * LIMIT)


def _granted(limiter: Limiter, tally: Tally) -> bool:
    started = time.monotonic()
    try:
        granted = limiter.ask()
    except Exception as error:  # noqa: BLE001 - each library has its own; its name is the result
        tally.errors[type(error).__name__] += 1
        return False
    (tally.granted if granted else tally.refused).append(time.monotonic() - started)
    if not granted:
        return False
    in_time = limiter.may_send()
    tally.late += not in_time
    return in_time
