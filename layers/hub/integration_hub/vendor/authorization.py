"""The authorizations that the hub holds: made by an integration's authentication, used until they expire."""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from integration_hub.configuration_key import Settings
from integration_hub.errors import VendorResponseInvalid, VendorTimedOut, VendorUnavailable
from integration_hub.vendor.authentication import Authorization
from integration_hub.vendor.contract import Credential, Integration
from integration_hub.vendor.message import VendorRequest, VendorResponse

type Exchange = Callable[[VendorRequest], VendorResponse]
"""Sends one request to the vendor and returns the response, whatever its status."""


@dataclass(frozen=True, slots=True)
class _Held:
    headers: Mapping[str, str] = field(repr=False)
    expires_at: float


class AuthorizationCache:
    """Authorizations per (integration type, account, credential version), in memory only.

    `clock` returns monotonic seconds. Above `max_entries` the one that was used least recently is forgotten.
    """

    def __init__(self, *, clock: Callable[[], float], max_entries: int = 100) -> None:
        self._clock = clock
        self._max_entries = max_entries
        self._held: OrderedDict[tuple[str, str, str], _Held] = OrderedDict()

    def authorize(
        self, integration: Integration, credential: Credential, settings: Settings, exchange: Exchange
    ) -> Mapping[str, str]:
        """Return the headers that authenticate a request; `exchange` is called where they have to be obtained.

        Raises what the integration's `Authentication.flow` and `exchange` raise, with nothing charged.
        """
        key = _key(integration, credential, settings)
        held = self._held.get(key)
        if held is not None and self._clock() < held.expires_at:
            self._held.move_to_end(key)
            return held.headers
        asked_at = self._clock()  # the lifetime counts from when the vendor wrote it, which is after this
        authorization = _obtained(integration, credential, settings, exchange)
        lifetime = math.inf if authorization.expires_in_seconds is None else authorization.expires_in_seconds
        self._held[key] = _Held(authorization.headers, asked_at + lifetime)
        self._held.move_to_end(key)
        while len(self._held) > self._max_entries:
            self._held.popitem(last=False)
        return authorization.headers

    def drop(self, integration: Integration, credential: Credential, settings: Settings) -> None:
        """Forget an authorization that the vendor refused before it expired."""
        self._held.pop(_key(integration, credential, settings), None)


def _key(integration: Integration, credential: Credential, settings: Settings) -> tuple[str, str, str]:
    return integration.type_code, integration.authentication.account(settings), credential.version


def _obtained(
    integration: Integration, credential: Credential, settings: Settings, exchange: Exchange
) -> Authorization:
    flow = integration.authentication.flow(credential.secrets, settings)
    try:
        request = next(flow)
        while True:
            request = flow.send(_uncharged(exchange, request))
    except StopIteration as finished:
        authorization: Authorization = finished.value
        return authorization


def _uncharged(exchange: Exchange, request: VendorRequest) -> VendorResponse:
    """Send a request of the flow. The transport cannot know that it buys nothing, so a lost response says so here."""
    try:
        return exchange(request)
    except VendorTimedOut as error:
        raise VendorTimedOut(error.detail, may_be_charged=False) from error
    except VendorUnavailable as error:
        raise VendorUnavailable(error.detail, may_be_charged=False) from error
    except VendorResponseInvalid as error:
        raise VendorResponseInvalid(error.detail, may_be_charged=False) from error
