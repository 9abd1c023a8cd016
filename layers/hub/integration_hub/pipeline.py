"""The straight line of a call, the same for every integration type.

    configuration -> log row opened -> login -> [admission -> vendor -> verdict]* -> normalised result -> log row closed
                                    -> kept answer ------------------------------------------------>

Each line takes what the lines above made; nothing is kept between calls but answers, in the log. A refusal before the
row is opened (unknown program, switched off, missing reference) sends nothing and costs nothing.
"""

import itertools
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from integration_hub import observability
from integration_hub.admission.admission import Admission
from integration_hub.admission.backoff import LEAST_EXCHANGE_SECONDS, backoff, retry_policy
from integration_hub.admission.request import Permit, RetryRefused, admission_request
from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.configuration.mapping import operation_mapping
from integration_hub.configuration.store import ConfigurationStore
from integration_hub.credentials.store import CredentialStore, CurrentLogin
from integration_hub.db.connection import Database
from integration_hub.errors import (
    ConfigurationMissing,
    CredentialUnavailable,
    DatabaseUnavailable,
    IntegrationError,
    InternalError,
    LoginLocked,
    PurposeNotAllowed,
    RequestInProgress,
    VendorAuthRefused,
    VendorTimedOut,
    VendorUnavailable,
)
from integration_hub.integration import Integration, Requester, VendorResponse
from integration_hub.integration_log.record import Closing, answered, failed, reused
from integration_hub.integration_log.store import IntegrationLog
from integration_hub.models import Answer, Attempt, Call, Deadline, Mapped, Reused, SecondSearch
from integration_hub.privacy import HubModel
from integration_hub.response_cache.cache import KeptAnswers
from integration_hub.vendor.transport import Exchange, VendorTransport

# How long after a call's deadline the database may still take to close its row; what is left of the invocation then
# is for the answer (entrypoint).
_CLOSING_SECONDS = 1.2
# A vendor that was given less and did not answer is not counted as out: a few callers in a hurry must not stop a fleet.
_FAIR_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Services:
    """What the pipeline works with; built once per execution environment by `wiring`."""

    environment: str
    database: Database
    admission: Admission
    answers: KeptAnswers
    configuration: ConfigurationStore
    credentials: CredentialStore
    integration_log: IntegrationLog
    vendor: VendorTransport


@dataclass(frozen=True, slots=True)
class _Found:
    """A result, and the call whose answer it is: this one, or the first with its idempotency key."""

    result: HubModel
    call_id: str
    correlation_id: str
    reused: Reused | None = None
    replayed: bool = False


def run(call: Call, services: Services) -> Answer:
    """Make the call and return its answer, or raise the IntegrationError that says what follows."""
    services.database.end_by(call.deadline.later(_CLOSING_SECONDS))
    configuration = services.configuration.effective(call.integration, call.program_id)
    found = _found(call, configuration, services)
    return Answer(
        call_id=found.call_id,
        correlation_id=found.correlation_id,
        integration=call.integration.type_code,
        operation=call.operation.name,
        result=found.result,
        mapped=_unless_defective(lambda: _mapped(call, found.result, configuration)),
        reused=found.reused,
        second_search=_second_search(call, found, configuration, services),
        replayed=found.replayed,
    )


def _second_search(
    call: Call, first: _Found, configuration: EffectiveConfiguration, services: Services
) -> SecondSearch | None:
    """Search once more where the answer suggests it and the settings allow it; whatever happens, the first stands.

    A first answer that is told once more gets the second one that there is, and buys none.
    """
    suggest = call.operation.follow_up
    follow_up = suggest(call.search, first.result) if suggest and configuration[keys.SECOND_SEARCH] else None
    if follow_up is None:
        return None
    # A key of its own, which no caller can send.
    key = None if call.idempotency_key is None else f"{call.idempotency_key}\0{follow_up.reason}"
    second = replace(call, call_id=str(uuid.uuid4()), search=follow_up.search, idempotency_key=key)
    try:
        if first.replayed and not services.answers.holds_a_call(services.answers.question(second, configuration)):
            return None
        found = _found(second, configuration, services)
        mapped = _mapped(second, found.result, configuration)
    except IntegrationError as error:
        return SecondSearch(reason=follow_up.reason, call_id=second.call_id, error_code=error.code)
    except Exception as error:  # noqa: BLE001 - a defect here must not cost the first answer, which is paid for
        observability.defect(error)
        return SecondSearch(reason=follow_up.reason, call_id=second.call_id, error_code=InternalError.code)
    return SecondSearch(
        reason=follow_up.reason, call_id=found.call_id, result=found.result, mapped=mapped, reused=found.reused
    )


def _mapped(call: Call, result: HubModel, configuration: EffectiveConfiguration) -> Mapped | None:
    """Say the result in the carrier's words too, where its program has a mapping."""
    mappings = configuration[operation_mapping(call.operation)]
    if not mappings.fields:
        return None
    mapped = mappings.of(result)
    observability.mapping_counted(mapped)
    return mapped


def _found(call: Call, configuration: EffectiveConfiguration, services: Services) -> _Found:
    """Return the first answer to the caller's key, a recent one to the same question, or else that of a call."""
    _check_allowed(call, configuration, services.environment)
    url = configuration[keys.BASE_URL] + configuration[keys.operation_path(call.operation.path_key)]
    log = services.integration_log
    try:
        question = services.answers.question(call, configuration)
    except CredentialUnavailable as error:
        log.open(call, configuration, url)  # why this quote got no answer is on record all the same
        _close(call, services, failed(error, (), None))
        raise
    while not log.open(call, configuration, url, claim=question.claim, subject=question.subject):
        first = services.answers.to_the_key(call, question)
        if first is not None:
            log.open(call, configuration, url)  # the row of this request, beside that of the first
            _close(call, services, reused(first.result, first.call_id))
            return _Found(first.result, first.call_id, first.correlation_id, first.reused, replayed=True)
    inquiry = _Inquiry(call, configuration, services, url, question.claim)
    try:
        kept = services.answers.to_the_question(call, question)
        result: Any = inquiry.result() if kept is None else kept.result
        source = None if kept is None else Reused(call_id=kept.call_id, answered_at=kept.answered_at)
        question = question if kept is None else question.without_reuse()
    except BaseException as error:
        known = error if isinstance(error, IntegrationError) else None
        _close(call, services, failed(known, inquiry.attempts, inquiry.credential_version))
        if any(attempt.charge is not None for attempt in inquiry.attempts):
            raise _charged(error) from None
        raise
    sealed = _unless_defective(lambda: services.answers.sealed(call, question, result, source))
    if kept is None:
        closing = answered(result, inquiry.attempts, inquiry.credential_version)
    else:
        closing = reused(result, kept.call_id)
    _close(call, services, closing, sealed, question.keep_seconds)
    if kept is None:
        _unless_defective(lambda: observability.reading_counted(result))
    return _Found(result, call.call_id, call.correlation_id, source)


def _charged(error: BaseException) -> BaseException:
    """Say of an error that something may have been charged, also where an earlier attempt was."""
    if isinstance(error, Exception) and not isinstance(error, IntegrationError):
        observability.defect(error)
        error = InternalError("The hub failed. Its log under this correlation id says where.")
    if isinstance(error, IntegrationError):
        error.may_be_charged = True
    return error


def _unless_defective[T](step: Callable[[], T]) -> T | None:
    """Take a step behind a paid answer: a defect of ours there is told to operators, and must not cost the answer."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is paid for
        observability.defect(error)
        return None


def _check_allowed(call: Call, configuration: EffectiveConfiguration, environment: str) -> None:
    # Every level is a switch of its own, and one that cannot be read is off: a stop must not fail open.
    if not all(configuration.at_each_level(keys.ENABLED).values()) or configuration.ignored([keys.ENABLED]):
        raise ConfigurationMissing(f"{call.integration.type_code} is switched off for program {call.program_id}.")
    allowed = configuration[keys.ALLOWED_PURPOSES].split(", ")
    if call.purpose not in allowed or configuration.ignored([keys.ALLOWED_PURPOSES]):
        raise PurposeNotAllowed(
            f"{call.purpose} is not among the allowed_purposes of program {call.program_id} for"
            f" {call.integration.type_code}. Nothing was bought."
        )
    if configuration[keys.ENVIRONMENT] != environment:
        raise ConfigurationMissing(
            f"The database is configured for {configuration[keys.ENVIRONMENT]}, this function was deployed for"
            f" {environment}; nothing is bought until they agree."
        )


def _close(
    call: Call, services: Services, closing: Closing, cached_response: bytes | None = None, keep_seconds: int = 0
) -> None:
    services.integration_log.close(call, closing, cached_response=cached_response, keep_seconds=keep_seconds)
    observability.call_ended(call, closing)


class _Inquiry:
    """From login to result, keeping what the log row needs even when a step fails."""

    def __init__(
        self, call: Call, configuration: EffectiveConfiguration, services: Services, url: str, claim: bytes | None
    ) -> None:
        self._call = call
        self._claim = claim
        self._configuration = configuration
        self._services = services
        self._url = url
        self.attempts: list[Attempt] = []
        self.credential_version: str | None = None

    def result(self) -> Any:
        """Return the operation's normalised result."""
        current = self._current(self._services.credentials.current)
        try:
            document = self._document(current)
        except (VendorAuthRefused, LoginLocked):
            # The password may just have been rotated. The same login a second time would only lock the account.
            renewed = self._current(self._services.credentials.refreshed)
            if renewed.version == current.version:
                raise
            document = self._document(renewed)
        return self._call.operation.decode(document, self._call.search)

    def _current(self, source: Callable[[Integration, EffectiveConfiguration], CurrentLogin]) -> CurrentLogin:
        current = source(self._call.integration, self._configuration)
        self.credential_version = current.version
        return current

    def _document(self, current: CurrentLogin) -> Any:
        """Ask until there is an answer, or until retrying is over; each attempt is admitted on its own."""
        admission, deadline = self._services.admission, self._call.deadline
        exchange = self._exchange(current)
        request = admission_request(self._call, self._configuration, current.version)
        policy = retry_policy(self._configuration)
        permit = admission.admit(request, deadline)
        self._put_sending_on_record(permit)
        for retries_made in itertools.count():
            try:
                return self._attempt(exchange, permit)
            except VendorUnavailable as error:
                pause = backoff(
                    policy,
                    error,
                    retries_made=retries_made,
                    remaining_seconds=deadline.remaining(),
                    random=random.random,
                )
                if pause is None:
                    raise
                time.sleep(pause)
                again = admission.admit_retry(request)
                if isinstance(again, RetryRefused):
                    self.attempts[-1] = replace(self.attempts[-1], retry_refused=again.reason)
                    raise
                permit = again
        raise AssertionError("the loop above has no other end")

    def _put_sending_on_record(self, permit: Permit) -> None:
        """From here on the key's answer can be lost; a call that has not got so far holds its key a minute at most."""
        if self._claim is None:
            return
        try:
            still_ours = self._services.integration_log.sending(self._call, self._claim)
        except DatabaseUnavailable:
            self._services.admission.unused(permit)
            raise
        if not still_ours:
            self._services.admission.unused(permit)
            raise RequestInProgress("Another request has taken over the idempotency key; its answer is this one's too.")

    def _attempt(self, exchange: Exchange, permit: Permit) -> Any:
        """Send once and judge the reply inside the attempt: a 200 can carry another status."""
        started = time.monotonic()
        allowed = self._configuration[keys.TIMEOUT_SECONDS]
        deadline = Deadline(min(self._call.deadline.at, started + allowed))
        if deadline.remaining() < LEAST_EXCHANGE_SECONDS:
            self._services.admission.unused(permit)  # the vendor is not to blame
            raise VendorTimedOut("No time was left to ask the vendor.", may_be_charged=False)
        fair = deadline.remaining() >= min(allowed, _FAIR_SECONDS)
        reply: VendorResponse | None = None
        error: IntegrationError | None = None
        try:
            reply = self._services.vendor.send(replace(exchange, deadline=deadline, send_by=permit.send_by))
            return self._call.operation.judge(reply)
        except IntegrationError as problem:
            error = problem
            raise
        finally:
            elapsed_ms = round((time.monotonic() - started) * 1000)
            status, code = (reply.status if reply else None), (error.code if error else None)
            price = self._configuration[keys.operation_price(self._call.operation.setting_name)]
            charge = price if error is None or error.may_be_charged else None
            self.attempts.append(Attempt(len(self.attempts) + 1, elapsed_ms, status, code, charge))
            if isinstance(error, VendorTimedOut) and not fair:
                self._services.admission.unused(permit)  # a caller in a hurry says nothing about the vendor
            else:
                self._services.admission.ended(permit, error)

    def _exchange(self, current: CurrentLogin) -> Exchange:
        """Return what every attempt sends; when, each permit says."""
        call, configuration = self._call, self._configuration
        requester = Requester(
            department_id=configuration[keys.DEPARTMENT_ID],
            user_id=configuration[keys.USER_ID],
            user_name=configuration[keys.USER_NAME],
        )
        as_json = call.operation.encode_json if configuration[keys.JSON_REQUESTS] else None
        encode = as_json or call.operation.encode
        return Exchange(
            url=self._url,
            vendor_request=encode(call.search, requester),
            headers={
                "Authorization": call.integration.authorization(current.login),
                "X-Call-Id": call.call_id,
                "X-Correlation-Id": call.correlation_id,
            },
            connect_timeout_seconds=configuration[keys.CONNECT_TIMEOUT_SECONDS],
            deadline=call.deadline,
            send_by=time.monotonic(),
            max_response_bytes=configuration[keys.MAX_RESPONSE_BYTES],
            ca_bundle=configuration[keys.CA_BUNDLE],
        )
