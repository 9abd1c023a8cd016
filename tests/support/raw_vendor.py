"""A TLS server on loopback that answers each request with given bytes, well formed or not."""

import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from local.tls import Authority

type Reply = bytes | Callable[[ssl.SSLSocket], None]
"""What is sent for a request, or what does the sending."""


class RawVendor:
    """Counts connections, keeps the requests, and sends `reply` for each; `ending` says what follows a reply.

    "keep": the connection stays open; "close": TLS and TCP are closed in order; "cut": TCP is closed without TLS's
    close_notify; "reset": TCP is reset.
    """

    def __init__(self, directory: Path) -> None:
        authority = Authority(directory)
        certificate = authority.issue("raw-vendor")
        self.ca_file = authority.ca_file
        self.reply: Reply = b""
        self.ending = "keep"
        self.reading = threading.Event()
        """Requests are read while it is set."""
        self.reading.set()
        self.connections = 0
        self.requests: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.certificate, certificate.key)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.end_connections()
        self._thread.join(5)

    def end_connections(self) -> None:
        """End every open connection, as a server does with idle ones, and return when the ends are on their way."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        accepted.settimeout(10)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError), self._context.wrap_socket(accepted, server_side=True) as connection:
            self.connections += 1
            self._open.add(connection)
            try:
                while self.reading.wait(10) and (request := _request(connection)) is not None:
                    self.requests.append(request)
                    reply, ending = self.reply, self.ending
                    if callable(reply):
                        reply(connection)
                    else:
                        connection.sendall(reply)
                    if ending == "keep":
                        continue
                    if ending == "close":
                        connection.unwrap()
                    elif ending == "reset":
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
            finally:
                self._open.discard(connection)


def _request(connection: ssl.SSLSocket) -> bytes | None:
    data, missing = bytearray(), 1
    while missing > 0:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
        head, end, body = bytes(data).partition(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: ([0-9]+)", head)
        missing = 1 if not end else (int(length[1]) if length else 0) - len(body)
    return bytes(data)
