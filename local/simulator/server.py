"""The HTTPS door: one thread for each connection, HTTP/1.1 with keep-alive, on loopback only."""

import socket
import socketserver
import ssl
import sys
import time
from functools import cached_property
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, override
from urllib.parse import urlsplit

from local.simulator.answer import HTML, Answer
from local.simulator.call_log import PRICES, Arrival, CallLog, End, now
from local.simulator.decision import Decision, Received, Vendor, receive
from local.simulator.delivery import Sent, deliver, reset_on_close
from local.simulator.operations import PATHS
from local.simulator.tls import server_context

_HANDSHAKE_SECONDS = 10
_IDLE_SECONDS = 60
_BODY_SECONDS = 30
_MAX_BODY = 4 * 1024 * 1024


class Server(socketserver.ThreadingTCPServer):
    """Accepts connections for the vendor, does TLS in the connection's own thread, and keeps them to end them."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, directory: Path, port: int, vendor: Vendor, log: CallLog) -> None:
        self.vendor, self.log, self.stopping = vendor, log, Event()
        self.ca_file = directory / "ca.pem"
        self._trusted = server_context(self.ca_file)
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self.connections = 0
        super().__init__(("127.0.0.1", port), _Handler)
        self.port: int = self.server_address[1]
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, name="simulator", daemon=True)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End every wait and every connection."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._open:
                _hang_up(connection)
        self._thread.join()
        deadline = time.monotonic() + 5
        while self._open and time.monotonic() < deadline:
            time.sleep(0.005)

    @cached_property
    def _untrusted(self) -> ssl.SSLContext:
        """A context whose certificate authority the client does not know, made when first needed."""
        return server_context()

    @override
    def finish_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self.connections += 1
            self._open.add(request)
        handshake = self.vendor.switches.connect()
        connection: socket.socket = request
        try:
            request.settimeout(_HANDSHAKE_SECONDS)
            request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.stopping.wait(handshake.wait)
            if handshake.reset:
                reset_on_close(request)
            if handshake.reset or handshake.silent or self.stopping.is_set():
                return
            context = self._untrusted if handshake.untrusted else self._trusted
            connection = context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
            with self._lock:
                self._open.add(connection)
            connection.do_handshake()
            _Handler(connection, client_address, self)
        finally:
            connection.close()
            with self._lock:
                self._open -= {request, connection}

    @override
    def shutdown_request(self, request: Any) -> None:
        request.close()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that goes away or speaks no TLS is its own business; anything else is a defect here.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server: Server
    _arrived: tuple[str, int]

    @override
    def parse_request(self) -> bool:
        self._arrived = now()
        return super().parse_request()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the call log has it."""

    def do_GET(self) -> None:
        """Refuse the method that people try first; it is no call. The others get 501."""
        self._plain(405, "only POST is served here", (("Allow", "POST"),))

    def do_POST(self) -> None:
        """Serve a call and write it down, whatever becomes of it."""
        path = urlsplit(self.path).path
        operation = PATHS.get(path)
        if operation is None:
            self._plain(404, "no such operation")
            return
        received = receive(self.server.vendor, operation, dict(self.headers.items()), self._body)
        sequence = self.server.log.arrived(self._arrival(received, path))
        decision, sent = Decision(), Sent(None, 0, "failed")
        try:
            if received.complete:
                decision = self.server.vendor.decide(received)
                sent = deliver(self.connection, decision.answer, self.server.stopping)
            else:
                sent = Sent(None, 0, "client left")
        finally:
            self.close_connection = self.close_connection or not sent.keep
            self.server.log.ended(sequence, self._end(operation, decision, sent))

    def _arrival(self, received: Received, path: str) -> Arrival:
        return Arrival(
            operation=received.operation,
            path=path,
            account=self.server.vendor.claimed_account(self.headers.get("Authorization", "")),
            call_id=self.headers.get("X-Call-Id", "")[:200],
            correlation_id=self.headers.get("X-Correlation-Id", "")[:200],
            subjects=tuple(person.id[:200] for person in received.people),
            subject_count=received.subject_count,
            form=received.form,
            arrived_at=self._arrived[0],
            arrived_ns=self._arrived[1],
        )

    def _end(self, operation: str, decision: Decision, sent: Sent) -> End:
        return End(
            status=sent.status,
            sent=sent.body_bytes,
            outcome=sent.outcome,
            fault=",".join(str(active) for active in decision.faults),
            charged=decision.charged,
            price_cents=PRICES[operation] if decision.charged else 0,
            duration_ms=round((time.monotonic_ns() - self._arrived[1]) / 1e6, 3),
        )

    def _body(self) -> bytes | None:
        """Read the body within a time; None when it does not come whole."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > _MAX_BODY:
            self.close_connection = True
            return b""
        body, missing = bytearray(), int(length)
        deadline = time.monotonic() + _BODY_SECONDS
        try:
            while missing and (left := deadline - time.monotonic()) > 0:
                self.connection.settimeout(left)
                piece = self.rfile.read1(missing)
                if not piece:
                    break
                body += piece
                missing -= len(piece)
        except OSError:
            return None
        self.connection.settimeout(_IDLE_SECONDS)
        return None if missing else bytes(body)

    def _plain(self, status: int, text: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.close_connection = True
        answer = Answer(status, f"<html><body>{text}</body></html>".encode(), HTML, (*headers, ("Connection", "close")))
        deliver(self.connection, answer, self.server.stopping)


def _hang_up(connection: socket.socket) -> None:
    try:
        # Past SSLSocket.shutdown, which would take the TLS object away from under the connection's thread.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return
