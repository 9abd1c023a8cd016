"""What operators do: see who uses the limits, stop and start operations, let a login try again, store a mapping.

Each act is a document with an `action`. What changes something says who and why, and goes to the log.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from integration_hub.admission.circuit_breaker import Breaker, CircuitBreakers
from integration_hub.admission.credential_lockout import CredentialLockout, LockoutState
from integration_hub.admission.usage import RateLimitUsage, rate_limit_usage
from integration_hub.configuration.change import ConfigurationChanges, MappingChange
from integration_hub.configuration.keys import DAY_TIME_ZONE
from integration_hub.configuration.store import system_value
from integration_hub.db.connection import Database
from integration_hub.errors import FieldProblem, RequestInvalid
from integration_hub.integration import AnyOperation, Integration
from integration_hub.models import OperatorName, Reason
from integration_hub.privacy import HubModel


class ShowLimits(HubModel):
    """Who is using my minute: the calls that each limit has counted."""

    action: Literal["show-limits"]


class ShowBreakers(HubModel):
    """Which operations are stopped, since when, until when and why."""

    action: Literal["show-breakers"]


class ForceBreaker(HubModel):
    """Stop an operation (OPEN), let its calls through whatever happens (CLOSED), or end either (AUTOMATIC)."""

    action: Literal["force-breaker"]
    operation: str
    state: Literal["OPEN", "CLOSED", "AUTOMATIC"]
    lasting_seconds: Annotated[int, Field(ge=1, le=30 * 86_400)] | None = None
    """None: until told otherwise."""
    by: OperatorName
    reason: Reason


class ShowLogins(HubModel):
    """Which vendor logins are verified, refused or locked."""

    action: Literal["show-logins"]


class UnlockLogin(HubModel):
    """Let a locked login try again, twice at most."""

    action: Literal["unlock-login"]
    login: Annotated[str, Field(max_length=150)]
    by: OperatorName
    reason: Reason


class SetMapping(MappingChange):
    """Store a program's own codes for an operation."""

    action: Literal["set-mapping"]


class LimitsShown(HubModel):
    """The use of every limit, the most general first."""

    limits: tuple[RateLimitUsage, ...]


class BreakersShown(HubModel):
    """Every breaker that was ever asked or forced."""

    breakers: tuple[Breaker, ...]


class LoginsShown(HubModel):
    """Every login version that was ever used; no part of it is secret."""

    logins: tuple[LockoutState, ...]


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
    """Carries out acts. `report` hears of those that changed something about calls."""

    def __init__(
        self,
        database: Database,
        changes: ConfigurationChanges,
        *,
        environment: str,
        integrations: Iterable[Integration],
        report: Callable[[ForceBreaker | UnlockLogin], None],
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
        self._logins = CredentialLockout(database)
        self._report = report

    def carry_out(self, act: Act) -> HubModel:
        """Do it and tell what is so now; raise RequestInvalid that names a field, or DatabaseUnavailable."""
        match act:
            case ShowLimits():
                return self._limits()
            case ShowBreakers():
                return BreakersShown(breakers=tuple(self._breakers.all()))
            case ShowLogins():
                return LoginsShown(logins=tuple(self._logins.all()))
            case ForceBreaker():
                return self._force(act)
            case UnlockLogin():
                if not self._logins.unlock(act.login, by=act.by, reason=act.reason):
                    raise _invalid("login", "There is no such login; show-logins lists them.")
                self._report(act)
                return LoginsShown(logins=tuple(one for one in self._logins.all() if one.login == act.login))
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
        endpoint = f"{vendor}:{operation.name}:{self._environment}"
        if act.state == "AUTOMATIC":
            self._breakers.automatic(endpoint, by=act.by, reason=act.reason)
        else:
            force = self._breakers.force_open if act.state == "OPEN" else self._breakers.force_closed
            force(endpoint, by=act.by, reason=act.reason, lasting_seconds=act.lasting_seconds)
        self._report(act)
        return BreakersShown(breakers=tuple(one for one in self._breakers.all() if one.endpoint == endpoint))

    def _operation(self, name: str) -> tuple[AnyOperation, str]:
        if name not in self._operations:
            raise _invalid("operation", f"One of {', '.join(self._operations)} is wanted.")
        return self._operations[name]


def _invalid(field: str, message: str) -> RequestInvalid:
    return RequestInvalid(f"The act cannot be carried out: {message}", fields=[FieldProblem(field, message)])
