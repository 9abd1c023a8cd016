"""Where a request goes: the host, port and path of a vendor URL, checked before anything is opened."""

import functools
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from integration_hub.errors import ConfigurationMissing

_PATH = re.compile(r"(/[!-~]*)?")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")


@dataclass(frozen=True, slots=True)
class Address:
    """One HTTPS endpoint. `host` is lower case, an IPv6 address without brackets; `path` is not empty."""

    host: str
    port: int
    path: str

    @property
    def allow_list_entry(self) -> str:
        """`host:port`, as the function's allow-list writes it."""
        return f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"


@functools.lru_cache(maxsize=64)
def parse_address(url: str) -> Address:
    """Read a configured URL; raise ConfigurationMissing for one that no request can be sent to.

    No message repeats the URL, which may hold a password by mistake.
    """
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ConfigurationMissing("The vendor URL must consist of printable ASCII characters without spaces.")
    try:
        parts = urlsplit(url)
        port = 443 if parts.port is None else parts.port
    except ValueError:
        raise ConfigurationMissing("The vendor URL must have a valid host and a port from 1 to 65535.") from None
    host = parts.hostname or ""
    if parts.scheme != "https":
        raise ConfigurationMissing("The vendor URL must begin with https://.")
    if "@" in parts.netloc:
        raise ConfigurationMissing("The vendor URL must not contain a user name or password.")
    if "?" in url or "#" in url:
        raise ConfigurationMissing("The vendor URL must not contain a query or fragment.")
    if not port or not _HOST.fullmatch(host) or not _PATH.fullmatch(parts.path):
        raise ConfigurationMissing("The vendor URL must have a valid host and a port from 1 to 65535.")
    return Address(host, port, parts.path or "/")
