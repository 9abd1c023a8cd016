"""Structured logs and metrics (EMF), by Powertools, without personal data. `Reporter` is the hook for all events.

What may be logged: ids, codes, times, counts. The message of a foreign exception may quote a value, so only its
type and the places it passed through are logged.

Level ERROR means that an operator has to act: each such line counts in the metric NeedsOperator, on which there is an
alarm (template.yaml).
"""

import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from integration_hub import events
from integration_hub.errors import IntegrationError, RequestInvalid

# Service name, namespace and level come from the POWERTOOLS_* variables that template.yaml sets.
logger = Logger(utc=True)
metrics = Metrics()


class Reporter:
    """Writes events to the log and to metrics; one per execution environment, because it batches some counts."""

    def __init__(self) -> None:
        self._batch = _AnonymousCounts()

    def __call__(self, event: events.Event) -> None:
        """Report an event; never raises, because a paid response may be waiting behind it."""
        try:
            self._report(event)
        except Exception as error:  # noqa: BLE001 - whatever it is
            # Type only: its text and traceback could quote a value.
            logger.error("an event could not be reported", error_type=type(error).__name__)  # noqa: TRY400

    def _report(self, event: events.Event) -> None:
        match event:
            case events.CallEnded():
                _call_ended(event)
            case events.ResponseRead():
                self._response_read(event)
            case events.ValuesUnmapped():
                self._batch.add({f"Unmapped.{name}": count for name, count in event.fields.items()})
            case events.SettingChanged():
                logger.info("setting changed", **event.values, by=event.by, reason=event.reason)
            case events.OperatorActed():
                logger.info("operator acted", **event.values)
            case _:
                _trouble(event)

    def _response_read(self, event: events.ResponseRead) -> None:
        """Count what was tolerated and unknown, so that a change at the vendor is noticed."""
        for number, count in event.on_record.items():
            _metric(f"Tolerated.{number}", count)
        rest = Counter(event.tolerances) - Counter(event.on_record)
        self._batch.add({f"Tolerated.{number}": count for number, count in rest.items()})
        self._batch.add({f"Unknown.{name}": count for name, count in event.unknown_elements.items()})
        self._batch.response_ended()


class _AnonymousCounts:
    """Counts that are reported for some responses together: for one they could reveal that a person has a record.

    A metric is a line of the call's log. What an ending execution environment has not reported yet is lost.
    """

    RESPONSES = 20

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._responses = 0

    def add(self, counts: Mapping[str, int]) -> None:
        """Keep counts until there are enough responses."""
        self._counts.update(counts)

    def response_ended(self) -> None:
        """Report the counts if they are those of enough responses."""
        self._responses += 1
        if self._responses < self.RESPONSES:
            return
        for name, count in self._counts.items():
            _metric(name, count)
        self._counts.clear()
        self._responses = 0


def problem_reported(error: IntegrationError) -> None:
    """Count an error that a caller got; at level ERROR where it lasts until an operator acts."""
    _metric("Problems", 1)
    # What the caller sent wrong may hold anything.
    detail = None if isinstance(error, RequestInvalid) else error.detail
    if error.needs_operator:
        _error("call refused or failed", code=error.code, detail=detail)
    else:
        logger.warning("call refused or failed", code=error.code, detail=detail)


def internal_failure(error: BaseException) -> None:
    """Report that the hub itself failed: type and places only."""
    _metric("InternalErrors", 1)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _error("internal error", error_type=type(error).__name__, places=places)


def _call_ended(event: events.CallEnded) -> None:
    """Write one log line, and metrics by integration, operation and outcome."""
    if metrics.metric_set:
        metrics.flush_metrics()  # of the call before: a second search is one of its own
    metrics.add_dimension("Integration", event.integration)
    metrics.add_dimension("Operation", event.operation)
    metrics.add_dimension("Outcome", event.outcome)
    _metric("Calls", 1)
    _metric("VendorAttempts", event.attempts)
    if event.response_time_ms is not None:
        metrics.add_metric("VendorTime", MetricUnit.Milliseconds, event.response_time_ms)
    logger.info(
        "call ended",
        call_id=event.call_id,
        integration=event.integration,
        operation=event.operation,
        program_id=event.program_id,
        **event.references,
        purpose=event.purpose,
        outcome=event.outcome,
        error_code=event.error_code,
        response_code=event.response_code,
        response_time_ms=event.response_time_ms,
        attempts=event.attempts,
    )


def _trouble(event: events.Trouble) -> None:
    """Count what lasts until an operator acts, and log it at level ERROR."""
    match event:
        case events.SettlementLost():
            _metric("LogRowsUnclosed", 1)
            _error("integration_log row could not be settled", call_id=event.call_id, settlement=event.columns)
        case events.CallsAbandoned():
            _metric("CallsAbandoned", event.rows)
            _error("functions ended without settling their calls", rows=event.rows)
        case events.AdmissionResultLost():
            _metric("AdmissionResultsLost", 1)
            _error("the result of an attempt could not be reported to admission", endpoint=event.endpoint)
        case events.ConfigurationRowIgnored():
            _metric("ConfigurationRowsIgnored", 1)
            _error("configuration row ignored", **asdict(event))
        case events.InternalFailure():
            internal_failure(event.error)


def _metric(name: str, count: int) -> None:
    metrics.add_metric(name, MetricUnit.Count, count)


def _error(message: str, **values: Any) -> None:
    _metric("NeedsOperator", 1)
    logger.error(message, **values)
