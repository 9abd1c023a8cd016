"""What happens in the hub that operators want to see, as values. Parts report them to one hook; `observability` is it.

No event holds a person's data: ids, codes, times and counts only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call was settled. Times are milliseconds."""

    call_id: str
    integration: str
    operation: str
    program_id: int
    references: Mapping[str, Any]
    purpose: str
    outcome: str
    error_code: str | None
    response_code: int | None
    response_time_ms: int | None
    attempts: int


@dataclass(frozen=True, slots=True)
class SettlementLost:
    """A call has ended and its row could not be settled. `columns` is what the row should say, masked."""

    call_id: str
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallsAbandoned:
    """Rows of functions that ended without settling them. More than a few mean that functions crash or time out."""

    rows: int


@dataclass(frozen=True, slots=True)
class AdmissionResultLost:
    """How an attempt ended could not be reported to the circuit breaker; the fleet learns it from the next one."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class ConfigurationRowIgnored:
    """A configuration row is unusable and the next level's value is effective instead."""

    configuration_id: int
    key: str
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """An operator changed a setting. `values` are what was stored."""

    values: Mapping[str, Any]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class OperatorActed:
    """An operator stopped, started or unlocked something."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ResponseRead:
    """What was tolerated and unknown in a response. Only `on_record` may be reported for a single response."""

    on_record: Mapping[str, int]
    tolerances: Mapping[str, int]
    unknown_elements: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ValuesUnmapped:
    """Values without an entry in a program's mapping, counted by the carrier's field."""

    fields: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class InternalFailure:
    """The hub itself failed. Only the error's type and the places it passed through are reported."""

    error: BaseException


type Trouble = SettlementLost | CallsAbandoned | AdmissionResultLost | ConfigurationRowIgnored | InternalFailure
"""What needs an operator."""

type Event = CallEnded | SettingChanged | OperatorActed | ResponseRead | ValuesUnmapped | Trouble

type Hook = Callable[[Event], None]
