"""What operators do: see usage per limit, force circuit breakers, unlock credentials, store a mapping.

Each act is a document with an `action`. What changes something says who and why, and is logged.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from integration_hub import events
from integration_hub.admission.circuit_breaker import Breaker, CircuitBreakers
from integration_hub.admission.credential_lockout import CredentialLockout, LockoutState
from integration_hub.admission.request import endpoint_name
from integration_hub.admission.usage import RateLimitUsage, rate_limit_usage
from integration_hub.configuration.change import ConfigurationChanges, MappingChange
from integration_hub.configuration.keys import DAY_TIME_ZONE
from integration_hub.configuration.store import system_value
from integration_hub.db.connection import Database
from integration_hub.errors import FieldProblem, RequestInvalid
from integration_hub.models.identifiers import OperatorName, Reason
from integration_hub.privacy import HubModel
from integration_hub.vendor.contract import AnyOperation, Integration


class ShowLimits(HubModel):
    """Show the usage per limit: the calls that each rate limit has counted."""

    action: Literal["show-limits"]


class ShowBreakers(HubModel):
    """Show which operations are stopped, since when, until when and why."""

    action: Literal["show-breakers"]


class ForceBreaker(HubModel):
    """Force a circuit breaker: stop an operation (OPEN), let all calls through (CLOSED), or end either (AUTOMATIC)."""

    action: Literal["force-breaker"]
    operation: str
    state: Literal["OPEN", "CLOSED", "AUTOMATIC"]
    lasting_seconds: Annotated[int, Field(ge=1, le=30 * 86_400)] | None = None
    """None: until further notice."""
    by: OperatorName
    reason: Reason


class ShowLogins(HubModel):
    """Show which vendor credentials are verified, refused or locked out."""

    action: Literal["show-logins"]


class UnlockLogin(HubModel):
    """Unlock a locked-out credential: allow it two more attempts."""

    action: Literal["unlock-login"]
    credential: Annotated[str, Field(max_length=200)]
    by: OperatorName
    reason: Reason


class SetMapping(MappingChange):
    """Store a mapping to a program's own codes for an operation."""

    action: Literal["set-mapping"]


class LimitsShown(HubModel):
    """The usage of every limit, the most general level first."""

    limits: tuple[RateLimitUsage, ...]


class BreakersShown(HubModel):
    """Every circuit breaker that was ever used or forced."""

    breakers: tuple[Breaker, ...]


class LoginsShown(HubModel):
    """Every credential version that was ever used; no part of it is secret."""

    credentials: tuple[LockoutState, ...]


type Act = ShowLimits | ShowBreakers | ForceBreaker | ShowLogins | UnlockLogin | SetMapping

ACTS: Mapping[str, type[Act]] = {
    "show-limits": ShowLimits,
    "show-breakers": ShowBreakers,
    "force-breaker": ForceBreaker,
    "show-logins": ShowLogins,
    "unlock-login": UnlockLogin,
    "set-mapping": SetMapping,
}


class Administration:
    """Carries out acts, and reports those that changed something about calls."""

    def __init__(
        self,
        database: Database,
        changes: ConfigurationChanges,
        *,
        environment: str,
        integrations: Iterable[Integration],
        report: events.Hook,
    ) -> None:
        self._database = database
        self._changes = changes
        self._environment = environment
        self._operations: dict[str, tuple[AnyOperation, str]] = {
            operation.name: (operation, integration.vendor)
            for integration in integrations
            for operation in integration.operations
        }
        self._breakers = CircuitBreakers(database)
        self._lockout = CredentialLockout(database)
        self._report = report

    def carry_out(self, act: Act) -> HubModel:
        """Carry out the act and return the new state; raise RequestInvalid or DatabaseUnavailable."""
        match act:
            case ShowLimits():
                return self._limits()
            case ShowBreakers():
                return BreakersShown(breakers=tuple(self._breakers.all()))
            case ShowLogins():
                return LoginsShown(credentials=tuple(self._lockout.all()))
            case ForceBreaker():
                return self._force(act)
            case UnlockLogin():
                if not self._lockout.unlock(act.credential, by=act.by, reason=act.reason):
                    raise _invalid("credential", "This credential does not exist; show-logins lists them.")
                self._acted(act)
                return LoginsShown(
                    credentials=tuple(one for one in self._lockout.all() if one.credential == act.credential)
                )
            case SetMapping():
                return self._changes.set_mapping(act, *self._operation(act.operation))

    def _limits(self) -> LimitsShown:
        limits: list[RateLimitUsage] = []
        for vendor in sorted({vendor for _, vendor in self._operations.values()}):
            zone = ZoneInfo(system_value(self._database, vendor, DAY_TIME_ZONE))
            limits += rate_limit_usage(self._database, vendor, zone)
        return LimitsShown(limits=tuple(limits))

    def _force(self, act: ForceBreaker) -> BreakersShown:
        operation, vendor = self._operation(act.operation)
        endpoint = endpoint_name(vendor, operation.name, self._environment)
        if act.state == "AUTOMATIC":
            self._breakers.automatic(endpoint, by=act.by, reason=act.reason)
        else:
            force = self._breakers.force_open if act.state == "OPEN" else self._breakers.force_closed
            force(endpoint, by=act.by, reason=act.reason, lasting_seconds=act.lasting_seconds)
        self._acted(act)
        return BreakersShown(breakers=tuple(one for one in self._breakers.all() if one.endpoint == endpoint))

    def _acted(self, act: ForceBreaker | UnlockLogin) -> None:
        self._report(events.OperatorActed(act.model_dump(mode="json")))

    def _operation(self, name: str) -> tuple[AnyOperation, str]:
        if name not in self._operations:
            raise _invalid("operation", f"Must be one of {', '.join(self._operations)}.")
        return self._operations[name]


def _invalid(field: str, message: str) -> RequestInvalid:
    return RequestInvalid(f"The act cannot be carried out: {message}", fields=[FieldProblem(field, message)])
