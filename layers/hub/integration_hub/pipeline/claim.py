"""Phase claim: put the call on record, check its idempotency key, find a cached response, and take a slot."""

from collections.abc import Callable
from dataclasses import dataclass

from integration_hub.admission.admission import Question
from integration_hub.admission.decision import Decision
from integration_hub.admission.request import AdmissionRequest, admission_request
from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.deadline import Deadline
from integration_hub.errors import CredentialUnavailable, DatabaseUnavailable, IntegrationError
from integration_hub.idempotency.record import KEY_SECONDS, key_hash
from integration_hub.integration_log.settlement import failed
from integration_hub.integration_log.store import ClaimStatus, RequestIdentity, StoredRow
from integration_hub.models.call import Call
from integration_hub.pipeline.services import Services
from integration_hub.response_cache.fingerprint import cache_seconds, question
from integration_hub.vendor.contract import Credential, Integration
from integration_hub.vendor.message import VendorRequest

type CredentialSource = Callable[[Integration, EffectiveConfiguration, Deadline], Credential]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a call needs to be sent. It is complete before a slot is taken, so that no slot is wasted."""

    url: str
    request: VendorRequest
    credential: Credential
    admission: AdmissionRequest


@dataclass(frozen=True, slots=True)
class Claim:
    """A call on record. `cached` is a row with a response to the same question, `asked` the decision on admission."""

    identity: RequestIdentity
    cached: StoredRow | None
    prepared: Prepared | None
    asked: tuple[Question, Decision | None] | None


def claim(call: Call, settings: EffectiveConfiguration, services: Services) -> Claim | RequestIdentity:
    """Claim in one round trip; a RequestIdentity means that another call holds the idempotency key.

    Raises ReferenceUnknown or DatabaseUnavailable, and what `prepare` raises where no cached response makes sending
    unnecessary; that is on record then. Nothing was sent.
    """
    log = services.integration_log
    try:
        identity = identify(call, settings, services)
    except CredentialUnavailable as error:
        log.begin(call, settings, RequestIdentity(), None)
        log.settle(call, failed(error))
        raise
    try:
        prepared, problem = prepare(call, settings, services.credentials.current, services), None
    except IntegrationError as error:
        prepared, problem = None, error
    asked = None if prepared is None else services.admission.question(prepared.admission)
    try:
        begun = log.begin(
            call, settings, identity, None if asked is None else asked.arguments, use_cache=not call.force_refresh
        )
    except DatabaseUnavailable as error:
        log.withdraw(call, failed(error))
        raise
    if begun.status is ClaimStatus.KEY_HELD:
        return identity
    if problem is not None and begun.cached is None:
        log.settle(call, failed(problem))
        raise problem
    return Claim(identity, begun.cached, prepared, None if asked is None else (asked, begun.decision))


def identify(call: Call, settings: EffectiveConfiguration, services: Services) -> RequestIdentity:
    """Return what makes another request the same; raise CredentialUnavailable where the data key cannot be loaded."""
    hashed, seconds = key_hash(call), cache_seconds(call, settings)
    if hashed is None and not seconds:
        return RequestIdentity()
    return RequestIdentity(
        key_hash=hashed,
        fingerprint=services.response_cache.fingerprint(question(call)),
        cache_seconds=seconds,
        keep_seconds=max(seconds, 0 if hashed is None else KEY_SECONDS),
    )


def prepare(
    call: Call,
    settings: EffectiveConfiguration,
    credential_source: CredentialSource,
    services: Services,
) -> Prepared:
    """Collect what sending needs; raise ConfigurationMissing, CredentialUnavailable or DatabaseUnavailable."""
    url = settings[keys.BASE_URL] + settings[keys.operation_path(call.operation.setting_name)]
    services.vendor.check(url, settings[keys.CA_BUNDLE])
    credential = credential_source(call.integration, settings, call.settle_by)
    return Prepared(
        url=url,
        request=call.operation.encode(call.search, settings),
        credential=credential,
        admission=admission_request(call, settings, credential.version),
    )
