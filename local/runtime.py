"""Lambda functions on one machine: each invoked in an execution environment of its own, warm ones first."""

import json
import secrets
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from local.guard import Guard
from local.output import LogFile
from local.runtime_api import Work
from local.sandbox import DiedIdleError, Sandbox
from local.template import FunctionDefinition


@dataclass(frozen=True, slots=True)
class Invocation:
    """How one invocation ended."""

    request_id: str
    payload: bytes
    """JSON: the answer, or Lambda's description of the error (errorType, errorMessage and so on)."""
    error_type: str | None
    """None for an answer; else the exception's class name, Sandbox.Timedout, Runtime.ExitError and the like."""
    log_lines: tuple[str, ...]
    """What the environment printed during this invocation, with Lambda's START, END and REPORT."""
    duration_seconds: float
    """The handler's time; start-up is not part of it."""
    pid: int
    """The process that served it."""

    @property
    def error(self) -> bool:
        """Whether the function failed (X-Amz-Function-Error)."""
        return self.error_type is not None

    def json(self) -> Any:
        """Return the payload, parsed."""
        return json.loads(self.payload)


class TooManyRequestsError(Exception):
    """As many invocations run as the function may have at once; this one was not begun."""


class Function:
    """A function that can be invoked, from any thread.

    `environment` is added to the template's variables; nothing else of this process's environment reaches the function.
    With `log_directory` its output is appended to `NAME.log` there. An idle environment is killed when it is no longer
    needed, as in Lambda; `exit_seconds` gives it time to exit by itself, which a coverage measurement needs.
    """

    def __init__(
        self,
        definition: FunctionDefinition,
        *,
        guard: Guard,
        environment: Mapping[str, str] | None = None,
        log_directory: Path | None = None,
        exit_seconds: float = 0.0,
    ) -> None:
        self.definition = definition
        self._guard = guard
        self._environment = dict(environment or {})
        self._exit_seconds = exit_seconds
        self._log_file = LogFile(log_directory / f"{definition.name}.log" if log_directory else None)
        self._lock = threading.Lock()
        self._closed = False
        self._running = 0
        self._idle: list[Sandbox] = []
        self._busy: dict[str, Sandbox] = {}
        self._all: list[Sandbox] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def invoke(self, event: Any) -> Invocation:
        """Invoke with an event that JSON can hold, and wait for the end: at most start-up and the time-out.

        A failing function is an Invocation, too; raises TooManyRequestsError where none was begun.
        """
        work = Work(request_id=str(uuid.uuid4()), trace_id=_trace_id(), event=json.dumps(event).encode())
        with self._lock:
            if self._running >= self.definition.concurrency:
                raise TooManyRequestsError(self.definition.name)
            self._running += 1
        try:
            # Ends: each round uses up an idle environment, and a new one cannot have died idle.
            while (invocation := self._invoke_in(self._take(work.request_id), work)) is None:
                pass
        finally:
            with self._lock:
                self._running -= 1
        return invocation

    def busy(self) -> dict[str, int]:
        """Return which process serves which invocation now: request id to pid."""
        with self._lock:
            return {request_id: sandbox.pid for request_id, sandbox in self._busy.items()}

    def discard_idle(self) -> None:
        """End the warm environments, so that the next invocation starts cold."""
        with self._lock:
            idle, self._idle = self._idle, []
        self._retire(idle)
        _end(idle)

    def close(self) -> None:
        """End every environment; running invocations end with Runtime.ExitError."""
        with self._lock:
            self._closed = True
            sandboxes, self._all = self._all, []
            idle, self._idle = self._idle, []
        self._retire(idle)
        _end(sandboxes)
        self._log_file.close()

    def _retire(self, idle: list[Sandbox]) -> None:
        if self._exit_seconds:
            for sandbox in idle:
                sandbox.retire(self._exit_seconds)

    def _take(self, request_id: str) -> Sandbox:
        with self._lock:
            if self._closed:
                raise RuntimeError(f"{self.definition.name} is closed")
            while self._idle:
                sandbox = self._idle.pop()
                if sandbox.usable:
                    self._busy[request_id] = sandbox
                    return sandbox
        sandbox = Sandbox(self.definition, self._environment, self._guard, self._log_file)
        with self._lock:
            self._all = [*(one for one in self._all if not one.gone), sandbox]
            self._busy[request_id] = sandbox
            closed = self._closed
        if closed:
            _end([sandbox])
        return sandbox

    def _invoke_in(self, sandbox: Sandbox, work: Work) -> Invocation | None:
        """Return how it ended; None where the environment had died before it began."""
        try:
            ended = sandbox.run(work)
        except DiedIdleError:
            return None
        finally:
            with self._lock:
                del self._busy[work.request_id]
                reusable = sandbox.usable and not self._closed
                if reusable:
                    self._idle.append(sandbox)
            if not reusable:
                sandbox.end()
        return Invocation(
            request_id=work.request_id,
            payload=ended.payload,
            error_type=ended.error_type,
            log_lines=ended.log_lines,
            duration_seconds=ended.duration_seconds,
            pid=sandbox.pid,
        )


def _end(sandboxes: list[Sandbox]) -> None:
    for sandbox in sandboxes:
        sandbox.end()
    for sandbox in sandboxes:
        sandbox.join()


def _trace_id() -> str:
    """Return an X-Ray trace header of a trace that is not sampled."""
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return f"Root={root};Parent={secrets.token_hex(8)};Sampled=0"
