"""How a vendor wants to be authenticated: HTTP Basic, a static key, or OAuth 2 client credentials (`oauth`).

A vendor package chooses one for its integration and says where the parts come from. The hub keeps the credential's
secrets, sends what `flow` yields, and stops using a credential that the vendor refuses twice (credential lockout).
"""

from base64 import b64encode
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import SecretStr

from integration_hub.configuration_key import Settings
from integration_hub.errors import ConfigurationMissing, CredentialUnavailable
from integration_hub.vendor.message import VendorRequest, VendorResponse

type Secrets = Mapping[str, SecretStr]


@dataclass(frozen=True, slots=True)
class Authorization:
    """Headers that authenticate requests, as secret as the credential. The hub reuses them until they expire."""

    headers: Mapping[str, str] = field(repr=False)
    expires_in_seconds: float | None = None
    """None: they hold as long as the credential, or until the vendor refuses them."""


type Flow = Generator[VendorRequest, VendorResponse, Authorization]
"""Yields the requests that have to be answered first (none, or one for a token); returns the authorization."""


class Authentication(Protocol):
    """Authenticates the requests of one integration. Pure: the hub sends what `flow` yields and keeps its result."""

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The secrets that make up a credential, for example username and password."""
        ...

    @property
    def renewable(self) -> bool:
        """Whether a 401 may only mean that an authorization expired early, so that one renewal makes sense."""
        ...

    def account(self, settings: Settings) -> str:
        """Return the part of the credential that is a setting; the lockout is per account and credential version."""
        ...

    def flow(self, secrets: Secrets, settings: Settings) -> Flow:
        """Authorize.

        Raises CredentialUnavailable or ConfigurationMissing for parts that cannot be sent, and VendorAuthRefused
        where a token endpoint refuses the credential.
        """
        ...


class BasicAuthentication:
    """HTTP Basic (RFC 7617). `user` makes the user-id from the secrets and settings; `password` names a secret."""

    secret_names: tuple[str, ...] = ("username", "password")
    renewable = False  # the same login again would be refused again

    def __init__(self, account: Callable[[Settings], str] = lambda _settings: "") -> None:
        self._account = account

    def account(self, settings: Settings) -> str:
        """Return the account that comes before the user name, where the vendor has one."""
        return self._account(settings)

    def flow(self, secrets: Secrets, settings: Settings) -> Flow:
        """Return `Authorization: Basic` of `[account:]username:password`."""
        account = self._account(settings)
        user, password = (secrets[name].get_secret_value() for name in self.secret_names)
        if ":" in account:
            raise ConfigurationMissing("account_number must not contain a colon: colons separate the login's parts.")
        if not user or not password or ":" in user:
            raise CredentialUnavailable("The vendor login needs a password and a user name without a colon.")
        login = ":".join([*([account] if account else []), user, password])
        return Authorization({"Authorization": "Basic " + b64encode(login.encode()).decode("ascii")})
        yield  # no exchange is needed; the function is a generator all the same


class ApiKeyAuthentication:
    """A static key in the header that the vendor names, for example `X-Api-Key`."""

    secret_names: tuple[str, ...] = ("api_key",)
    renewable = False  # the same key again would be refused again

    def __init__(self, header: str, *, prefix: str = "") -> None:
        """Name the header, and what the vendor wants before the key, for example `Bearer ` with its space."""
        self._header = header
        self._prefix = prefix

    def account(self, _settings: Settings) -> str:
        """Return no account: the key alone is the credential."""
        return ""

    def flow(self, secrets: Secrets, _settings: Settings) -> Flow:
        """Return the header with the key."""
        (key,) = (secrets[name].get_secret_value() for name in self.secret_names)
        if not key or not key.isascii() or not key.isprintable() or key != key.strip():
            raise CredentialUnavailable("The vendor's API key must be printable ASCII text without spaces around it.")
        return Authorization({self._header: self._prefix + key})
        yield  # no exchange is needed; the function is a generator all the same
