"""The one login that the simulator accepts, and what can happen to it."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Credentials:
    """The three parts of the vendor's Basic authentication. The defaults are the demo login, not a secret."""

    account: str = "900123"
    user: str = "acme-api"
    password: str = "S3cret-Example"  # noqa: S105 - the invented example of the documentation

    def header(self) -> str:
        """Return the value of the Authorization header."""
        return "Basic " + base64.b64encode(self._joined()).decode()

    def _joined(self) -> bytes:
        return f"{self.account}:{self.user}:{self.password}".encode()

    def admit(self, header: str) -> bool:
        """Tell whether a header carries exactly these three parts."""
        return hmac.compare_digest(sent(header), self._joined())


def sent(header: str) -> bytes:
    """Return what a Basic header carries; nothing if it is not one."""
    scheme, _, encoded = header.partition(" ")
    try:
        return base64.b64decode(encoded.strip(), validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        return b""


class Login:
    """The state of the login. A lock, like an expired password, ends with a new password."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._lock = Lock()
        self.lock_after: int | None = None
        self.refusals = 0
        self.expired = False

    @property
    def account(self) -> str:
        """The account number."""
        return self._credentials.account

    def names_account(self, header: str) -> bool:
        """Tell whether a header is meant for this account, whatever the rest."""
        return sent(header).startswith(f"{self.account}:".encode())

    @property
    def locked(self) -> bool:
        """Whether even the right password is refused, because of too many wrong ones."""
        return self.lock_after is not None and self.refusals >= self.lock_after

    def admit(self, header: str) -> bool:
        """Decide on a request, and count a refusal. A success sets the count back, as long as there is no lock."""
        with self._lock:
            if self._credentials.admit(header) and not self.locked and not self.expired:
                self.refusals = 0
                return True
            self.refusals += 1
            return False

    def change_password(self, password: str) -> None:
        """Take a new password at once. The old one is refused from now on."""
        with self._lock:
            self._credentials = Credentials(self._credentials.account, self._credentials.user, password)
            self.refusals, self.lock_after, self.expired = 0, None, False
