"""Handlers in processes of their own, without a gateway before them: for many calls in little time."""

import contextlib
import importlib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from multiprocessing import Queue, get_context
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier, Semaphore
from pathlib import Path
from typing import Any

from local.bundle import Bundle

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])
_PROCESSES = 4


class Invocation:
    """What Lambda's context tells a handler: 30 s are left."""

    function_name = "fleet"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:fleet"
    aws_request_id = "fleet"

    def get_remaining_time_in_millis(self) -> int:
        """Return 30 s."""
        return 30_000


def environment_of(bundle: Bundle) -> dict[str, str]:
    """Return the variables that the template and Lambda give a handler."""
    return {**bundle.functions["driver"].definition.environment, **bundle.aws_environment()}


def _begin(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - log lines, for as long as the process lives


def _ask(asked: tuple[str, dict[str, Any]]) -> str:
    """Return ANSWERED or the name of the error."""
    function, event = asked
    handler = importlib.import_module(f"{function}.app").handler
    try:
        handler(event, Invocation())
    except Exception as error:  # noqa: BLE001 - its name is what a state machine would match
        return type(error).__name__
    return "ANSWERED"


def _answer(asked: tuple[str, dict[str, Any]]) -> str:
    """Return the answer, or the error in words."""
    function, event = asked
    try:
        return json.dumps(importlib.import_module(f"{function}.app").handler(event, Invocation()))
    except Exception as error:  # noqa: BLE001 - an error is an answer that the test compares
        return repr(error)


def _warm_up(asked: tuple[str, dict[str, Any]], turns: Semaphore, start: Barrier) -> None:
    """Open what a warm function has open, a few processes at a time; then wait until all have."""
    with turns:
        _answer(asked)
    start.wait()


def _crowd(
    environment: dict[str, str], function: str, events: list[dict[str, Any]], size: int, out: "Queue[list[str]]"
) -> None:
    _begin(environment)
    importlib.import_module(f"{function}.app")  # once for all; what they open they open for themselves
    (first, then), fork = events, get_context("fork")
    ready = ((function, first), fork.Semaphore(_PROCESSES), fork.Barrier(size))
    with fork.Pool(size, _warm_up, ready) as pool:
        out.put(pool.map(_answer, [(function, then)] * size, chunksize=1))


def at_once(bundle: Bundle, function: str, event: dict[str, Any], size: int, *, after: dict[str, Any]) -> list[str]:
    """Have as many processes ask the same at once, and return their answers.

    Each has asked `after` before: a hundred cold starts would measure the machine.
    """
    out: Queue[list[str]] = _CONTEXT.Queue()
    process = _CONTEXT.Process(target=_crowd, args=(environment_of(bundle), function, [after, event], size, out))
    process.start()
    try:
        return out.get(timeout=110)
    finally:
        process.join(timeout=10)
        process.kill()


class Fleet:
    """Four processes that answer whatever they are given, as fast as they can."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def ask(self, events: Iterable[tuple[str, dict[str, Any]]]) -> Counter[str]:
        """Make these calls and return how they ended."""
        return Counter(self._pool.imap_unordered(_ask, events, chunksize=5))


@contextlib.contextmanager
def fleet(bundle: Bundle) -> Iterator[Fleet]:
    """Run a fleet for as long as the context lasts."""
    with _CONTEXT.Pool(_PROCESSES, _begin, (environment_of(bundle),)) as pool:
        yield Fleet(pool)
        pool.close()
        pool.join()
