"""What a circuit breaker has to offer, and the fleet that calls a dead vendor through it."""

import itertools
import json
import os
import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Protocol

from tests.benchmark.peers.limiter import PROCESSES
from tests.support.admission.judge import Judge

FAILURES = 5
"""Failures in a row that open it."""
OPEN_SECONDS = 4
"""Whole seconds, because some libraries take no others."""
_VENDOR_SECONDS = 0.15  # what the vendor takes to fail
_PAUSE_SECONDS = 0.05  # mean, between two calls of one process
_RUN_SECONDS = OPEN_SECONDS + 4.5
_STOPPED_SECONDS = 1.5  # silence at the vendor for so long means that every process has stopped
_TRIAL_SECONDS = 1.0  # what arrives within this time after the silence is a trial call
_START_SECONDS = 60
_CONTEXT = get_context("forkserver")


class VendorDownError(Exception):
    """The vendor fails every call."""


class Breaker:
    """One process's circuit breaker."""

    type Vendor = Callable[[], None]

    def call(self, vendor: "Breaker.Vendor") -> bool:
        """Call the vendor unless the breaker is open; return whether it was called. Raises nothing."""
        raise NotImplementedError


class BreakerSubject(Protocol):
    """A breaker that can be handed to another process and opened there."""

    def open(self) -> Breaker:
        """Return the breaker, connected."""
        ...


@dataclass(frozen=True)
class BreakerResult:
    """One row: calls that reached the dead vendor until all processes stopped, and after the open time."""

    name: str
    calls_until_stopped: int
    trial_calls: int


def measured(name: str, subject: BreakerSubject) -> BreakerResult:
    """Let sixteen processes call a dead vendor until the open time has passed once."""
    with Judge() as judge:
        start = _CONTEXT.Barrier(PROCESSES + 1)
        processes = [
            _CONTEXT.Process(target=_run, args=(subject, judge.address, number, start), daemon=True)
            for number in range(PROCESSES)
        ]
        for process in processes:
            process.start()
        start.wait(_START_SECONDS)
        for process in processes:
            process.join(timeout=_RUN_SECONDS + 15)
            if process.is_alive():
                process.kill()
                process.join()
        arrivals = sorted(arrival.at for arrival in judge.arrivals)
    return BreakerResult(name, *_counted(arrivals))


def _counted(arrivals: list[float]) -> tuple[int, int]:
    for number, (at, following) in enumerate(itertools.pairwise(arrivals), start=1):
        if following - at >= _STOPPED_SECONDS:
            return number, sum(following <= later < following + _TRIAL_SECONDS for later in arrivals)
    return len(arrivals), 0


def _run(subject: BreakerSubject, judge: tuple[str, int], number: int, start: Barrier) -> None:
    chance = random.Random(number)  # noqa: S311 - pauses of a measurement
    breaker = subject.open()
    arrival = json.dumps({"sender": os.getpid(), "limits": {}}).encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:

        def vendor() -> None:
            line.sendto(arrival, judge)
            time.sleep(_VENDOR_SECONDS)
            raise VendorDownError

        start.wait(_START_SECONDS)
        end = time.monotonic() + _RUN_SECONDS
        while time.monotonic() < end:
            breaker.call(vendor)
            time.sleep(chance.uniform(0, 2 * _PAUSE_SECONDS))
