"""API keys and OAuth 2 client credentials: what is sent, what each response means, and how long a token is used."""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from integration_hub.configuration_key import Key, Kind, text
from integration_hub.errors import (
    ConfigurationMissing,
    CredentialUnavailable,
    IntegrationError,
    VendorAuthRefused,
    VendorResponseInvalid,
    VendorTimedOut,
    VendorUnavailable,
)
from integration_hub.vendor.authentication import ApiKeyAuthentication, Authentication, Authorization
from integration_hub.vendor.authorization import AuthorizationCache
from integration_hub.vendor.contract import Credential, Integration
from integration_hub.vendor.message import VendorRequest, VendorResponse
from integration_hub.vendor.oauth import ClientCredentials

TOKEN_PATH = Key(Kind.CONNECTION, "token_path", *text(200), "Path of the token endpoint", "/oauth/token")
CREDENTIAL = Credential({"client_id": SecretStr("acme co"), "client_secret": SecretStr("p:s%")}, "v1")
INVALID_LIFETIMES: tuple[Any, ...] = (0, -1, True, "soon", [], float("inf"), 10**400)
OAUTH = ClientCredentials(TOKEN_PATH, scope="reports:read")


class Defaults:
    """Settings that nobody has set."""

    def __getitem__[T](self, key: Key[T]) -> T:
        """Return the default."""
        assert key.default is not None
        return key.default


@dataclass
class TokenEndpoint:
    """Answers token requests, and keeps them."""

    answers: list[VendorResponse | IntegrationError]
    requests: list[VendorRequest] = field(default_factory=list)

    def __call__(self, request: VendorRequest) -> VendorResponse:
        """Give the next answer; the last one is given again."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, IntegrationError):
            raise answer
        return answer


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Return the present moment."""
        return self.now


def response(status: int = 200, **members: Any) -> VendorResponse:
    """Return a JSON response with these members."""
    return VendorResponse(status, {}, json.dumps(members).encode())


def token(value: str = "t-1", **members: Any) -> VendorResponse:
    """Return a token response as RFC 6749 shows it."""
    return response(**{"access_token": value, "token_type": "Bearer", "expires_in": 3600, **members})


def integration(authentication: Authentication, type_code: str = "ANY_API") -> Integration:
    """Return an integration with this authentication."""
    return Integration(type_code, "ANY", "MANUAL_REVIEW", (), authentication)


def obtained(
    *answers: VendorResponse | IntegrationError,
    authentication: Authentication = OAUTH,
    credential: Credential = CREDENTIAL,
) -> tuple[dict[str, str], list[VendorRequest]]:
    """Authorize once; return the headers and what was sent for them."""
    endpoint = TokenEndpoint(list(answers) or [token()])
    cache = AuthorizationCache(clock=Clock())
    return dict(cache.authorize(integration(authentication), credential, Defaults(), endpoint)), endpoint.requests


def test_api_key_is_sent_in_the_named_header_without_an_exchange() -> None:
    """With the prefix that the vendor wants."""
    credential = Credential({"api_key": SecretStr("k-1")}, "v1")
    assert obtained(authentication=ApiKeyAuthentication("X-Api-Key"), credential=credential) == (
        {"X-Api-Key": "k-1"},
        [],
    )
    prefixed = ApiKeyAuthentication("Authorization", prefix="Bearer ")
    assert obtained(authentication=prefixed, credential=credential)[0] == {"Authorization": "Bearer k-1"}


@pytest.mark.parametrize("key", ["", " k-1", "k\r\nX-Other: 1", "schlüssel"])
def test_api_key_that_no_header_can_hold_is_not_sent(key: str) -> None:
    """And the error does not repeat it."""
    credential = Credential({"api_key": SecretStr(key)}, "v1")
    with pytest.raises(CredentialUnavailable) as caught:
        obtained(authentication=ApiKeyAuthentication("X-Api-Key"), credential=credential)
    assert not key or key not in caught.value.detail


def test_token_request_with_basic_authentication() -> None:
    """A form to the configured path; id and secret are encoded before they are joined (RFC 6749, section 2.3.1)."""
    headers, (sent,) = obtained()
    assert headers == {"Authorization": "Bearer t-1"}
    assert (sent.method, sent.path, sent.content_type) == ("POST", "/oauth/token", "application/x-www-form-urlencoded")
    assert sent.headers == {"Authorization": "Basic " + b64encode(b"acme+co:p%3As%25").decode()}
    assert parse_qs(sent.body.decode()) == {"grant_type": ["client_credentials"], "scope": ["reports:read"]}
    assert "p:s" not in repr(sent)


def test_token_request_with_the_secret_in_the_form() -> None:
    """For vendors that do not take it in a header."""
    _, (sent,) = obtained(authentication=ClientCredentials(TOKEN_PATH, client_authentication="body"))
    assert sent.headers == {}
    assert parse_qs(sent.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["acme co"],
        "client_secret": ["p:s%"],
    }


def test_credential_without_a_secret_is_not_sent() -> None:
    """An empty secret would count as a refusal."""
    empty = Credential({"client_id": SecretStr("a"), "client_secret": SecretStr("")}, "v1")
    with pytest.raises(CredentialUnavailable):
        obtained(credential=empty)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (response(401), VendorAuthRefused),
        (VendorResponse(401, {}, b"<html>"), VendorAuthRefused),
        (response(400, error="invalid_client"), VendorAuthRefused),
        (response(400, error="unauthorized_client"), VendorAuthRefused),
        (response(400, error="invalid_scope"), ConfigurationMissing),
        (response(400, error="CANARY"), VendorResponseInvalid),
        (VendorResponse(400, {}, b"CANARY"), VendorResponseInvalid),
        (response(404), VendorResponseInvalid),
        (response(302), VendorResponseInvalid),
        (response(429), VendorUnavailable),
        (response(503), VendorUnavailable),
        (VendorResponse(200, {}, b"CANARY"), VendorResponseInvalid),
        (VendorResponse(200, {}, b"[" * 100_000), VendorResponseInvalid),
        (VendorResponse(200, {}, b"[]"), VendorResponseInvalid),
        (token(value=""), VendorResponseInvalid),
        (token(value="t\r\nX-Other: CANARY"), VendorResponseInvalid),
        (token(access_token=7), VendorResponseInvalid),
        (token(token_type="mac"), VendorResponseInvalid),
        *((token(expires_in=value), VendorResponseInvalid) for value in INVALID_LIFETIMES),
        (VendorUnavailable("lost", may_be_charged=True), VendorUnavailable),
        (VendorTimedOut("slow", may_be_charged=True), VendorTimedOut),
        (VendorResponseInvalid("too large"), VendorResponseInvalid),
    ],
)
def test_what_each_response_means(answer: VendorResponse | IntegrationError, error: type[IntegrationError]) -> None:
    """A token request is never charged, and no message repeats the vendor's text or the secret."""
    with pytest.raises(IntegrationError) as caught:
        obtained(answer)
    assert type(caught.value) is error
    assert not caught.value.may_be_charged
    assert "CANARY" not in caught.value.detail
    assert "p:s" not in caught.value.detail


def test_retry_after_of_the_token_endpoint_is_passed_on() -> None:
    """In seconds, an hour at most, or as a date."""
    date = {"date": "Fri, 02 Jan 2026 10:00:00 GMT"}
    cases = {"7": 7.0, "99999999": 3600.0, "Fri, 02 Jan 2026 10:00:30 GMT": 30.0, "later": None, "": None}
    for text_, seconds in cases.items():
        with pytest.raises(VendorUnavailable) as caught:
            obtained(VendorResponse(503, {**date, "retry-after": text_}, b""))
        assert caught.value.retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("members", "seconds"),
    [
        ({"expires_in": 3600}, 3540),
        ({"expires_in": 90}, 45),
        ({"expires_in": "600"}, 540),
        ({"expires_in": None}, None),
    ],
)
def test_lifetime_has_a_margin(members: dict[str, Any], seconds: float | None) -> None:
    """A minute, or half the life of a short token; without a lifetime the vendor's refusal ends it."""
    flow = OAUTH.flow(CREDENTIAL.secrets, Defaults())
    next(flow)
    with pytest.raises(StopIteration) as finished:
        flow.send(token(**members))
    assert finished.value.value == Authorization({"Authorization": "Bearer t-1"}, seconds)
    assert "t-1" not in repr(finished.value.value)


def test_token_is_used_until_it_expires_or_is_dropped() -> None:
    """One token request per lifetime, and one more after a drop."""
    clock, endpoint, any_api = Clock(), TokenEndpoint([token(f"t-{n}") for n in range(9)]), integration(OAUTH)
    cache = AuthorizationCache(clock=clock)

    def used() -> str:
        return cache.authorize(any_api, CREDENTIAL, Defaults(), endpoint)["Authorization"].removeprefix("Bearer ")

    assert [used(), used()] == ["t-0", "t-0"]
    clock.now += 3539
    assert used() == "t-0"
    clock.now += 1
    assert [used(), used()] == ["t-1", "t-1"]
    cache.drop(any_api, CREDENTIAL, Defaults())
    assert used() == "t-2"


def test_tokens_are_not_shared_between_credentials_or_integrations() -> None:
    """A new version of the credential asks for a token of its own."""
    endpoint = TokenEndpoint([token(f"t-{n}") for n in range(9)])
    cache = AuthorizationCache(clock=Clock())
    rotated = Credential(CREDENTIAL.secrets, "v2")
    for type_code, credential in (("A_API", CREDENTIAL), ("A_API", rotated), ("B_API", CREDENTIAL)):
        cache.authorize(integration(OAUTH, type_code), credential, Defaults(), endpoint)
    assert len(endpoint.requests) == 3


def test_cache_is_bounded() -> None:
    """The one that was used least recently goes."""
    endpoint, any_api = TokenEndpoint([token()]), integration(OAUTH)
    cache = AuthorizationCache(clock=Clock(), max_entries=2)
    for version in ("v1", "v2", "v1", "v3", "v1"):
        cache.authorize(any_api, Credential(CREDENTIAL.secrets, version), Defaults(), endpoint)
    assert len(endpoint.requests) == 3
    cache.authorize(any_api, Credential(CREDENTIAL.secrets, "v2"), Defaults(), endpoint)
    assert len(endpoint.requests) == 4


def test_failed_flow_is_not_kept() -> None:
    """The next call asks again."""
    endpoint = TokenEndpoint([response(503), token()])
    cache = AuthorizationCache(clock=Clock())
    with pytest.raises(VendorUnavailable):
        cache.authorize(integration(OAUTH), CREDENTIAL, Defaults(), endpoint)
    assert cache.authorize(integration(OAUTH), CREDENTIAL, Defaults(), endpoint) == {"Authorization": "Bearer t-1"}
