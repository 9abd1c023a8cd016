"""MVR's test system: HTTPS on loopback, with a token endpoint, reports, orders and faults."""

import base64
import contextlib
import http.server
import json
import ssl
import threading
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from local.tls import Authority

CLIENT = ("mvr-client", "S3cret+Example")
REPORT = {
    "found": True,
    "license_number": "T0001234",
    "name": "Rosalind Testerman",
    "birth_date": "1984-04-17",
    "license_status": "VALID",
    "violations": [{"code": "SPEED", "date": "2025-03-02", "points": 2}],
}


class MvrSimulator:
    """`calls` is its log. `faults` holds a status, or "slow", for each of the next calls; tokens may be revoked."""

    def __init__(self, directory: Path) -> None:
        authority = Authority(directory)
        issued = authority.issue("mvr")
        self.ca_file = authority.ca_file
        self.calls: list[dict[str, Any]] = []
        self.faults: list[int | str] = []
        self.pending_polls = 0
        self.tokens: set[str] = set()
        self.closing = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"mvr": self}))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(issued.certificate, issued.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        """Return the calls as `METHOD path status`."""
        return [f"{call['method']} {call['path']} {call['status']}" for call in self.calls]

    def answer(self, method: str, url: str, headers: Any, body: bytes) -> tuple[int, Any]:
        """Return the status and the document that answer a request."""
        parts = urlsplit(url)
        if parts.path == "/oauth/token":
            return self._token(headers.get("Authorization", ""), body)
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"error": "invalid_token"}
        if fault := self.faults.pop(0) if self.faults else None:
            self.closing.wait(10 if fault == "slow" else 0)
            return (200, REPORT) if fault == "slow" else (int(fault), {"error": "Rosalind Testerman"})
        if (method, parts.path) == ("POST", "/v1/orders"):
            return 202, {"order_id": "o-17", "status": "PENDING", "poll_after_ms": 10}
        if (method, parts.path) == ("GET", "/v1/orders/o-17"):
            self.pending_polls -= 1
            ready = {"status": "READY", "report": REPORT} if self.pending_polls < 0 else {"status": "PENDING"}
            return 200, {"order_id": "o-17", "poll_after_ms": 10, **ready}
        if method == "GET" and parse_qs(parts.query).get("state") == ["TX"]:
            return 200, REPORT if parts.path == "/v1/reports/T0001234" else {"found": False}
        return 400, {"error": "invalid request"}

    def _token(self, authorization: str, body: bytes) -> tuple[int, Any]:
        expected = base64.b64encode(f"{CLIENT[0]}:{CLIENT[1].replace('+', '%2B')}".encode()).decode()
        if authorization != f"Basic {expected}" or b"grant_type=client_credentials" not in body:
            return 401, {"error": "invalid_client"}
        self.tokens.add(token := f"token-{len(self.calls)}")
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}


class _Handler(http.server.BaseHTTPRequestHandler):
    mvr: MvrSimulator

    def log_message(self, *_: Any) -> None:
        """Say nothing; `calls` is the log."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, document = self.mvr.answer(self.command, self.path, self.headers, body)
        self.mvr.calls.append(
            {"method": self.command, "path": urlsplit(self.path).path, "status": status, "headers": dict(self.headers)}
        )
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        with contextlib.suppress(OSError):  # a client that gave up has closed the connection
            self.end_headers()
            self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the names that http.server calls
