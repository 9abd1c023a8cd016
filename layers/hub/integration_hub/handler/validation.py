"""From an event to a typed call, or to the document of another function."""

import functools
import secrets
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import create_model

from integration_hub.deadline import Deadline
from integration_hub.errors import CallFailed, FieldProblem, IntegrationError, RequestInvalid
from integration_hub.handler.document import read_object, validate
from integration_hub.handler.event import Context, Event, IncomingRequest, direct_document, read_event
from integration_hub.handler.options import agreed_options, options_in_headers, stated_correlation_id
from integration_hub.models.call import Call, CallOptions, CallRequest
from integration_hub.models.identifiers import References
from integration_hub.observability import logger
from integration_hub.privacy import HubModel
from integration_hub.vendor.contract import AnyOperation, Integration

# What is left of the invocation to close the row and answer.
_MARGIN_SECONDS = 1.5
# API Gateway gives up after 29 s, whatever the function's own time-out is.
_API_SECONDS = 29.0


def parse_call(integration: Integration, event: Event, context: Context) -> Call:
    """Return the typed call; raise CallFailed with a RequestInvalid that names each wrong field.

    The ids that are known go to every log line from here on.
    """
    started = time.monotonic()
    call_id = str(uuid.uuid4())
    logger.append_keys(call_id=call_id)
    correlation_id: str | None = None
    try:
        request = read_event(event)
        if request.trace_id is not None:
            logger.append_keys(trace_id=request.trace_id)
        header_options = options_in_headers(request.headers)
        correlation_id = header_options.correlation_id
        document = read_object(request.document)
        correlation_id = correlation_id or stated_correlation_id(document)
        operation = _operation(integration, document)
        body = validate(_request_model(operation), request.document, document, operation.name)
        options = agreed_options(body, header_options)
    except IntegrationError as error:
        logger.set_correlation_id(correlation_id)
        raise CallFailed(error, call_id=call_id, correlation_id=correlation_id, may_be_charged=False) from None
    correlation_id = options.correlation_id or _new_correlation_id(body.references, integration)
    logger.set_correlation_id(correlation_id)
    search: HubModel = getattr(body, "search")  # noqa: B009 - the field exists on the created model only
    return Call(
        call_id=call_id,
        correlation_id=correlation_id,
        integration=integration,
        operation=operation,
        program_id=body.program_id,
        purpose=body.permissible_purpose,
        references=body.references,
        search=search,
        deadline=Deadline(started + _seconds(request, options, context)),
        idempotency_key=options.idempotency_key,
        force_refresh=body.force_refresh,
        trace_id=request.trace_id,
    )


def parse_document[ModelT: HubModel](model: type[ModelT], event: Event) -> ModelT:
    """Return a direct event as the document that it should be; raise RequestInvalid that names each wrong field."""
    document = direct_document(event)
    return validate(model, document, read_object(document), "this function")


def _seconds(request: IncomingRequest, options: CallOptions, context: Context) -> float:
    """Return how long the call may take: it ends before Lambda, the gateway or the caller stops waiting."""
    limit = context.get_remaining_time_in_millis() / 1000 - _MARGIN_SECONDS
    if request.over_http:
        limit = min(limit, _API_SECONDS - request.age_seconds - _MARGIN_SECONDS)
    if options.timeout_ms is not None:
        timeout = options.timeout_ms / 1000
        limit = min(limit, timeout - min(_MARGIN_SECONDS, timeout / 5))
    return limit


def _operation(integration: Integration, document: Mapping[str, Any]) -> AnyOperation:
    stated = document.get("operation")
    if stated is None and len(integration.operations) == 1:
        return integration.operations[0]
    for operation in integration.operations:
        if stated == operation.name:
            return operation
    message = f"must be one of {', '.join(operation.name for operation in integration.operations)}"
    raise RequestInvalid(
        f"The field operation must name an operation of {integration.type_code}.",
        fields=[FieldProblem("operation", message)],
    )


@functools.cache
def _request_model(operation: AnyOperation) -> type[CallRequest]:
    return create_model(f"{operation.name}Request", __base__=CallRequest, search=(operation.request, ...))


def _new_correlation_id(references: References, integration: Integration) -> str:
    """Make `{workflow}-{entity}-{timestamp}-{random}`."""
    entities = references.model_dump(exclude_none=True)
    entity = next((f"{name.removesuffix('_id')}-{value}" for name, value in entities.items()), "call")
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
    return f"{integration.type_code.lower().replace('_', '-')}-{entity}-{moment}-{secrets.token_hex(3)}"
