"""The vendor's login."""

import pytest
from pydantic import SecretStr

from dcs.auth import authorization
from integration_hub.errors import ConfigurationMissing, CredentialUnavailable, IntegrationError
from integration_hub.integration import Login


def login(account: str = "900123", user: str = "acme-api", *, empty: bool = False) -> Login:
    """Make a login, by default the one of the vendor's example."""
    return Login(
        account_number=account, username=SecretStr(user), password=SecretStr("" if empty else "S3cret-Example")
    )


def test_login_is_joined_with_colons() -> None:
    """The example of the manual gives the header of the manual."""
    assert authorization(login()) == "Basic OTAwMTIzOmFjbWUtYXBpOlMzY3JldC1FeGFtcGxl"


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (login(account="900:123"), ConfigurationMissing),
        (login(account=""), ConfigurationMissing),
        (login(user="acme:api"), CredentialUnavailable),
        (login(user=""), CredentialUnavailable),
        (login(empty=True), CredentialUnavailable),
    ],
)
def test_login_that_would_be_ambiguous_is_refused(broken: Login, error: type[IntegrationError]) -> None:
    """A colon in account or user, or an empty part, is refused before the vendor can lock the account."""
    with pytest.raises(error) as caught:
        authorization(broken)
    assert "acme" not in caught.value.detail
    assert "S3cret" not in caught.value.detail
