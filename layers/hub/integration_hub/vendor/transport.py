"""One HTTPS exchange that ends: on time, within a size, with the one host that it may talk to.

`requests` bounds each read, not the whole exchange, and nothing bounds a name look-up. So the exchange runs in a
thread of its own and the caller waits no longer than the deadline; at the deadline the socket is shut, which ends
the thread as well.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from integration_hub.errors import ConfigurationMissing, VendorResponseInvalid, VendorTimedOut, VendorUnavailable
from integration_hub.integration import VendorRequest, VendorResponse
from integration_hub.models import Deadline

_CHUNK = 64 * 1024
# A connection that was idle for longer may be gone without our knowing: servers and firewalls drop idle ones, and an
# execution environment that is frozen meanwhile hears nothing of it. A request lost that way would count as charged,
# and a new handshake is cheap.
_IDLE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to send. Times are seconds; `ca_bundle` "" means the public roots."""

    url: str
    vendor_request: VendorRequest
    headers: Mapping[str, str] = field(repr=False)
    connect_timeout_seconds: float
    deadline: Deadline
    send_by: float
    """Monotonic seconds. What admission granted is void afterwards, so nothing may begin to leave later."""
    max_response_bytes: int
    ca_bundle: str


class _SendTooLateError(Exception):
    """The connection was ready only after the permit to send had run out, or when nobody waited any more."""


class _Connection(HTTPSConnection):
    """Tells the transport which socket is in use, so that it can be shut at the deadline."""

    opened: Callable[["_Connection"], None]

    def connect(self) -> None:
        super().connect()
        self.opened(self)


class _Adapter(HTTPAdapter):
    """Pools connections that report themselves to `opened`."""

    def __init__(self, opened: Callable[[_Connection], None]) -> None:
        self._opened = opened
        super().__init__(pool_connections=2, pool_maxsize=2, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        connection = type("Connection", (_Connection,), {"opened": staticmethod(self._opened)})
        pool = type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": connection})
        self.poolmanager.pool_classes_by_scheme = {"https": pool}


class VendorTransport:
    """Sends exchanges over kept-alive connections. `allowed_hosts` holds `host:port`, lower case."""

    def __init__(self, allowed_hosts: frozenset[str]) -> None:
        self._allowed_hosts = allowed_hosts
        self._line = _Line()
        self._used_at = 0.0

    def send(self, exchange: Exchange) -> VendorResponse:
        """Return the vendor's reply, whatever its status.

        Raises VendorUnavailable or VendorTimedOut, which say whether the request may have arrived,
        VendorResponseInvalid for an answer over the size, and ConfigurationMissing for a host that is not allowed.
        """
        self._check_host(exchange.url)
        if time.monotonic() - self._used_at > _IDLE_SECONDS:
            self._line.drop()
            self._line = _Line()
        line = self._line
        outcome: list[VendorResponse | Exception] = []
        worker = threading.Thread(target=lambda: outcome.append(line.attempt(exchange)), daemon=True)
        worker.start()
        worker.join(max(0.0, exchange.deadline.remaining()))
        self._used_at = time.monotonic()
        if not outcome:
            self._line = _Line()
            connected = line.give_up()
            raise VendorTimedOut("The vendor gave no complete answer in time.", may_be_charged=connected)
        answer = outcome[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _check_host(self, url: str) -> None:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}:{parts.port or 443}".lower()
        if parts.scheme != "https" or host not in self._allowed_hosts:
            raise ConfigurationMissing(f"The configured vendor host {host} is not on this function's allow-list.")


class _Line:
    """A session and the sockets that it opened.

    `connected` says that the present exchange has a connection, new or kept: from then on the request may have
    arrived, and may be charged. An exchange that was given up before never gets one, however late its thread comes to
    it: its caller was told that nothing was bought.
    """

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._send_by = 0.0
        self._given_up = False
        self._deciding = threading.Lock()
        self.connected = False
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no .netrc login from the environment
        self._session.mount("https://", _Adapter(self._opened))

    def _opened(self, connection: _Connection) -> None:
        if isinstance(connection.sock, socket.socket):
            self._sockets = [kept for kept in self._sockets if kept.fileno() != -1] + [connection.sock]
        self._may_send()

    def _may_send(self) -> None:
        """From here on the request may leave."""
        with self._deciding:
            if self._given_up or time.monotonic() > self._send_by:
                raise _SendTooLateError
            self.connected = True

    def attempt(self, exchange: Exchange) -> VendorResponse | Exception:
        """Return the reply, or the error to raise in the caller's thread."""
        self._send_by = exchange.send_by
        self.connected = False
        try:
            if any(kept.fileno() != -1 for kept in self._sockets):
                self._may_send()
            return self._exchanged(exchange)
        except _SendTooLateError:
            return VendorTimedOut("The vendor took too long to accept a connection.", may_be_charged=False)
        except requests.exceptions.SSLError:
            return VendorUnavailable("The vendor's TLS is not acceptable.", may_be_charged=self.connected)
        except requests.exceptions.ConnectTimeout:
            return VendorTimedOut("The vendor did not accept a connection in time.", may_be_charged=False)
        except requests.exceptions.Timeout:
            return VendorTimedOut("The vendor gave no complete answer in time.", may_be_charged=True)
        except requests.exceptions.RequestException as error:
            sent = self.connected and not _never_connected(error)
            what = "broke the connection" if sent else "cannot be reached"
            return VendorUnavailable(f"The vendor {what} ({type(error).__name__}).", may_be_charged=sent)
        except (VendorResponseInvalid, VendorTimedOut) as error:
            return error
        except Exception as error:  # noqa: BLE001 - a thread cannot raise into its caller; a defect is passed on
            return error

    def give_up(self) -> bool:
        """Drop an exchange that takes too long; return whether it had a connection, so that it may be charged."""
        with self._deciding:
            self._given_up = True
        self.drop()
        return self.connected

    def drop(self) -> None:
        """Shut every socket, so that a thread that still reads from one ends."""
        for kept in self._sockets:
            with contextlib.suppress(OSError):
                kept.shutdown(socket.SHUT_RDWR)
        self._session.close()

    def _exchanged(self, exchange: Exchange) -> VendorResponse:
        left = max(0.001, exchange.deadline.remaining())
        with self._session.post(
            exchange.url,
            data=exchange.vendor_request.body,
            headers={
                **exchange.headers,
                "Content-Type": exchange.vendor_request.content_type,
                "Accept": exchange.vendor_request.accept,
                "Accept-Encoding": "identity",  # an answer's size is what is on the wire
            },
            timeout=(min(left, exchange.connect_timeout_seconds), left),
            allow_redirects=False,  # a redirect would carry the login elsewhere
            stream=True,
            verify=exchange.ca_bundle or True,
        ) as response:
            body = bytearray()
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > exchange.max_response_bytes:
                    raise VendorResponseInvalid(
                        f"The vendor's answer is larger than {exchange.max_response_bytes} bytes."
                    )
            headers = {name.lower(): value for name, value in response.headers.items()}
            return VendorResponse(status=response.status_code, headers=headers, body=bytes(body))


def _never_connected(error: requests.exceptions.RequestException) -> bool:
    """Tell a refused connection or failed name look-up from one that broke later."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
