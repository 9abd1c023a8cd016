"""HTTP Basic with the account, user name and password of DCS."""

from base64 import b64decode

import pytest
from pydantic import SecretStr

from dcs.drivers import DRIVER
from dcs.settings import ACCOUNT_NUMBER
from integration_hub.configuration_key import Settings
from integration_hub.errors import ConfigurationMissing, CredentialUnavailable, IntegrationError
from integration_hub.vendor.authentication import Authorization, BasicAuthentication
from tests.support.dcs.settings import GivenSettings, dcs_settings

PASSWORD = "S3cret-Example"
COLON = dcs_settings({ACCOUNT_NUMBER: "900:123"})
UNSET = GivenSettings({})


def authorize(settings: Settings | None = None, username: str = "acme-api", password: str = PASSWORD) -> Authorization:
    """Run the authentication of DCS, by default with the login of the manual's example; it needs no request."""
    secrets = {"username": SecretStr(username), "password": SecretStr(password)}
    flow = DRIVER.authentication.flow(secrets, settings or dcs_settings())
    with pytest.raises(StopIteration) as finished:
        next(flow)
    authorization = finished.value.value
    assert isinstance(authorization, Authorization)
    return authorization


def test_login_is_joined_with_colons() -> None:
    """The example of the manual gives the header of the manual."""
    assert authorize().headers == {"Authorization": "Basic OTAwMTIzOmFjbWUtYXBpOlMzY3JldC1FeGFtcGxl"}


def test_password_may_contain_a_colon() -> None:
    """The password is the last part, so a colon in it is unambiguous (RFC 7617)."""
    header = authorize(password="a:b").headers["Authorization"]
    assert b64decode(header.removeprefix("Basic ")) == b"900123:acme-api:a:b"


@pytest.mark.parametrize(
    ("settings", "username", "password", "error"),
    [
        (COLON, "acme-api", PASSWORD, ConfigurationMissing),
        (UNSET, "acme-api", PASSWORD, ConfigurationMissing),
        (None, "acme:api", PASSWORD, CredentialUnavailable),
        (None, "", PASSWORD, CredentialUnavailable),
        (None, "acme-api", "", CredentialUnavailable),
    ],
)
def test_ambiguous_or_incomplete_login_is_refused(
    settings: Settings | None, username: str, password: str, error: type[IntegrationError]
) -> None:
    """A colon in account or user name, or an empty part, is refused before the vendor can lock the account."""
    with pytest.raises(error) as caught:
        authorize(settings, username, password)
    assert "acme" not in caught.value.detail
    assert PASSWORD not in caught.value.detail
    assert ("account_number" in caught.value.detail) == (error is ConfigurationMissing)


def test_account_is_required_and_cannot_be_empty() -> None:
    """The account has no default, and an empty value is refused when it is stored."""
    assert ACCOUNT_NUMBER.default is None
    with pytest.raises(ValueError, match="must be"):
        ACCOUNT_NUMBER.parse(" ")


def test_lockout_is_per_account() -> None:
    """The account of DCS is part of its credential; a vendor without one has an empty account."""
    assert DRIVER.authentication.account(dcs_settings()) == "900123"
    assert BasicAuthentication().account(dcs_settings()) == ""
    assert DRIVER.authentication.secret_names == ("username", "password")
    assert not DRIVER.authentication.renewable
