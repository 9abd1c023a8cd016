"""The HTTP door: API Gateway's REST API on loopback, its routes taken from the functions.

It answers at the root, as API Gateway does behind a custom domain, so the stage is no part of the path. Requests need
no signature here: whoever reaches loopback is on this machine already.
"""

import re
import threading
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Self
from urllib.parse import unquote, urlsplit

from local.loopback import LoopbackHandler, LoopbackServer
from local.proxy_event import Answer, Received, answer, event, refusal
from local.runtime import Function, TooManyRequestsError
from local.template import Route

# API Gateway's quotas for REST APIs.
_INTEGRATION_SECONDS = 29.0
_MAX_BODY_BYTES = 10 * 1024 * 1024
_MAX_DISCARDED_BYTES = 5 * _MAX_BODY_BYTES
# A client that says nothing for this long is left.
_IDLE_SECONDS = 60
_THREADS = 64
# What a parameter stands for: one part of the path, or with + all that is left.
_VALUE = {"": "[^/]+", "+": ".+"}


class Router:
    """Which function a request is for."""

    def __init__(self, functions: Iterable[Function]) -> None:
        self._entries = [(route, _pattern(route.path), it) for it in functions for route in it.definition.routes]
        # The more a path says literally, the earlier it is tried, as API Gateway prefers it; ANY comes last.
        self._entries.sort(key=lambda entry: (_vagueness(entry[0].path), entry[0].method == "ANY"))

    def match(self, method: str, path: str) -> tuple[Route, Function, dict[str, str]] | None:
        """Return route, function and what stands for the path's parameters; None for no such method and path."""
        for route, pattern, function in self._entries:
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                return route, function, {name: unquote(value) for name, value in found.groupdict().items()}
        return None


class Gateway:
    """An HTTP server on 127.0.0.1 that invokes functions by their routes; its address is `url`.

    `port` is taken if it is free, else another; 0 takes any. After `integration_seconds` the caller gets a 504 and
    the function runs on. Close it before the functions are closed.
    """

    def __init__(
        self, functions: Iterable[Function], *, port: int = 0, integration_seconds: float = _INTEGRATION_SECONDS
    ) -> None:
        self._server = _listening(port, Router(functions), integration_seconds)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve, name="gateway", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening. What runs in functions ends with them."""
        self._server.shutdown()
        self._server.server_close()
        self._server.invocations.shutdown(wait=False, cancel_futures=True)
        self._thread.join()


def _pattern(path: str) -> re.Pattern[str]:
    parts = (re.fullmatch(r"\{(\w+)(\+?)\}", part) or part for part in re.split(r"(\{\w+\+?\})", path))
    return re.compile("".join(re.escape(p) if isinstance(p, str) else f"(?P<{p[1]}>{_VALUE[p[2]]})" for p in parts))


def _vagueness(path: str) -> list[int]:
    return [("{" in part) + ("+}" in part) for part in path.split("/")]


def _listening(port: int, router: Router, integration_seconds: float) -> "_Server":
    try:
        return _Server(port, router, integration_seconds)
    except OSError:
        return _Server(0, router, integration_seconds)


class _Server(LoopbackServer):
    def __init__(self, port: int, router: Router, integration_seconds: float) -> None:
        super().__init__(port, _Handler)
        self.router = router
        self.integration_seconds = integration_seconds
        self.invocations = ThreadPoolExecutor(_THREADS, thread_name_prefix="invocation")


class _Handler(LoopbackHandler):
    timeout = _IDLE_SECONDS
    server: _Server

    def _handle(self) -> None:
        request_id = str(uuid.uuid4())
        refused = self._unreadable()
        if refused:
            # What is left of the body would be read as the next request; closing on a body that is still being sent
            # would cost the client the answer.
            self.close_connection = True
            self._discard_body()
            self._send(refused, request_id)
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            # The client left: half a request must not be invoked, calls cost money.
            self.close_connection = True
            return
        received = Received(
            method=self.command,
            target=self.path,
            headers=tuple(self.headers.items()),
            body=body,
            source_ip=self.client_address[0],
            port=self.server.server_port,
            request_id=request_id,
            at=datetime.now(UTC),
        )
        self._send(self._answer(received), request_id)

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = _handle  # noqa: N815 - http.server's names

    def _unreadable(self) -> Answer | None:
        if "Transfer-Encoding" in self.headers:
            return refusal(411, "Length Required")
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()):
            return refusal(400, "Bad Request")
        if int(length) > _MAX_BODY_BYTES:
            return refusal(413, f"HTTP content length exceeded {_MAX_BODY_BYTES} bytes.")
        return None

    def _discard_body(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        left = min(int(length), _MAX_DISCARDED_BYTES) if length.isdigit() else 0
        while left > 0 and (chunk := self.rfile.read(min(left, 65_536))):
            left -= len(chunk)

    def _answer(self, received: Received) -> Answer:
        match = self.server.router.match(received.method, urlsplit(received.target).path)
        if match is None:
            # What API Gateway says of every path and method that it does not know.
            return refusal(403, "Missing Authentication Token")
        route, function, parameters = match
        running = self.server.invocations.submit(function.invoke, event(received, route, parameters))
        try:
            invocation = running.result(timeout=self.server.integration_seconds)
        except TimeoutError:
            return refusal(504, "Endpoint request timed out")
        except TooManyRequestsError:
            return refusal(429, "Too Many Requests")
        return refusal(502, "Internal server error") if invocation.error else answer(invocation.json())

    def _send(self, reply: Answer, request_id: str) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("x-amzn-RequestId", request_id)
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
