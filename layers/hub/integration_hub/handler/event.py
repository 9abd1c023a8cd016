"""What a Lambda event is: an HTTP request of API Gateway or a load balancer, or a direct invocation.

Formats: REST API proxy (payload 1.0), HTTP API and function URL (payload 2.0), Application Load Balancer. Anything
else is a direct invocation, by Step Functions for example, whose event is the request document itself.
"""

import base64
import binascii
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from integration_hub.errors import FieldProblem, RequestInvalid

# A request that is said to be older comes from a recorded test event or a wrong clock.
_OLDEST_REQUEST_SECONDS = 10.0
# Milliseconds since 1970 in the year 5138; the arithmetic below is exact up to here.
_LATEST_EPOCH = 10**14
_MAX_TRACE_ID = 200
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)

type Event = Any
"""What Lambda passes to a handler: any JSON value."""


class Context(Protocol):
    """The part of Lambda's context that is used."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""
        ...


class Source(StrEnum):
    """What invoked the function."""

    REST_API = "REST_API"
    HTTP_API = "HTTP_API"
    LOAD_BALANCER = "LOAD_BALANCER"
    DIRECT = "DIRECT"

    @property
    def over_http(self) -> bool:
        """Whether an HTTP client waits for the answer."""
        return self is not Source.DIRECT


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """An event, unwrapped: the document's bytes and what came with it."""

    source: Source
    document: bytes
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """All values of each header; names in lower case."""
    age_seconds: float = 0.0
    """How long API Gateway has been waiting already, as during a cold start."""
    trace_id: str | None = None
    """The trace that the request belongs to: W3C `traceparent`, else AWS X-Ray's."""

    @property
    def over_http(self) -> bool:
        """Whether an HTTP client waits for the answer."""
        return self.source.over_http


def source_of(event: Event) -> Source:
    """Tell what invoked the function, also where the event is broken; never raises."""
    if not isinstance(event, Mapping) or "requestContext" not in event:
        return Source.DIRECT
    if event.get("version") == "2.0":
        return Source.HTTP_API
    if "httpMethod" not in event:
        return Source.DIRECT
    context = event["requestContext"]
    return Source.LOAD_BALANCER if isinstance(context, Mapping) and "elb" in context else Source.REST_API


def expect_object(event: Event) -> Mapping[str, Any]:
    """Return an event that is a JSON object; raise RequestInvalid for any other."""
    if not isinstance(event, Mapping):
        raise _invalid("(event)", f"must be a JSON object, not {_kind(event)}")
    return event


def direct_document(event: Event) -> bytes:
    """Return a direct event as the bytes of its document; raise RequestInvalid where it is no JSON object."""
    try:
        return json.dumps(expect_object(event)).encode()
    except (RecursionError, TypeError, ValueError) as error:
        raise _invalid("(event)", f"must be a JSON object that can be written again ({type(error).__name__})") from None


def read_event(event: Event) -> IncomingRequest:
    """Unwrap an event; raise RequestInvalid that says what was expected where it is broken."""
    source = source_of(event)
    if source is Source.DIRECT:
        return IncomingRequest(source, direct_document(event), trace_id=_trace_id({}))
    context = event["requestContext"]
    if not isinstance(context, Mapping):
        raise _invalid("requestContext", f"must be an object, not {_kind(context)}")
    headers = _headers(event)
    return IncomingRequest(
        source,
        _body(event),
        headers=headers,
        age_seconds=_age_seconds(context, "timeEpoch" if source is Source.HTTP_API else "requestTimeEpoch"),
        trace_id=_trace_id(headers),
    )


def _body(members: Mapping[str, Any]) -> bytes:
    body, encoded = members.get("body"), members.get("isBase64Encoded")
    if not isinstance(body, str | None):
        raise _invalid("body", f"must be a string that holds the JSON document, not {_kind(body)}")
    if not isinstance(encoded, bool | None):
        raise _invalid("isBase64Encoded", f"must be true or false, not {_kind(encoded)}")
    if not encoded:
        return (body or "").encode(errors="surrogatepass")
    try:
        return base64.b64decode(body or "", validate=True)
    except (binascii.Error, ValueError):
        raise _invalid("body", "must be valid Base64 where isBase64Encoded is true") from None


def _headers(members: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Collect the values of each header; the multi-value form holds all, the single form only the last."""
    several = dict(_pairs(members, "multiValueHeaders", lambda value: isinstance(value, list) and _all_texts(value)))
    single = dict(_pairs(members, "headers", lambda value: isinstance(value, str)))
    collected: dict[str, list[str]] = {}
    for name, values in several.items():
        collected.setdefault(name.lower(), []).extend(values)
    covered = set(collected)
    for name, value in single.items():
        if name.lower() not in covered:
            collected.setdefault(name.lower(), []).append(value)
    return {name: tuple(dict.fromkeys(values)) for name, values in collected.items()}


def _pairs(members: Mapping[str, Any], member: str, is_valid: Any) -> Iterator[tuple[str, Any]]:
    headers = members.get(member)
    if headers is None:
        return
    expected = "an object of strings" if member == "headers" else "an object of lists of strings"
    if not isinstance(headers, Mapping):
        raise _invalid(member, f"must be {expected}, not {_kind(headers)}")
    for name, value in headers.items():
        if not is_valid(value):
            raise _invalid(member, f"must be {expected}; one of the values is {_kind(value)}")
        yield name, value


def _all_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _age_seconds(context: Mapping[str, Any], member: str) -> float:
    """Return how long ago API Gateway received the request; 0 where it does not say, or not plausibly."""
    received_at = context.get(member)
    if received_at is None:
        return 0.0
    is_number = isinstance(received_at, int | float) and not isinstance(received_at, bool)
    if not is_number or not 0 <= received_at <= _LATEST_EPOCH:
        raise _invalid(f"requestContext.{member}", "must be the milliseconds since 1970")
    age = time.time() - received_at / 1000
    return age if 0.0 < age < _OLDEST_REQUEST_SECONDS else 0.0


def _trace_id(headers: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the caller's own trace (W3C) if it sent one, else that of AWS; None where neither can be used.

    Lambda sets the environment variable anew for every invocation.
    """
    for text in headers.get("traceparent", ()):
        if _TRACEPARENT.fullmatch(text):
            return text
    for text in (*headers.get("x-amzn-trace-id", ()), os.environ.get("_X_AMZN_TRACE_ID", "")):
        if 0 < len(text) <= _MAX_TRACE_ID and text.isascii() and text.isprintable():
            return text
    return None


def _kind(value: object) -> str:
    """Name the JSON type of a value, never the value."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case Mapping():
            return "an object"
        case _:
            return "a list"


def _invalid(member: str, message: str) -> RequestInvalid:
    named = "The event" if member == "(event)" else f"The event's {member}"
    return RequestInvalid(f"{named} {message}.", fields=[FieldProblem(member, message)])
