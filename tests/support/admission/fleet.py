"""A fleet of processes that all want to call, as Lambda would run them, each with a connection of its own."""

import contextlib
import json
import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from ctypes import c_int
from dataclasses import dataclass
from multiprocessing import Queue, get_context
from queue import Empty
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from integration_hub import events
from integration_hub.admission.admission import Admission
from integration_hub.admission.request import AdmissionRequest, Limits
from integration_hub.configuration_key import Level
from integration_hub.db.connection import Database
from integration_hub.deadline import Deadline
from integration_hub.errors import DatabaseUnavailable, NotAdmitted
from tests.support.admission.target import Target

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Plan:
    """What each process does until told to stop. Limits per window: for all, per program, per integration."""

    target: Target
    judge: tuple[str, int]
    limits: tuple[int, int, int]
    window_seconds: float
    guard_seconds: float
    programs: int = 3
    integrations: int = 2
    pause_seconds: float = 0.1
    wait_seconds: float = 0.0


@dataclass(frozen=True)
class Tally:
    """What one process saw: how long decisions took, in seconds, and errors that it did not expect."""

    asked: int
    admitted: int
    unavailable: int
    late: int
    seconds: list[float]
    unexpected: list[str]


def request_of(plan: Plan, number: int, tenths: int = 10, **changes: Any) -> AdmissionRequest:
    """Return what process `number` asks for; `tenths` scales every limit."""
    system, program, integration = (max(1, limit * tenths // 10) for limit in plan.limits)
    values: dict[str, Any] = {
        "vendor": "DCS",
        "program_id": 1 + number % plan.programs,
        "integration_id": 1 + number % plan.integrations,
        "endpoint": "DCS:Criminal:TEST",
        "credential": "1:TEST:1",
        "limits": {
            Level.SYSTEM: Limits(system, 1_000_000),
            Level.PROGRAM: Limits(program, None),
            Level.INTEGRATION: Limits(integration, None),
        },
        "day_zone": ZoneInfo("America/Chicago"),
        "max_wait_seconds": plan.wait_seconds,
        "retry_budget_percent": 20,
        "failure_threshold": 5,
        "open_seconds": 60,
        "probe_seconds": 2,
    }
    return AdmissionRequest(**{**values, **changes})


def gates(request: AdmissionRequest) -> dict[str, int]:
    """Return the gates of a request and their limits, as the judge knows them."""
    ids = {Level.SYSTEM: 0, Level.PROGRAM: request.program_id, Level.INTEGRATION: request.integration_id}
    return {
        f"{level} {ids[level]}": limits.per_minute
        for level, limits in request.limits.items()
        if limits.per_minute is not None
    }


def admission_of(plan: Plan, database: Database) -> Admission:
    """Return the real thing with the plan's shorter window."""
    return Admission(database, report=_ignored, window_seconds=plan.window_seconds, guard_seconds=plan.guard_seconds)


def _ignored(event: events.Event) -> None:
    del event


def _run(plan: Plan, number: int, tenths: c_int, out: "Queue[Tally]") -> None:
    chance = random.Random(number)  # noqa: S311 - pauses of a test
    database = Database(plan.target)
    admission = admission_of(plan, database)
    asked = admitted = unavailable = late = 0
    seconds: list[float] = []
    unexpected: list[str] = []
    with contextlib.suppress(DatabaseUnavailable):
        database.query("DO 0")  # opens the connection, which is no part of a decision
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        while scale := tenths.value:
            request = request_of(plan, number, scale)
            asked += 1
            begun = time.monotonic()
            try:
                try:
                    permit = admission.admit(request, Deadline(begun + 10))
                finally:
                    seconds.append(time.monotonic() - begun)
                if time.monotonic() < permit.send_by:
                    line.sendto(json.dumps({"sender": os.getpid(), "limits": gates(request)}).encode(), plan.judge)
                    admitted += 1
                    admission.ended(permit, None)
                else:
                    late += 1
                    admission.unused(permit)
            except NotAdmitted:
                pass
            except DatabaseUnavailable:
                unavailable += 1
            except Exception as error:  # noqa: BLE001 - told to the test, which fails then
                unexpected.append(f"{type(error).__name__}: {error}")
            time.sleep(chance.uniform(0, 2 * plan.pause_seconds))
    out.put(Tally(asked, admitted, unavailable, late, seconds, unexpected))


class Fleet:
    """The running processes. `tenths` scales their limits while they run; 0 stops them.

    It is memory without a lock, because a process that is killed would keep the lock.
    """

    def __init__(self, plan: Plan, size: int) -> None:
        self.tenths: c_int = _CONTEXT.RawValue("i", 10)
        self._out: Queue[Tally] = _CONTEXT.Queue()
        self._processes: list[BaseProcess] = [
            _CONTEXT.Process(target=_run, args=(plan, number, self.tenths, self._out), daemon=True)
            for number in range(size)
        ]
        self._killed = 0
        for process in self._processes:
            process.start()

    def kill_some(self, number: int) -> None:
        """End processes without a word, as Lambda may."""
        for process in self._processes[self._killed : self._killed + number]:
            if process.pid:
                os.kill(process.pid, signal.SIGKILL)
        self._killed += number

    def tallies(self) -> list[Tally]:
        """Stop the others and return what they saw."""
        self.tenths.value = 0
        alive = len(self._processes) - self._killed
        return [self._out.get(timeout=60) for _ in range(alive)]

    def end(self) -> None:
        """Leave no process behind."""
        self.tenths.value = 0
        with contextlib.suppress(Empty):
            while True:
                self._out.get_nowait()
        for process in self._processes:
            process.join(timeout=10)
            if process.is_alive():
                process.kill()
                process.join(timeout=10)


@contextlib.contextmanager
def fleet(plan: Plan, size: int) -> Iterator[Fleet]:
    """Run a fleet for as long as the context lasts."""
    running = Fleet(plan, size)
    try:
        yield running
    finally:
        running.end()
