"""The HTTP side of one execution environment: AWS's Lambda Runtime API, version 2018-06-01.

The runtime (awslambdaric) asks for the next invocation and posts the answer. One server per environment, as in
Lambda: the address is all that the runtime says about itself.
"""

import json
import queue
import threading
import time
from dataclasses import dataclass

from local.loopback import LoopbackHandler, LoopbackServer

_PREFIX = "/2018-06-01/runtime/"
# Lambda's quota for a synchronous answer: 6 MB and some room for the envelope.
_MAX_ANSWER_BYTES = 6 * 1024 * 1024 + 100


@dataclass(frozen=True, slots=True)
class Work:
    """One invocation for the runtime."""

    request_id: str
    trace_id: str
    event: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """The runtime has the work and the handler's time runs."""

    deadline: float
    """On the monotonic clock, in seconds."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The runtime told how the work ended, or that it cannot start (then there was no Taken)."""

    payload: bytes
    error_type: str | None = None


@dataclass(frozen=True, slots=True)
class Exited:
    """The runtime's process has ended, with this code (negative: by this signal)."""

    code: int


type Report = Taken | Answered | Exited


class RuntimeApi:
    """A server for one runtime: work goes in, reports come out, in the order in which things happened."""

    def __init__(self, *, function_arn: str, timeout_seconds: float) -> None:
        self.work: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self.reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self._server = _Server(self, function_arn, timeout_seconds)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve, name="runtime-api", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and let a waiting request go."""
        self.work.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(LoopbackServer):
    def __init__(self, api: RuntimeApi, function_arn: str, timeout_seconds: float) -> None:
        super().__init__(0, _Handler)
        self.api = api
        self.function_arn = function_arn
        self.timeout_seconds = timeout_seconds
        self.current: str | None = None


class _Handler(LoopbackHandler):
    server: _Server

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        if self.path != f"{_PREFIX}invocation/next":
            self._send(404, {})
            return
        work = self.server.api.work.get()
        if work is None:
            self.close_connection = True
            self._send(410, {})  # the runtime raises an error and exits
            return
        self.server.current = work.request_id
        seconds = self.server.timeout_seconds
        headers = {
            "Lambda-Runtime-Aws-Request-Id": work.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.server.function_arn,
            "Lambda-Runtime-Trace-Id": work.trace_id,
        }
        self.server.api.reports.put(Taken(time.monotonic() + seconds))
        self._send(200, headers, work.event)

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.path.removeprefix(_PREFIX).split("/"):
            case ["init", "error"]:
                report = Answered(body, _error_type(body))
            case ["invocation", request_id, "response"] if request_id == self.server.current:
                report = _answer(body)
            case ["invocation", request_id, "error"] if request_id == self.server.current:
                report = Answered(body, _error_type(body))
            case _:
                self._send(400, {}, b'{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}')
                return
        self.server.current = None
        self._send(202, {}, b'{"status":"OK"}')
        self.wfile.flush()
        self.server.api.reports.put(report)

    def _send(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def error_payload(error_type: str, message: str, request_id: str) -> bytes:
    """Write an error as Lambda does where the runtime itself could not."""
    return json.dumps({"errorType": error_type, "errorMessage": f"RequestId: {request_id} Error: {message}"}).encode()


def _answer(body: bytes) -> Answered:
    if len(body) <= _MAX_ANSWER_BYTES:
        return Answered(body)
    error_type = "Function.ResponseSizeTooLarge"
    message = (
        f"Response payload size ({len(body)} bytes) exceeded maximum allowed payload size ({_MAX_ANSWER_BYTES} bytes)."
    )
    return Answered(json.dumps({"errorType": error_type, "errorMessage": message}).encode(), error_type)


def _error_type(body: bytes) -> str:
    try:
        return str(json.loads(body)["errorType"])
    except (ValueError, KeyError, TypeError):
        return "Unknown"
