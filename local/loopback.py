"""A threaded HTTP server on 127.0.0.1, as the local servers need it."""

import socketserver
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, override


class LoopbackServer(ThreadingHTTPServer):
    """Listens on the port, or on any free one for 0; `server_port` tells which."""

    # Many may come at once; the default queue holds five.
    request_queue_size = 128

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", port), handler)

    def serve(self) -> None:
        """Serve until `shutdown`, which takes up to a tenth of a second."""
        self.serve_forever(poll_interval=0.1)

    @override
    def server_bind(self) -> None:
        # HTTPServer looks up the host's name here, which takes seconds where DNS does not answer.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        # Clients may leave or be killed at any time; anything else is a mistake of ours and is shown.
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class LoopbackHandler(BaseHTTPRequestHandler):
    """Keeps connections open, answers in one packet at once, and logs nothing: requests hold personal data."""

    protocol_version = "HTTP/1.1"
    # Without both of these an answer waits up to 40 ms for the client's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server_version = "local"
    sys_version = ""

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""
