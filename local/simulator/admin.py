"""The administration: plain HTTP on a port of its own, apart from the vendor's paths and calls."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Protocol, override
from urllib.parse import urlsplit

from local.simulator.call_log import Call, Invoice
from local.simulator.faults import UnknownFault

_MAX_BODY = 65536


class Managed(Protocol):
    """What the administration needs of the simulator."""

    def calls(self) -> tuple[Call, ...]:
        """Every call."""

    def invoice(self) -> Invoice:
        """What they cost."""

    def state(self) -> dict[str, object]:
        """What is going on."""

    def switch_on(
        self, faults: str, *, calls: int | None = None, seconds: float | None = None, operation: str | None = None
    ) -> None:
        """Switch faults on."""

    def clear(self) -> None:
        """Switch them off."""

    def change_password(self, password: str) -> None:
        """Change the password."""


class Admin:
    """Serves calls, invoice and state, and takes faults and passwords; an unknown route answers with the list."""

    def __init__(self, simulator: Managed, port: int) -> None:
        routes: dict[tuple[str, str], Callable[[Mapping[str, Any]], object]] = {
            ("GET", "/admin/calls"): lambda _: [asdict(call) for call in simulator.calls()],
            ("GET", "/admin/invoice"): lambda _: asdict(simulator.invoice()),
            ("GET", "/admin/state"): lambda _: simulator.state(),
            ("POST", "/admin/faults"): lambda body: _switch(simulator, body),
            ("DELETE", "/admin/faults"): lambda _: _then_state(simulator, simulator.clear),
            ("POST", "/admin/password"): lambda body: _then_state(
                simulator, lambda: simulator.change_password(_password(body))
            ),
        }
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(routes))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}/admin"
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="simulator-admin", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _switch(simulator: Managed, body: Mapping[str, Any]) -> object:
    unknown = set(body) - {"fault", "calls", "seconds", "operation"}
    if unknown or not isinstance(body.get("fault"), str):
        raise UnknownFault('expected {"fault": "name=argument", "calls": n, "seconds": n, "operation": "..."}')
    calls, seconds, operation = body.get("calls"), body.get("seconds"), body.get("operation")
    if not (calls is None or type(calls) is int) or not (seconds is None or type(seconds) in (int, float)):
        raise UnknownFault("calls and seconds are numbers")
    simulator.switch_on(body["fault"], calls=calls, seconds=seconds, operation=operation)
    return simulator.state()


def _then_state(simulator: Managed, change: Callable[[], None]) -> object:
    change()
    return simulator.state()


def _password(body: Mapping[str, Any]) -> str:
    password = body.get("password")
    if not isinstance(password, str) or not password:
        raise UnknownFault('expected {"password": "..."}')
    return password


def _handler(
    routes: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], object]],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """Serve any method by its route."""
            route = routes.get((self.command, urlsplit(self.path).path))
            if route is None:
                self._send(404, {"error": "no such route", "routes": [" ".join(key) for key in routes]})
                return
            try:
                length = min(int(self.headers.get("Content-Length") or 0), _MAX_BODY)
                body = json.loads(self.rfile.read(length) or b"{}")
                answer = route(body if isinstance(body, dict) else {})
            except ValueError as wrong:  # UnknownFault and JSON errors, too
                self._send(400, {"error": str(wrong)})
                return
            self._send(200, answer)

        def do_POST(self) -> None:
            """Serve any method by its route."""
            self.do_GET()

        def do_DELETE(self) -> None:
            """Serve any method by its route."""
            self.do_GET()

        def _send(self, status: int, content: object) -> None:
            body = json.dumps(content, indent=2).encode() + b"\n"
            self.send_response(status, HTTPStatus(status).phrase)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
