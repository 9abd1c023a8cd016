"""An execution environment: one process of AWS's own runtime client, and the Runtime API that it talks to."""

import os
import queue
import secrets
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from local import account
from local.guard import Guard
from local.output import LogFile, Output
from local.runtime_api import Answered, Exited, Report, RuntimeApi, Taken, Work, error_payload
from local.template import FunctionDefinition

# Lambda allows 10 s and then, in a second try, the function's time-out; ten starts at once on two cores take longer.
_INIT_SECONDS = 30
_END_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Ended:
    """How one invocation in this environment ended."""

    payload: bytes
    error_type: str | None
    log_lines: tuple[str, ...]
    duration_seconds: float
    """The handler's time; start-up is not part of it."""


class DiedIdleError(Exception):
    """The process had ended before it took the work, so another environment may do it."""


class Sandbox:
    """One environment. It does one thing at a time: `run` is called by one thread at a time."""

    def __init__(
        self, definition: FunctionDefinition, environment: Mapping[str, str], guard: Guard, log_file: LogFile
    ) -> None:
        self.usable = True
        """Whether it may be given more work. Lambda, too, throws an environment away after a time-out or an exit."""
        self._definition = definition
        self._guard = guard
        self._lock = threading.Lock()
        self._running = True
        self._warm = False
        self._started = time.monotonic()
        arn = account.function_arn(definition.name)
        self._api = RuntimeApi(function_arn=arn, timeout_seconds=definition.timeout_seconds)
        reads, writes = os.pipe()
        with os.fdopen(writes, "wb") as pipe:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "awslambdaric", definition.handler],
                cwd=definition.code,
                env={**definition.environment, **environment, **_reserved(definition, self._api.address)},
                stdin=subprocess.DEVNULL,
                stdout=pipe,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._process.pid
        guard.watch_process(self.pid)
        self._output = Output(reads, log_file)
        self._attendant = threading.Thread(target=self._attend, name="sandbox", daemon=True)
        self._attendant.start()

    def run(self, work: Work) -> Ended:
        """Have one invocation done; raise DiedIdleError where a warm process had ended before it took the work."""
        mark = self._output.mark()
        init = "" if self._warm else "\tInit Duration: {:.2f} ms"
        self._output.add(f"START RequestId: {work.request_id} Version: $LATEST")
        self._api.work.put(work)
        report = self._report(_INIT_SECONDS)
        began = time.monotonic()
        if isinstance(report, Exited) and self._warm:
            raise DiedIdleError
        if isinstance(report, Taken):
            self._warm = True
            report = self._report(report.deadline - began)
        else:
            self.usable = False
        answer = self._answer(report, work)
        duration = time.monotonic() - began
        self._output.add(f"END RequestId: {work.request_id}")
        self._output.add(
            f"REPORT RequestId: {work.request_id}\tDuration: {1000 * duration:.2f} ms"
            f"\tMemory Size: {self._definition.memory_mb} MB" + init.format(1000 * (began - self._started))
        )
        return Ended(answer.payload, answer.error_type, self._output.since(mark), duration)

    def retire(self, seconds: float) -> None:
        """Let an idle process exit by itself: it gets no more work and may take `seconds` until it is killed."""
        self.usable = False
        self._api.work.put(None)
        self._attendant.join(seconds)
        self.end()

    def end(self) -> None:
        """Kill the process; `join` waits until it has ended."""
        self.usable = False
        with self._lock:
            if self._running:
                os.killpg(self.pid, signal.SIGKILL)

    def join(self) -> None:
        """Wait until everything of this environment is gone."""
        self._attendant.join(_END_SECONDS)
        self._output.join(_END_SECONDS)

    @property
    def gone(self) -> bool:
        """Whether there is nothing left to wait for."""
        return not self._attendant.is_alive()

    def _report(self, seconds: float) -> Report | None:
        try:
            return self._api.reports.get(timeout=max(seconds, 0))
        except queue.Empty:
            return None

    def _answer(self, report: Report | None, work: Work) -> Answered:
        if isinstance(report, Answered):
            return report
        self.usable = False
        if isinstance(report, Exited):
            self._output.join(_END_SECONDS)
            error_type, message = "Runtime.ExitError", _reason(report.code)
        else:
            self.end()
            seconds = self._definition.timeout_seconds if self._warm else _INIT_SECONDS
            error_type, message = "Sandbox.Timedout", f"Task timed out after {seconds:.2f} seconds"
        self._output.add(f"RequestId: {work.request_id} Error: {message}")
        return Answered(error_payload(error_type, message, work.request_id), error_type)

    def _attend(self) -> None:
        """Wait for the process to end, then end what it started and close what it used."""
        # It stays uncollected meanwhile, so that its number cannot be another's.
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        self.usable = False
        with self._lock:
            os.killpg(self.pid, signal.SIGKILL)
            self._running = False
            code = self._process.wait()
        self._guard.forget(self.pid)
        self._api.reports.put(Exited(code))
        self._api.close()


def _reason(code: int) -> str:
    """Say why a runtime ended, in Lambda's words."""
    if code == 0:
        return "Runtime exited without providing a reason"
    reason = f"exit status {code}" if code > 0 else f"signal: {signal.strsignal(-code)}".lower()
    return f"Runtime exited with error: {reason}"


def _reserved(definition: FunctionDefinition, runtime_api: str) -> dict[str, str]:
    """Return the variables that Lambda sets itself; nothing of our own environment goes in."""
    return {
        "AWS_DEFAULT_REGION": account.REGION,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(definition.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": definition.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{definition.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{secrets.token_hex(16)}",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": account.REGION,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "LAMBDA_RUNTIME_DIR": sysconfig.get_path("purelib"),
        "LAMBDA_TASK_ROOT": str(definition.code),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(map(str, definition.layers)),
        "TZ": ":UTC",
        "_HANDLER": definition.handler,
    }
