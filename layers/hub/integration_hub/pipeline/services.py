"""What the phases work with."""

from dataclasses import dataclass

from integration_hub import events
from integration_hub.admission.admission import Admission
from integration_hub.configuration.store import ConfigurationStore
from integration_hub.credentials.store import CredentialStore
from integration_hub.idempotency.replay import Replay
from integration_hub.integration_log.store import IntegrationLog
from integration_hub.response_cache.stored import ResponseCache
from integration_hub.vendor.authorization import AuthorizationCache
from integration_hub.vendor.transport import VendorTransport


@dataclass(frozen=True, slots=True)
class Services:
    """Built once per execution environment by `wiring`, and passed to `run`."""

    environment: str
    admission: Admission
    authorizations: AuthorizationCache
    configuration: ConfigurationStore
    credentials: CredentialStore
    integration_log: IntegrationLog
    replay: Replay
    response_cache: ResponseCache
    vendor: VendorTransport
    report: events.Hook
