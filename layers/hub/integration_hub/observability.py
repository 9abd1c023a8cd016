"""Structured logs and metrics, both by Powertools, both without a person's data.

What may be logged: ids, codes, times, counts. The message of a foreign exception may quote a value, so only its
type and the places it passed through are logged.

Level ERROR means that somebody has to act: each such line counts in the metric NeedsOperator, on which there is an
alarm (template.yaml).
"""

import traceback
from collections import Counter
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from integration_hub.administration import ForceBreaker, UnlockLogin
from integration_hub.admission.request import Permit
from integration_hub.configuration.change import MappingChange, MappingStored
from integration_hub.configuration.effective import IgnoredRow
from integration_hub.errors import IntegrationError, RequestInvalid
from integration_hub.integration import Counted
from integration_hub.integration_log.record import Closing
from integration_hub.models import Call, Mapped

# Service name, namespace and level come from the POWERTOOLS_* variables that template.yaml sets.
logger = Logger(utc=True)
metrics = Metrics()


def call_ended(call: Call, closing: Closing) -> None:
    """Tell how a call ended: one log line, and its metrics by integration, operation and outcome."""
    if metrics.metric_set:
        metrics.flush_metrics()  # of the call before: a second search is one of its own
    metrics.add_dimension("Integration", call.integration.type_code)
    metrics.add_dimension("Operation", call.operation.name)
    metrics.add_dimension("Outcome", closing.outcome.value)
    metrics.add_metric("Calls", MetricUnit.Count, 1)
    metrics.add_metric("VendorAttempts", MetricUnit.Count, len(closing.attempts))
    if closing.response_time_ms is not None:
        metrics.add_metric("VendorTime", MetricUnit.Milliseconds, closing.response_time_ms)
    logger.info(
        "call ended",
        call_id=call.call_id,
        integration=call.integration.type_code,
        operation=call.operation.name,
        program_id=call.program_id,
        **call.references.model_dump(exclude_none=True),
        purpose=call.purpose.value,
        outcome=closing.outcome.value,
        error_code=closing.error_code,
        response_code=closing.response_code,
        response_time_ms=closing.response_time_ms,
        attempts=len(closing.attempts),
    )


class _Together:
    """Counts that are told for some answers at once: beside a single call they could tell that somebody has a record.

    A metric is a line of the call's log. What an ending execution environment has not told yet is lost.
    """

    ANSWERS = 20

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._answers = 0

    def add(self, counts: Mapping[str, int]) -> None:
        """Keep counts until there are enough answers."""
        self._counts.update(counts)

    def answer_ended(self) -> None:
        """Tell the counts if they are those of enough answers."""
        self._answers += 1
        if self._answers < self.ANSWERS:
            return
        for name, count in self._counts.items():
            metrics.add_metric(name, MetricUnit.Count, count)
        self._counts.clear()
        self._answers = 0


_together = _Together()


def reading_counted(result: Counted) -> None:
    """Count what was tolerated and unknown in an answer, so that a change at the vendor shows."""
    for number, count in result.tolerances_on_record.items():
        metrics.add_metric(f"Tolerated.{number}", MetricUnit.Count, count)
    rest = Counter(result.tolerances) - Counter(result.tolerances_on_record)
    _together.add({f"Tolerated.{number}": count for number, count in rest.items()})
    _together.add({f"Unknown.{name}": count for name, count in result.unknown_elements.items()})
    _together.answer_ended()


def mapping_counted(mapped: Mapped) -> None:
    """Count the values that a mapping has no entry for, by the carrier's field, so that a new code shows."""
    _together.add(Counter(f"Unmapped.{value.field}" for value in mapped.values if value.carrier is None))


def problem_told(error: IntegrationError) -> None:
    """Count an error that a caller was told; shout where it lasts until somebody acts."""
    metrics.add_metric("Problems", MetricUnit.Count, 1)
    # What the caller sent wrong is the caller's to know: it may have put anything anywhere.
    detail = None if isinstance(error, RequestInvalid) else error.detail
    if error.needs_operator:
        _shout("call refused or failed", code=error.code, detail=detail)
    else:
        logger.warning("call refused or failed", code=error.code, detail=detail)


def unclosed(call: Call, closing: Closing) -> None:
    """Shout: a call has ended and its row could not be closed. What the row should say goes to the log."""
    metrics.add_metric("LogRowsUnclosed", MetricUnit.Count, 1)
    _shout("integration_log row could not be closed", call_id=call.call_id, closing=closing.columns())


def abandoned(rows: int) -> None:
    """Shout: functions ended without closing their rows. More than a few mean that they crash or time out."""
    metrics.add_metric("CallsAbandoned", MetricUnit.Count, rows)
    _shout("calls were abandoned by their functions", rows=rows)


def lost_result(permit: Permit, error: IntegrationError) -> None:
    """Shout: how a call ended could not be told to the breaker, so the fleet learns it from the next one."""
    metrics.add_metric("AdmissionResultsLost", MetricUnit.Count, 1)
    _shout("a call's result could not be reported to admission", endpoint=permit.request.endpoint, code=error.code)


def ignored_row(bad: IgnoredRow) -> None:
    """Shout: a configuration row is unusable and the next level's value counts instead."""
    metrics.add_metric("ConfigurationRowsIgnored", MetricUnit.Count, 1)
    row = bad.row
    _shout(
        "configuration row ignored",
        configuration_id=row.row_id,
        key=f"{row.type_code}.{row.key}",
        level=row.level.value,
        reason=bad.reason,
    )


def setting_changed(stored: MappingStored, change: MappingChange) -> None:
    """Tell who changed a setting and why."""
    logger.info("setting changed", **stored.model_dump(mode="json"), by=change.by, reason=change.reason)


def operator_acted(act: ForceBreaker | UnlockLogin) -> None:
    """Tell who stopped, started or unlocked something and why."""
    logger.info("operator acted", **act.model_dump(mode="json"))


def defect(error: BaseException) -> None:
    """Shout: the hub itself failed. Type and places only."""
    metrics.add_metric("InternalErrors", MetricUnit.Count, 1)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _shout("the hub failed", error_type=type(error).__name__, places=places)


def _shout(message: str, **values: Any) -> None:
    metrics.add_metric("NeedsOperator", MetricUnit.Count, 1)
    logger.error(message, **values)
