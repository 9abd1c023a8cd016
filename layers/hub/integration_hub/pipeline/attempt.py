"""One attempt: authenticate, exchange, read the response, and report to admission how it ended."""

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integration_hub import events
from integration_hub.admission.backoff import LEAST_EXCHANGE_SECONDS
from integration_hub.admission.request import Permit
from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.deadline import Deadline
from integration_hub.errors import (
    IntegrationError,
    InternalError,
    VendorAuthRefused,
    VendorRejected,
    VendorResponseInvalid,
    VendorTimedOut,
    VendorUnavailable,
)
from integration_hub.models.call import Call
from integration_hub.models.outcome import Attempt
from integration_hub.pipeline.claim import Prepared
from integration_hub.pipeline.services import Services
from integration_hub.vendor.contract import Pending
from integration_hub.vendor.message import VendorRequest, VendorResponse
from integration_hub.vendor.transport import Exchange

# A vendor that was given less and did not answer does not count as an outage: callers with short time-outs must not
# open the circuit breaker for the fleet.
_OUTAGE_SECONDS = 5.0
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Attempts:
    """Makes attempts of one call and keeps what its row needs to say about them."""

    def __init__(self, call: Call, settings: EffectiveConfiguration, services: Services) -> None:
        self._call = call
        self._settings = settings
        self._services = services
        self.made: list[Attempt] = []
        self.authorization_expired = False
        """Whether the last attempt was refused with an authorization from the cache, which may only have expired."""

    def make(self, prepared: Prepared, permit: Permit, *, may_renew: bool) -> Any:
        """Return the parsed response, or raise the IntegrationError that the attempt ended with.

        `may_renew`: where a cached authorization is refused, that is not held against the credential.
        """
        started = time.monotonic()
        allowed = self._settings[keys.TIMEOUT_SECONDS]
        deadline = Deadline(min(self._call.deadline.at, started + allowed))
        if deadline.remaining() < LEAST_EXCHANGE_SECONDS:
            self._services.admission.unused(permit, self._call.settle_by)
            raise VendorTimedOut("No time was left to call the vendor.", may_be_charged=False)
        counts_as_outage = deadline.remaining() >= min(allowed, _OUTAGE_SECONDS)
        exchanges = _Exchanges(
            self._call, self._settings, self._services, prepared, deadline=deadline, send_by=permit.send_by
        )
        error: IntegrationError | None = None
        document = None
        try:
            document = exchanges.document()
        except IntegrationError as problem:
            error = problem
        except Exception as problem:  # noqa: BLE001 - whatever it is, the row has to say what may have been charged
            self._services.report(events.InternalFailure(problem))
            error = InternalError(may_be_charged=exchanges.response is not None)
        self._record(started, exchanges.status, error)
        is_refused = may_renew and isinstance(error, VendorAuthRefused)
        self.authorization_expired = is_refused and not exchanges.obtained_token
        self._report(permit, error, counts_as_outage=counts_as_outage)
        if error is not None:
            raise error
        return document

    def retry_refused(self, reason: str) -> None:
        """Note with the last attempt why there was no retry."""
        self.made[-1] = replace(self.made[-1], retry_refused=reason)

    def _record(self, started: float, status: int | None, error: IntegrationError | None) -> None:
        price = self._settings[keys.operation_price(self._call.operation.setting_name)]
        self.made.append(
            Attempt(
                number=len(self.made) + 1,
                elapsed_ms=round((time.monotonic() - started) * 1000),
                status=status,
                error=None if error is None else error.code,
                charge=price if error is None or error.may_be_charged else None,
            )
        )

    def _report(self, permit: Permit, error: IntegrationError | None, *, counts_as_outage: bool) -> None:
        admission, by = self._services.admission, self._call.settle_by
        is_early_time_out = isinstance(error, VendorTimedOut) and not counts_as_outage
        if is_early_time_out or self.authorization_expired:
            admission.unused(permit, by)
        else:
            admission.ended(permit, error, by)


class _Exchanges:
    """The exchanges of one attempt: a token where one is needed, the request, and polls of a pending order."""

    def __init__(
        self,
        call: Call,
        settings: EffectiveConfiguration,
        services: Services,
        prepared: Prepared,
        *,
        deadline: Deadline,
        send_by: float,
    ) -> None:
        self._call = call
        self._settings = settings
        self._services = services
        self._prepared = prepared
        self._deadline = deadline
        self._send_by = send_by
        self.response: VendorResponse | None = None
        self.status: int | None = None
        """The last status that the vendor answered with, also to a token request."""
        self.obtained_token = False

    def document(self) -> Any:
        """Return the parsed response."""
        headers = self._services.authorizations.authorize(
            self._call.integration, self._prepared.credential, self._settings, self._exchange_token
        )
        self.response = self._exchange(self._prepared.request, headers, self._send_by)
        document = self._call.operation.parse_response(self.response)
        while isinstance(document, Pending):
            document = self._polled(document, headers)
        return document

    def _polled(self, pending: Pending, headers: Mapping[str, str]) -> Any:
        """Ask again for the response to an order that was accepted, and is charged."""
        if pending.after_seconds >= self._deadline.remaining():
            raise VendorTimedOut("The vendor accepted the order but did not finish it in time.", may_be_charged=True)
        time.sleep(pending.after_seconds)
        try:
            self.response = self._exchange(pending.request, headers, self._deadline.at)
            return self._call.operation.parse_response(self.response)
        except VendorUnavailable as error:
            raise type(error)(error.detail, may_be_charged=True) from error
        except (VendorRejected, VendorAuthRefused) as error:
            detail = "The vendor accepted the order but refuses to deliver it."
            raise VendorResponseInvalid(detail, may_be_charged=True) from error

    def _exchange_token(self, request: VendorRequest) -> VendorResponse:
        self.obtained_token = True
        return self._exchange(request, {}, self._deadline.at)

    def _exchange(self, request: VendorRequest, headers: Mapping[str, str], send_by: float) -> VendorResponse:
        call, settings = self._call, self._settings
        url = self._prepared.url if request.path is None else settings[keys.BASE_URL] + request.path
        self.status = None
        trace = {} if call.trace_id is None else {_trace_header(call.trace_id): call.trace_id}
        response = self._services.vendor.send(
            Exchange(
                url=url,
                request=request,
                headers={**headers, "X-Call-Id": call.call_id, "X-Correlation-Id": call.correlation_id, **trace},
                connect_timeout_seconds=settings[keys.CONNECT_TIMEOUT_SECONDS],
                deadline=self._deadline,
                send_by=send_by,
                max_response_bytes=settings[keys.MAX_RESPONSE_BYTES],
                ca_bundle=settings[keys.CA_BUNDLE],
            )
        )
        self.status = response.status
        return response


def _trace_header(trace_id: str) -> str:
    """Return the header for a trace id: W3C Trace Context and X-Ray write them differently."""
    return "traceparent" if _TRACEPARENT.fullmatch(trace_id) else "X-Amzn-Trace-Id"
