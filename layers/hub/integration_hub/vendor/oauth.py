"""OAuth 2 client credentials (RFC 6749, section 4.4): the credential buys a token, the token authenticates requests."""

import json
import math
from base64 import b64encode
from typing import Any, Literal
from urllib.parse import quote_plus, urlencode

from integration_hub.configuration_key import Key, Settings
from integration_hub.errors import (
    ConfigurationMissing,
    CredentialUnavailable,
    IntegrationError,
    VendorAuthRefused,
    VendorResponseInvalid,
    VendorUnavailable,
)
from integration_hub.vendor.authentication import Authorization, Flow, Secrets
from integration_hub.vendor.message import VendorRequest, VendorResponse

_MARGIN_SECONDS = 60.0
"""A token is renewed so long before it expires, so that it does not expire on the way; half its life if shorter."""
_CREDENTIAL_REFUSED = {"invalid_client", "invalid_grant", "unauthorized_client"}
_REQUEST_REFUSED = {"invalid_request", "invalid_scope", "unsupported_grant_type"}
"""The error codes of RFC 6749, section 5.2; any other text of the vendor stays out of our messages."""


class ClientCredentials:
    """Asks for a bearer token with the client's id and secret, and again when the token has expired.

    `token_path` is a setting with the token endpoint's path on the vendor's host. `client_authentication` says where
    the vendor wants id and secret: in an HTTP Basic header (RFC 6749 prefers it) or in the form.
    """

    secret_names: tuple[str, ...] = ("client_id", "client_secret")
    renewable = True  # a token can be revoked before it expires

    def __init__(
        self, token_path: Key[str], *, scope: str = "", client_authentication: Literal["basic", "body"] = "basic"
    ) -> None:
        self._token_path = token_path
        self._scope = scope
        self._in_body = client_authentication == "body"

    def account(self, _settings: Settings) -> str:
        """Return no account: id and secret together are the credential."""
        return ""

    def flow(self, secrets: Secrets, settings: Settings) -> Flow:
        """Ask for a token and return it as `Authorization: Bearer`.

        Raises VendorAuthRefused where the vendor refuses the client, ConfigurationMissing where it refuses what was
        asked for, VendorUnavailable where it cannot answer now and VendorResponseInvalid for any other response. A
        token request is never charged.
        """
        client_id, client_secret = (secrets[name].get_secret_value() for name in self.secret_names)
        if not client_id or not client_secret:
            raise CredentialUnavailable("The vendor credential needs a client_id and a client_secret.")
        form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
        headers = {}
        if self._in_body:
            form |= {"client_id": client_id, "client_secret": client_secret}
        else:
            login = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"  # section 2.3.1
            headers["Authorization"] = "Basic " + b64encode(login.encode()).decode("ascii")
        response = yield VendorRequest(
            path=settings[self._token_path],
            body=urlencode(form).encode("ascii"),
            content_type="application/x-www-form-urlencoded",
            accept="application/json",
            headers=headers,
        )
        if response.status != 200:
            raise _refusal(response)
        document = _document(response)
        return Authorization({"Authorization": f"Bearer {_token(document)}"}, _lifetime(document))


def _refusal(response: VendorResponse) -> IntegrationError:
    """Return what a status other than 200 means; 400 has several meanings, which the body tells apart."""
    status = response.status
    if status == 429 or status >= 500:
        return VendorUnavailable(
            f"The vendor's token endpoint answered {status}.",
            may_be_charged=False,
            retry_after_seconds=response.retry_after_seconds,
        )
    code = _error_code(response) if status == 400 else ""
    if status == 401 or code in _CREDENTIAL_REFUSED:
        return VendorAuthRefused(f"The vendor's token endpoint refused the credential ({status} {code}".rstrip() + ").")
    if code in _REQUEST_REFUSED:
        return ConfigurationMissing(f"The vendor's token endpoint refused the request ({code}).")
    return VendorResponseInvalid(f"The vendor's token endpoint answered {status}.", may_be_charged=False)


def _error_code(response: VendorResponse) -> str:
    try:
        return str(_document(response).get("error", ""))
    except VendorResponseInvalid:
        return ""


def _document(response: VendorResponse) -> dict[str, Any]:
    try:
        document = json.loads(response.body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise VendorResponseInvalid("The vendor's token response is not a JSON object.", may_be_charged=False)
    return document


def _token(document: dict[str, Any]) -> str:
    """Return a token that is safe in a header."""
    if str(document.get("token_type", "Bearer")).casefold() != "bearer":
        raise VendorResponseInvalid("The vendor's token is not a bearer token.", may_be_charged=False)
    token = document.get("access_token")
    if not isinstance(token, str) or not token or not all("!" <= character <= "~" for character in token):
        raise VendorResponseInvalid("The vendor's token response has no usable access_token.", may_be_charged=False)
    return token


def _lifetime(document: dict[str, Any]) -> float | None:
    """Return how long the token may be used; None where the vendor does not say (the member is optional)."""
    value = document.get("expires_in")
    if value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if isinstance(value, bool) or not 0 < seconds < math.inf:
        raise VendorResponseInvalid("The vendor's token response has no usable expires_in.", may_be_charged=False)
    return seconds - min(_MARGIN_SECONDS, seconds / 2)
