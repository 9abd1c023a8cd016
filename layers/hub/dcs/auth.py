"""The vendor's login: HTTP Basic with three parts (vendor manuals, "Authentication")."""

from base64 import b64encode

from integration_hub.errors import ConfigurationMissing, CredentialUnavailable
from integration_hub.integration import Login


def authorization(login: Login) -> str:
    """Return the Authorization header for `account:user:password`. It is as secret as the password."""
    account = login.account_number
    user, password = login.username.get_secret_value(), login.password.get_secret_value()
    if not account or ":" in account:
        raise ConfigurationMissing(
            "account_number must be set and hold no colon: colons separate the parts of the login"
        )
    if not user or not password or ":" in user:
        raise CredentialUnavailable("The DCS login needs a password and a user name without a colon")
    return "Basic " + b64encode(f"{account}:{user}:{password}".encode()).decode("ascii")
