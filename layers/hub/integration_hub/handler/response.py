"""What goes back: problem documents (RFC 9457) and HTTP responses of the Lambda proxy integrations."""

import json
import math
from collections.abc import Mapping
from typing import Any

from integration_hub.errors import CallFailed, RateLimited
from integration_hub.handler.event import Event, Source, source_of
from integration_hub.models.answer import Answer
from integration_hub.privacy import HubModel
from integration_hub.vendor.contract import Integration

type Document = HubModel | Mapping[str, Any]
type Response = dict[str, Any]


def problem(failed: CallFailed, integration: Integration | None) -> dict[str, Any]:
    """Return the problem document of a failed call; members without a value are left out."""
    error = failed.error
    members = {
        "type": f"urn:dcs-integration-hub:problem:{error.code.lower().replace('_', '-')}",
        "title": error.title,
        "status": error.http_status,
        "detail": error.detail,
        "code": error.code,
        "retryable": error.retryable,
        "retry_after_seconds": error.retry_after_seconds,
        "may_be_charged": failed.may_be_charged or None,
        "correlation_id": failed.correlation_id,
        "call_id": failed.call_id,
        "fallback": integration.fallback if integration and error.needs_fallback else None,
        "errors": [{"field": found.field, "message": found.message} for found in error.fields] or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def answer_document(answer: Document) -> dict[str, Any]:
    """Return an answer as the JSON value that a direct caller gets."""
    return answer.model_dump(mode="json") if isinstance(answer, HubModel) else dict(answer)


def answer_response(event: Event, answer: Document) -> Response:
    """Return an answer as the HTTP response to the request in `event`."""
    headers = {"Content-Type": "application/json"}
    if isinstance(answer, Answer):
        headers |= _id_headers(answer.correlation_id, answer.call_id)
        if answer.replayed:
            headers["Idempotency-Replayed"] = "true"
    body = answer.model_dump_json() if isinstance(answer, HubModel) else json.dumps(dict(answer))
    return _response(event, 200, headers, body)


def problem_response(event: Event, failed: CallFailed, integration: Integration | None) -> Response:
    """Return a failed call as the HTTP response to the request in `event`."""
    error = failed.error
    headers = {"Content-Type": "application/problem+json", **_id_headers(failed.correlation_id, failed.call_id)}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    if isinstance(error, RateLimited):
        headers |= _limit_headers(error)
    return _response(event, error.http_status, headers, json.dumps(problem(failed, integration)))


def _id_headers(correlation_id: str | None, call_id: str | None) -> dict[str, str]:
    ids = {"X-Correlation-Id": correlation_id, "X-Call-Id": call_id}
    return {name: value for name, value in ids.items() if value is not None}


def _limit_headers(error: RateLimited) -> dict[str, str]:
    """Return the limit that is used up, and in how many seconds it ends (draft-ietf-httpapi-ratelimit-headers)."""
    policy, wait = f'"{error.level.lower()}"', math.ceil(error.retry_after_seconds or 0)
    return {
        "RateLimit-Policy": f"{policy};q={error.limit};w={error.window_seconds}",
        "RateLimit": f"{policy};r=0;t={wait}",
    }


def _response(event: Event, status: int, headers: Mapping[str, str], body: str) -> Response:
    headers = {**headers, "Cache-Control": "no-store"}
    response: Response = {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}
    # A load balancer that sends multi-value headers ignores the single ones.
    if source_of(event) is Source.LOAD_BALANCER and "multiValueHeaders" in event:
        response["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
    return response
