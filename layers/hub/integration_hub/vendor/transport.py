"""One HTTPS exchange with a vendor: it ends by its deadline, within a size, with a host that is allowed."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from integration_hub.deadline import Deadline
from integration_hub.errors import ConfigurationMissing, VendorResponseInvalid, VendorTimedOut, VendorUnavailable
from integration_hub.vendor.address import Address, parse_address
from integration_hub.vendor.connection import Connection
from integration_hub.vendor.http_request import encode_request
from integration_hub.vendor.http_response import InvalidResponseError, ResponseReader
from integration_hub.vendor.message import VendorRequest, VendorResponse


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to send. Times are seconds; `ca_bundle` "" means the public roots."""

    url: str
    """The operation's URL, https, without a query."""
    request: VendorRequest
    headers: Mapping[str, str] = field(repr=False)
    """Authentication and ids; they win over the request's own headers."""
    connect_timeout_seconds: float
    """Limit of name look-up, TCP and TLS together."""
    deadline: Deadline
    send_by: float
    """Monotonic seconds. Admission grants a moment for sending, so nothing may begin to leave later."""
    max_response_bytes: int
    """Limit of the body."""
    ca_bundle: str


class VendorTransport:
    """Sends exchanges over kept-alive connections. `allowed_hosts` holds `host:port`, lower case.

    No proxy is used and no redirect followed: either would carry the credential to another host.
    """

    def __init__(self, allowed_hosts: frozenset[str]) -> None:
        self._allowed_hosts = allowed_hosts
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._idle: dict[tuple[str, int, str], Connection] = {}

    def check(self, url: str, ca_bundle: str) -> None:
        """Raise ConfigurationMissing for a URL or CA bundle with which no exchange can succeed."""
        self._address(url)
        self._context(ca_bundle)

    def send(self, exchange: Exchange) -> VendorResponse:
        """Return the vendor's response, whatever its status.

        Raises VendorUnavailable or VendorTimedOut, whose `may_be_charged` is false only when not a byte of the request
        was handed to the connection, VendorResponseInvalid for a response that is not HTTP or too large, and
        ConfigurationMissing or RequestInvalid, before anything is sent, for a request that cannot be sent.
        """
        address, context = self._address(exchange.url), self._context(exchange.ca_bundle)
        data = encode_request(address, exchange.request, exchange.headers)
        key = (address.host, address.port, exchange.ca_bundle)
        connection = self._idle.pop(key, None)
        if connection is not None and not connection.is_usable():
            connection.close()
            connection = None
        if connection is None:
            connection = _open(address, context, exchange)
        connection.begin(exchange.deadline)
        kept = False
        try:
            response, kept = _exchange(connection, data, exchange)
        finally:
            if kept:
                self._idle[key] = connection
            else:
                connection.close()
        return response

    def close(self) -> None:
        """Close the kept connections. An execution environment that ends closes them by itself."""
        while self._idle:
            self._idle.popitem()[1].close()

    def _address(self, url: str) -> Address:
        address = parse_address(url)
        if address.allow_list_entry not in self._allowed_hosts:
            raise ConfigurationMissing(f"The vendor host {address.allow_list_entry} is not on the allow-list.")
        return address

    def _context(self, ca_bundle: str) -> ssl.SSLContext:
        context = self._contexts.get(ca_bundle)
        if context is None:
            try:
                context = ssl.create_default_context(cafile=ca_bundle or None)
            except (OSError, ValueError):
                raise ConfigurationMissing("The vendor's CA bundle cannot be loaded as a PEM file.") from None
            self._contexts[ca_bundle] = context
        return context


def _open(address: Address, context: ssl.SSLContext, exchange: Exchange) -> Connection:
    """Open a connection within the connect time-out, the deadline and the time to send."""
    connect_by = min(time.monotonic() + exchange.connect_timeout_seconds, exchange.send_by)
    left = min(connect_by - time.monotonic(), exchange.deadline.remaining())
    try:
        connection = Connection(address, context, Deadline(time.monotonic() + left))
    except TimeoutError:
        raise VendorTimedOut("The vendor did not accept a connection in time.", may_be_charged=False) from None
    except ssl.SSLCertVerificationError as error:
        raise VendorUnavailable(
            f"The vendor's TLS certificate is not accepted: {error.verify_message}.", may_be_charged=False
        ) from None
    except ssl.SSLError as error:
        raise VendorUnavailable(
            f"The TLS handshake with the vendor failed ({error.reason or type(error).__name__}).", may_be_charged=False
        ) from None
    except OSError as error:
        raise VendorUnavailable(
            f"The vendor cannot be reached ({type(error).__name__}).", may_be_charged=False
        ) from None
    return connection


def _exchange(connection: Connection, data: bytes, exchange: Exchange) -> tuple[VendorResponse, bool]:
    """Return the response and whether the connection can serve another exchange."""
    try:
        connection.send(data, send_by=exchange.send_by)
        reader = ResponseReader(connection.receive, max_bytes=exchange.max_response_bytes)
        response = reader.read(exchange.request.method)
    except TimeoutError:
        if not connection.sent:
            raise VendorTimedOut("No time was left to send the request.", may_be_charged=False) from None
        raise VendorTimedOut("The vendor gave no complete response in time.", may_be_charged=True) from None
    except OSError as error:
        raise VendorUnavailable(
            f"The vendor broke the connection ({type(error).__name__}).", may_be_charged=connection.sent
        ) from None
    except InvalidResponseError as error:
        raise VendorResponseInvalid(f"The vendor's response {error}.") from None
    except Exception as error:
        if not connection.sent:
            raise
        # Whatever the response provoked here, the request was sent and may be charged.
        raise VendorResponseInvalid("The vendor's response cannot be read.") from error
    return response, reader.reusable
