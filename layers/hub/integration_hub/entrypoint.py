"""From a Lambda event to a typed call, and from its answer or error back to what the caller understands.

Two kinds of caller send the same document. Through API Gateway it is the body, and errors are problem details
(RFC 9457). Step Functions and other direct callers send it as the event, get the answer as a value, and see errors
raised, because a state machine matches the name of the raised class.
"""

import base64
import binascii
import functools
import json
import math
import re
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import ValidationError, create_model

from integration_hub.errors import FieldProblem, IntegrationError, InternalError, RateLimited, RequestInvalid
from integration_hub.integration import AnyOperation, Integration
from integration_hub.models import Answer, Call, CallOptions, CallRequest, Deadline, References
from integration_hub.observability import defect, logger, metrics, problem_told, tracer
from integration_hub.privacy import HubModel

# What is left of the invocation to close the row and answer.
_MARGIN_SECONDS = 1.5
# API Gateway gives up after 29 s, whatever the function's own time-out is.
_API_SECONDS = 29.0
# A request that is said to be older comes from a test event or a wrong clock.
_OLDEST_REQUEST_SECONDS = 10.0
_MAX_DOCUMENT_BYTES = 256 * 1024
_FIELD_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_HEADERS = {
    "x-correlation-id": "correlation_id",
    "x-timeout-ms": "timeout_ms",
    "idempotency-key": "idempotency_key",
}

type Event = Mapping[str, Any]
type Response = dict[str, Any]
type Handler = Callable[[Event, "Context"], Response]


class Context(Protocol):
    """The part of Lambda's context that is used."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""
        ...


@dataclass(frozen=True, slots=True)
class _Received:
    """An event, unwrapped: the document's bytes and what came around it."""

    document: bytes
    over_http: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    age_seconds: float = 0.0
    """How long the gateway has been waiting already, as on a cold start."""


def observed(handler: Handler) -> Handler:
    """Add Powertools' context to logs, flush metrics, and open the trace segment, without payloads."""
    traced = tracer.capture_lambda_handler(capture_response=False, capture_error=False)(handler)
    measured = metrics.log_metrics(capture_cold_start_metric=True)(traced)
    logged: Handler = logger.inject_lambda_context(clear_state=True)(measured)
    return logged


def answered(integration: Integration | None = None) -> Callable[[Callable[[Event, Context], HubModel]], Handler]:
    """Turn an answer or an IntegrationError into what the caller understands; the only place that catches."""

    def decorate(handler: Callable[[Event, Context], HubModel]) -> Handler:
        @functools.wraps(handler)
        def answering(event: Event, context: Context) -> Response:
            over_http = _is_http(event)
            try:
                answer = handler(event, context)
            except IntegrationError as error:
                problem = _problem(error, integration)
                raised = error
            except Exception as error:  # noqa: BLE001 - the edge: a defect is told as a defect, never as a traceback
                defect(error)
                raised = InternalError("The hub failed. Its log under this correlation id says where.")
                problem = _problem(raised, integration)
            else:
                return _told(answer) if over_http else answer.model_dump(mode="json")
            problem_told(raised)
            if over_http:
                response = _http(raised.http_status, problem, "application/problem+json")
                response["headers"] |= _limit_headers(raised)
                return response
            raise type(raised).named(json.dumps(problem)) from None

        return answering

    return decorate


def document_of[DocumentT: HubModel](model: type[DocumentT], event: Event) -> DocumentT:
    """Return a direct event as the document that it should be; raise RequestInvalid that names each wrong field."""
    return _checked(model, json.dumps(event).encode(), "this function")


def received(integration: Integration, event: Event, context: Context) -> Call:
    """Return the typed call; raise RequestInvalid that names each wrong field."""
    started = time.monotonic()
    call_id = str(uuid.uuid4())
    logger.append_keys(call_id=call_id)
    arrived = _unwrapped(event)
    headers = _from_headers(arrived.headers)
    logger.set_correlation_id(headers.correlation_id or call_id)
    document = _object(arrived.document)
    operation = _operation(integration, document)
    frame, search = _validated(operation, arrived.document)
    wishes = _agreed(frame, headers)
    correlation_id = _correlation_id(wishes.correlation_id, frame.references, integration)
    logger.set_correlation_id(correlation_id)
    limit = context.get_remaining_time_in_millis() / 1000 - _MARGIN_SECONDS
    if arrived.over_http:
        limit = min(limit, _API_SECONDS - arrived.age_seconds - _MARGIN_SECONDS)
    if wishes.timeout_ms is not None:
        wish = wishes.timeout_ms / 1000
        limit = min(limit, wish - min(_MARGIN_SECONDS, wish / 5))
    return Call(
        call_id=call_id,
        correlation_id=correlation_id,
        integration=integration,
        operation=operation,
        program_id=frame.program_id,
        purpose=frame.permissible_purpose,
        references=frame.references,
        search=search,
        deadline=Deadline(started + limit),
        idempotency_key=wishes.idempotency_key,
        force_refresh=frame.force_refresh,
    )


def _is_http(event: Event) -> bool:
    return isinstance(event, Mapping) and "httpMethod" in event and "requestContext" in event


def _unwrapped(event: Event) -> _Received:
    if not _is_http(event):
        return _Received(json.dumps(event).encode(), over_http=False)
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            document = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise RequestInvalid("The body is not valid Base64.") from None
    else:
        document = body.encode(errors="surrogatepass")
    return _Received(document, over_http=True, headers=headers, age_seconds=_age_seconds(event["requestContext"]))


def _age_seconds(context: Mapping[str, Any]) -> float:
    """Return how long ago the gateway got the request, 0 where it does not say so believably."""
    received_at = context.get("requestTimeEpoch")
    age = time.time() - received_at / 1000 if isinstance(received_at, int | float) else 0.0
    return age if 0.0 < age < _OLDEST_REQUEST_SECONDS else 0.0


def _object(document: bytes) -> Mapping[str, Any]:
    if not document.strip():
        raise RequestInvalid("The body is empty; a JSON object is wanted.")
    if len(document) > _MAX_DOCUMENT_BYTES:
        raise RequestInvalid(f"The body is larger than {_MAX_DOCUMENT_BYTES} bytes.")
    try:
        value = json.loads(document)
    except json.JSONDecodeError as error:
        raise RequestInvalid(f"The body is not JSON: line {error.lineno}, column {error.colno}.") from None
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise RequestInvalid(f"The body is not JSON that can be read ({type(error).__name__}).") from None
    if not isinstance(value, dict):
        raise RequestInvalid("The body is JSON, but not an object.")
    return value


def _operation(integration: Integration, document: Mapping[str, Any]) -> AnyOperation:
    names = [operation.name for operation in integration.operations]
    wanted = document.get("operation")
    if wanted is None and len(names) == 1:
        return integration.operations[0]
    for operation in integration.operations:
        if wanted == operation.name:
            return operation
    message = f"One of {', '.join(names)} is wanted."
    raise RequestInvalid(
        f"The field operation does not name an operation of {integration.type_code}.",
        fields=[FieldProblem("operation", message)],
    )


@functools.cache
def _document_model(operation: AnyOperation) -> type[CallRequest]:
    return create_model(f"{operation.name}Call", __base__=CallRequest, search=(operation.request, ...))


def _validated(operation: AnyOperation, document: bytes) -> tuple[CallRequest, HubModel]:
    frame = _checked(_document_model(operation), document, operation.name)
    search: HubModel = getattr(frame, "search")  # noqa: B009 - the field exists on the created model only
    return frame, search


def _checked[DocumentT: HubModel](model: type[DocumentT], document: bytes, whose: str) -> DocumentT:
    try:
        # Strict: "1" is not a program and 1.0 is not a driver; dates are read from ISO texts all the same.
        return model.model_validate_json(document, strict=True)
    except ValidationError as error:
        problems = _field_problems(error)
        named = ", ".join(problem.field for problem in problems[:5])
        raise RequestInvalid(f"The request breaks the rules of {whose}: {named}.", fields=problems) from None


def _field_problems(error: ValidationError) -> list[FieldProblem]:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    paths = [problem["loc"] for problem in found]
    return [
        FieldProblem(".".join(_named(part) for part in problem["loc"]) or "(document)", problem["msg"])
        for problem in found
        # A list whose items are wrong is also called too short; the items say it better.
        if not any(len(path) > len(problem["loc"]) and path[: len(problem["loc"])] == problem["loc"] for path in paths)
    ]


def _named(part: int | str) -> str:
    """Return a part of a field's path; what was sent as a name could be anybody's, and errors are logged."""
    return str(part) if _FIELD_NAME.fullmatch(str(part)) else "(not a field name)"


def _from_headers(headers: Mapping[str, str]) -> CallOptions:
    """Read the headers that say what a field could say; the IETF's draft puts the idempotency key in quotes."""
    texts = {name: headers.get(header, "").strip().strip('"') for header, name in _HEADERS.items()}
    try:
        return CallOptions.model_validate_strings({name: text for name, text in texts.items() if text})
    except ValidationError as error:
        named = {name: header.title() for header, name in _HEADERS.items()}
        problems = [FieldProblem(named[problem.field], problem.message) for problem in _field_problems(error)]
        raise RequestInvalid(f"The header {problems[0].field} cannot be used.", fields=problems) from None


def _agreed(frame: CallRequest, headers: CallOptions) -> CallOptions:
    """Return what the caller wishes, wherever it was said."""
    wishes: dict[str, Any] = {}
    for name in CallOptions.model_fields:
        in_document, in_header = getattr(frame, name), getattr(headers, name)
        if None not in (in_document, in_header) and in_document != in_header:
            message = "Send it in one place, or the same in both."
            raise RequestInvalid(f"The field {name} and its header differ.", fields=[FieldProblem(name, message)])
        wishes[name] = in_header if in_document is None else in_document
    return CallOptions(**wishes)


def _correlation_id(given: str | None, references: References, integration: Integration) -> str:
    """Take the caller's id, or make `{workflow}-{entity}-{timestamp}-{chance}`."""
    if given:
        return given
    entities = references.model_dump(exclude_none=True)
    entity = next((f"{name.removesuffix('_id')}-{value}" for name, value in entities.items()), "call")
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
    return f"{integration.type_code.lower().replace('_', '-')}-{entity}-{moment}-{secrets.token_hex(3)}"


def _problem(error: IntegrationError, integration: Integration | None) -> dict[str, Any]:
    """Return the RFC 9457 document of an error; members without a value are left out."""
    told = logger.get_correlation_id()
    document = {
        "type": f"urn:dcs-integration-hub:problem:{error.code.lower().replace('_', '-')}",
        "title": error.title,
        "status": error.http_status,
        "detail": error.detail,
        "code": error.code,
        "retryable": error.retryable,
        "retry_after_seconds": error.retry_after_seconds,
        "may_be_charged": error.may_be_charged or None,
        "correlation_id": told,
        "call_id": logger.get_current_keys().get("call_id"),
        "fallback": integration.fallback if integration and error.needs_fallback else None,
        "errors": [{"field": problem.field, "message": problem.message} for problem in error.fields] or None,
    }
    return {name: value for name, value in document.items() if value is not None}


def _limit_headers(error: IntegrationError) -> dict[str, str]:
    """Return the IETF draft's RateLimit headers (httpapi-ratelimit-headers): the limit in the way, and when it ends."""
    if not isinstance(error, RateLimited):
        return {}
    policy, wait = f'"{error.level.lower()}"', math.ceil(error.retry_after_seconds or 0)
    return {
        "RateLimit-Policy": f"{policy};q={error.limit};w={error.window_seconds}",
        "RateLimit": f"{policy};r=0;t={wait}",
    }


def _told(answer: HubModel) -> Response:
    response = _http(200, answer, "application/json")
    if isinstance(answer, Answer) and answer.replayed:
        response["headers"]["Idempotency-Replayed"] = "true"
    return response


def _http(status: int, document: HubModel | Mapping[str, Any], content_type: str) -> Response:
    body = document.model_dump_json() if isinstance(document, HubModel) else json.dumps(document)
    told = dict(document)
    retry_after = told.get("retry_after_seconds")
    headers = {
        "Content-Type": content_type,
        "Cache-Control": "no-store",
        "X-Correlation-Id": told.get("correlation_id", ""),
        "X-Call-Id": told.get("call_id", ""),
        **({} if retry_after is None else {"Retry-After": str(math.ceil(retry_after))}),
    }
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}
