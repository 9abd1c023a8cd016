"""A TLS connection to one vendor host. Each operation on it ends by the deadline of the exchange that uses it.

CPython bounds a handshake, read or write on a TLS socket by the socket's time-out as a whole, however many packets it
takes. So setting what is left before each operation bounds the exchange, without a thread.
"""

import contextlib
import socket
import ssl
import threading
import time
from typing import Any

from integration_hub.deadline import Deadline
from integration_hub.vendor.address import Address

_RECEIVE_BYTES = 64 * 1024
# Firewalls drop a connection that was idle for longer without a word, and an execution environment that is frozen
# meanwhile hears nothing of an end either. A request lost that way would count as charged; a new handshake is cheap.
_IDLE_SECONDS = 10.0


class Connection:
    """An open connection. One exchange at a time uses it; whoever cannot finish closes it."""

    def __init__(self, address: Address, context: ssl.SSLContext, deadline: Deadline) -> None:
        """Look the host up, connect and shake hands before the deadline; raises OSError, TimeoutError included."""
        self._deadline = deadline
        self._used_at = time.monotonic()
        self.sent = False
        """Whether a byte of the present exchange's request was handed to the socket."""
        with contextlib.ExitStack() as undo:
            plain = undo.enter_context(_connected(_look_up(address, deadline), deadline))
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(_left(deadline))
            # A connection that ends without TLS's close_notify was cut, which a body that lasts until the end of the
            # connection would otherwise hide.
            self._socket = context.wrap_socket(plain, server_hostname=address.host, suppress_ragged_eofs=False)
            undo.pop_all()

    def begin(self, deadline: Deadline) -> None:
        """Start an exchange, which has until `deadline`."""
        self._deadline = deadline
        self.sent = False

    def is_usable(self) -> bool:
        """Whether a connection that was kept can serve another exchange, as far as this side can know."""
        if time.monotonic() - self._used_at > _IDLE_SECONDS:
            return False
        self._socket.settimeout(0)
        try:
            self._socket.recv(1)
        except ssl.SSLWantReadError:
            return True  # nothing to read, or only session tickets
        except OSError:
            return False
        return False  # closed, or bytes that no request asked for

    def send(self, data: bytes, *, send_by: float) -> None:
        """Send everything. Nothing begins to leave after `send_by` (monotonic seconds) or the deadline."""
        view = memoryview(data)
        self._socket.settimeout(_left(self._deadline))
        if time.monotonic() > send_by:
            raise TimeoutError
        self.sent = True
        sent = self._socket.send(view)
        while sent < len(view):
            self._socket.settimeout(_left(self._deadline))
            sent += self._socket.send(view[sent:])

    def receive(self) -> bytes:
        """Return the next bytes, b"" when the server has closed."""
        self._socket.settimeout(_left(self._deadline))
        received = self._socket.recv(_RECEIVE_BYTES)
        self._used_at = time.monotonic()
        return received

    def close(self) -> None:
        """Close at once, without waiting for the other side."""
        self._socket.close()


def _left(deadline: Deadline) -> float:
    left = deadline.remaining()
    if left <= 0:
        raise TimeoutError
    return left


def _look_up(address: Address, deadline: Deadline) -> list[Any]:
    """Return the host's socket addresses. A look-up cannot be interrupted, so that of a name has its own thread."""
    if _is_literal(address.host):
        return socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    outcome: list[list[Any] | Exception] = []

    def look_up() -> None:
        try:
            outcome.append(socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 - raised in the caller's thread
            outcome.append(error)

    worker = threading.Thread(target=look_up, name="look-up", daemon=True)
    worker.start()
    worker.join(_left(deadline))
    if not outcome:
        raise TimeoutError
    if isinstance(outcome[0], UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, "not a host name")
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def _is_literal(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            socket.inet_pton(family, host)
            return True
    return False


def _connected(addresses: list[Any], deadline: Deadline) -> socket.socket:
    """Connect to the first address that accepts; each may take an equal part of the time that is left."""
    failure: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
    for number, (family, kind, protocol, _, where) in enumerate(addresses):
        plain = socket.socket(family, kind, protocol)
        try:
            plain.settimeout(_left(deadline) / (len(addresses) - number))
            plain.connect(where)
        except OSError as error:
            plain.close()
            failure = error
        else:
            return plain
    raise failure
