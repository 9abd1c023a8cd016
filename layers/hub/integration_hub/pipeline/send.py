"""Phase send: wait for a permit, make attempts until one succeeds or retrying ends."""

import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integration_hub import events
from integration_hub.admission.admission import ClaimedRow
from integration_hub.admission.backoff import backoff, retry_policy
from integration_hub.admission.request import Permit, RetryRefused
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.errors import IntegrationError, InternalError, LoginLocked, VendorAuthRefused, VendorUnavailable
from integration_hub.models.call import Call
from integration_hub.models.outcome import Attempt
from integration_hub.pipeline.attempt import Attempts
from integration_hub.pipeline.claim import Claim, Prepared, prepare
from integration_hub.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class Sent:
    """How sending ended: with a result or an error, after these attempts."""

    result: Any
    error: IntegrationError | None
    attempts: Sequence[Attempt]
    credential_version: str | None


def send(call: Call, claim: Claim, settings: EffectiveConfiguration, services: Services) -> Sent:
    """Send a claimed call and return its end; never raises."""
    sender = _Sender(call, claim, settings, services)
    result, problem = None, None
    try:
        result = sender.result()
    except IntegrationError as error:
        problem = error
    except Exception as error:  # noqa: BLE001 - whatever it is, the row has to say what may have been charged
        services.report(events.InternalFailure(error))
        problem = InternalError(may_be_charged=any(attempt.charge is not None for attempt in sender.attempts.made))
    return Sent(result, problem, tuple(sender.attempts.made), sender.credential_version)


class _Sender:
    def __init__(self, call: Call, claim: Claim, settings: EffectiveConfiguration, services: Services) -> None:
        self._call = call
        self._claim = claim
        self._settings = settings
        self._services = services
        self.attempts = Attempts(call, settings, services)
        self.credential_version: str | None = None

    def result(self) -> Any:
        """Return the operation's normalised result."""
        prepared = self._claim.prepared
        if prepared is None:  # it had a cached response, which could not be read after all
            prepared = prepare(self._call, self._settings, self._services.credentials.current, self._services)
        self.credential_version = prepared.credential.version
        try:
            document = self._document(prepared, self._permit(prepared, first=True))
        except (VendorAuthRefused, LoginLocked):
            # The password may just have been rotated. The same credential a second time would only lock the account.
            renewed = prepare(self._call, self._settings, self._services.credentials.refreshed, self._services)
            if renewed.credential.version == prepared.credential.version:
                raise
            self.credential_version = renewed.credential.version
            document = self._document(renewed, self._permit(renewed, first=False))
        return self._call.operation.decode(document, self._call.search)

    def _permit(self, prepared: Prepared, *, first: bool) -> Permit:
        row = ClaimedRow(self._call.call_id, has_key=self._claim.identity.key_hash is not None)
        asked = self._claim.asked if first else None
        return self._services.admission.admit(prepared.admission, self._call.deadline, row=row, asked=asked)

    def _document(self, prepared: Prepared, permit: Permit) -> Any:
        """Attempt until there is a response or retrying ends; each attempt is admitted on its own."""
        policy, renewed = retry_policy(self._settings), False
        for retries_made in itertools.count():
            try:
                may_renew = self._call.integration.authentication.renewable and not renewed
                return self.attempts.make(prepared, permit, may_renew=may_renew)
            except VendorAuthRefused:
                if not self.attempts.authorization_expired:
                    raise
                renewed = True
                self._services.authorizations.drop(self._call.integration, prepared.credential, self._settings)
                permit = self._permit(prepared, first=False)
            except VendorUnavailable as error:
                pause = backoff(
                    policy,
                    error,
                    retries_made=retries_made,
                    remaining_seconds=self._call.deadline.remaining(),
                    random=random.random,
                )
                if pause is None:
                    raise
                time.sleep(pause)
                again = self._services.admission.admit_retry(prepared.admission, self._call.settle_by)
                if isinstance(again, RetryRefused):
                    self.attempts.retry_refused(again.reason)
                    raise
                permit = again
        raise AssertionError("the loop above has no other end")
