"""API Gateway's Lambda proxy integration for REST APIs (payload 1.0): request to event, result to HTTP answer. Pure."""

import base64
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local import account
from local.template import Route

_API_ID = "localhub00"
_RESULT_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
# The connection is the gateway's, and so is the length.
_OWN_HEADERS = {"connection", "content-length", "keep-alive", "transfer-encoding"}
_STATUSES = range(200, 600)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

# What API Gateway would know of a caller that signs; here nobody does.
_NOBODY = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)


@dataclass(frozen=True, slots=True)
class Received:
    """An HTTP request as it came in."""

    method: str
    target: str
    """Path and query, as in the request line."""
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    port: int
    request_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(default=(("Content-Type", "application/json"),))
    body: bytes = b""


def event(received: Received, route: Route, path_parameters: Mapping[str, str]) -> dict[str, Any]:
    """Build the event that the function gets."""
    url = urlsplit(received.target)
    path = unquote(url.path)
    headers = _grouped(_forwarded(received))
    query = _grouped(parse_qsl(url.query, keep_blank_values=True))
    return {
        "resource": route.path,
        "path": path,
        "httpMethod": received.method,
        "headers": _last(headers),
        "multiValueHeaders": headers or None,
        "queryStringParameters": _last(query),
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(path_parameters) or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": account.ACCOUNT_ID,
            "apiId": _API_ID,
            "domainName": _header_of(received, "host"),
            "extendedRequestId": secrets.token_urlsafe(11) + "=",
            "httpMethod": received.method,
            "identity": {
                **dict.fromkeys(_NOBODY),
                "sourceIp": received.source_ip,
                "userAgent": _header_of(received, "user-agent"),
            },
            "path": path,
            "protocol": "HTTP/1.1",
            "requestId": received.request_id,
            "requestTime": received.at.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "requestTimeEpoch": int(received.at.timestamp() * 1000),
            "resourceId": "local0",
            "resourcePath": route.path,
            "stage": route.stage,
        },
        # Without binary media types API Gateway hands every body on as text.
        "body": received.body.decode(errors="replace") or None,
        "isBase64Encoded": False,
    }


def answer(payload: Any) -> Answer:
    """Turn a function's result into the HTTP answer; one of another form is a 502, as in API Gateway."""
    if not isinstance(payload, dict) or not payload.keys() <= _RESULT_KEYS:
        return _malformed()
    status = payload.get("statusCode")
    if not isinstance(status, int) or status not in _STATUSES:
        return _malformed()
    try:
        headers = _headers(payload.get("headers") or {}, payload.get("multiValueHeaders") or {})
        body = _body(payload.get("body"), encoded=payload.get("isBase64Encoded") is True)
    except _MalformedError:
        return _malformed()
    return Answer(status, headers, body)


def refusal(status: int, message: str) -> Answer:
    """Answer without a function, or in place of one that failed."""
    return Answer(status, body=json.dumps({"message": message}).encode())


class _MalformedError(Exception):
    """A part of the function's result is not what API Gateway takes."""


def _malformed() -> Answer:
    return refusal(502, "Internal server error")


def _forwarded(received: Received) -> Iterable[tuple[str, str]]:
    """Yield the request's headers, with those that API Gateway adds."""
    trace = f"Root=1-{int(received.at.timestamp()):08x}-{secrets.token_hex(12)}"
    added = {
        "X-Amzn-Trace-Id": trace,
        "X-Forwarded-For": received.source_ip,
        "X-Forwarded-Port": str(received.port),
        "X-Forwarded-Proto": "http",
    }
    present = {name.lower() for name, _ in received.headers}
    yield from ((name, value) for name, value in received.headers if name.lower() not in _OWN_HEADERS)
    yield from ((name, value) for name, value in added.items() if name.lower() not in present)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Collect the values of each name."""
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def _last(groups: Mapping[str, list[str]]) -> dict[str, str] | None:
    return {name: values[-1] for name, values in groups.items()} or None


def _header_of(received: Received, wanted: str) -> str | None:
    return next((value for name, value in received.headers if name.lower() == wanted), None)


def _headers(single: Any, multiple: Any) -> tuple[tuple[str, str], ...]:
    """Merge both forms; where a name is in both, the multiple one counts."""
    if not isinstance(single, dict) or not isinstance(multiple, dict):
        raise _MalformedError
    if not all(isinstance(values, list) for values in multiple.values()):
        raise _MalformedError
    several = {name.lower() for name in multiple}
    found = [(name, value) for name, value in single.items() if name.lower() not in several]
    found += [(name, value) for name, values in multiple.items() for value in values]
    if "content-type" not in {name.lower() for name, _ in found}:
        found.append(("Content-Type", "application/json"))
    return tuple(_header(name, value) for name, value in found if name.lower() not in _OWN_HEADERS)


def _header(name: str, value: Any) -> tuple[str, str]:
    written = str(value).lower() if isinstance(value, bool) else str(value)
    # No line break gets through, and nothing that a header cannot carry.
    if not _HEADER_NAME.fullmatch(name) or not isinstance(value, str | int | float) or not written.isprintable():
        raise _MalformedError
    if not written.isascii():
        raise _MalformedError
    return name, written


def _body(body: Any, *, encoded: bool) -> bytes:
    if not isinstance(body, str | None):
        raise _MalformedError
    try:
        return base64.b64decode(body or "", validate=True) if encoded else (body or "").encode()
    except ValueError:
        raise _MalformedError from None
