"""What wraps every handler: logs and metrics outside, and the place where errors become responses inside."""

import functools
import json
from collections.abc import Callable

from integration_hub.errors import CallFailed, IntegrationError, InternalError
from integration_hub.handler.event import Context, Event, source_of
from integration_hub.handler.response import (
    Document,
    Response,
    answer_document,
    answer_response,
    problem,
    problem_response,
)
from integration_hub.observability import internal_failure, logger, metrics, problem_reported
from integration_hub.vendor.contract import Integration

type Handler = Callable[[Event, Context], Response]


def instrumented(handler: Handler) -> Handler:
    """Add Lambda's context to every log line and write the metrics at the end; payloads are never logged."""
    measured = metrics.log_metrics(capture_cold_start_metric=True)(handler)
    logged: Handler = logger.inject_lambda_context(clear_state=True)(measured)
    return logged


def error_boundary(
    integration: Integration | None = None, *, passed_on: tuple[type[Exception], ...] = ()
) -> Callable[[Callable[[Event, Context], Document]], Handler]:
    """Turn an answer or an exception into what the caller understands.

    An HTTP client gets a problem document. A direct caller gets an exception with the error's class name, which
    Step Functions matches, and the problem document as its text. Anything but CallFailed and IntegrationError is a
    defect: it is logged by type and place, and becomes InternalError. `passed_on` are exceptions that a direct caller
    gets as they are, because their texts say what to do and quote nothing.
    """

    def decorate(function: Callable[[Event, Context], Document]) -> Handler:
        @functools.wraps(function)
        def handler(event: Event, context: Context) -> Response:
            over_http = source_of(event).over_http
            try:
                answer = function(event, context)
                return answer_response(event, answer) if over_http else answer_document(answer)
            except passed_on:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a named error
                failed = _failed(error, context)
            problem_reported(failed.error)
            if over_http:
                return problem_response(event, failed, integration)
            raise type(failed.error).named(json.dumps(problem(failed, integration)))

        return handler

    return decorate


def _failed(error: Exception, context: Context) -> CallFailed:
    match error:
        case CallFailed():
            return error
        case IntegrationError():
            known = error
        case _:
            internal_failure(error)
            known = InternalError(f"Internal error; search the logs for request ID {context.aws_request_id}.")
    return CallFailed(known, call_id=None, correlation_id=None, may_be_charged=known.may_be_charged)
