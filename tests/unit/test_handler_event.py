"""What a Lambda event is, and what becomes of one that is broken."""

import json
import time
from typing import Any

import pytest

from integration_hub.errors import RequestInvalid
from integration_hub.handler.event import Source, read_event, source_of
from tests.support.lambda_events import SAM_EVENTS, example, rest_event, sam_event

DOCUMENT = {"program_id": 1}
_NO_MOMENTS: list[Any] = [10**400, -1, True, "now", float("nan"), float("inf"), []]
_SOURCES = {"REST API": Source.REST_API, "HTTP API": Source.HTTP_API, "load balancer": Source.LOAD_BALANCER}


@pytest.fixture(autouse=True)
def _without_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)


@pytest.mark.parametrize("kind", SAM_EVENTS)
def test_the_sam_samples_are_told_apart_and_unwrapped(kind: str) -> None:
    """`sam local generate-event`: payload 1.0, payload 2.0 and a load balancer's, each with a Base64 body."""
    request = read_event(sam_event(kind, DOCUMENT))
    assert request.source is _SOURCES[kind]
    assert request.over_http
    assert json.loads(request.document) == DOCUMENT
    assert request.age_seconds == 0.0  # a recorded time says nothing


def test_a_direct_event_is_the_document() -> None:
    """Also one that has a member of an HTTP event."""
    for event in (DOCUMENT, {**DOCUMENT, "httpMethod": "POST"}, {**DOCUMENT, "requestContext": {}}):
        request = read_event(event)
        assert request.source is Source.DIRECT
        assert not request.over_http
        assert json.loads(request.document) == event


def test_the_example_of_the_api_is_a_rest_event() -> None:
    """As it is in events/."""
    request = read_event(example("driver-api"))
    assert request.source is Source.REST_API
    assert request.headers["x-correlation-id"] == ("quote-4711-driver-verification",)


@pytest.mark.parametrize(
    "event",
    [None, [], [{"a": 1}], 7, 7.5, True, "text", float("nan")],
    ids=["null", "list", "list of objects", "number", "fraction", "boolean", "text", "not a number"],
)
def test_an_event_that_is_no_object_is_refused(event: Any) -> None:
    """The error says what was expected."""
    assert source_of(event) is Source.DIRECT
    with pytest.raises(RequestInvalid, match="must be a JSON object"):
        read_event(event)


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"requestContext": None}, "requestContext", "an object, not null"),
        ({"requestContext": []}, "requestContext", "an object, not a list"),
        ({"requestContext": "x"}, "requestContext", "an object, not a string"),
        ({"body": {"program_id": 1}}, "body", "a string that holds the JSON document, not an object"),
        ({"body": 7}, "body", "not a number"),
        ({"body": "%", "isBase64Encoded": True}, "body", "valid Base64"),
        ({"body": "é", "isBase64Encoded": True}, "body", "valid Base64"),
        ({"isBase64Encoded": "yes"}, "isBase64Encoded", "true or false, not a string"),
        ({"headers": ["a"]}, "headers", "an object of strings, not a list"),
        ({"headers": {"A": None}}, "headers", "an object of strings; one of the values is null"),
        ({"headers": {"A": ["b"]}}, "headers", "one of the values is a list"),
        ({"multiValueHeaders": {"A": "b"}}, "multiValueHeaders", "an object of lists of strings"),
        ({"multiValueHeaders": {"A": [1]}}, "multiValueHeaders", "an object of lists of strings"),
        *(
            ({"requestContext": {"requestTimeEpoch": moment}}, "requestContext.requestTimeEpoch", "milliseconds")
            for moment in _NO_MOMENTS
        ),
    ],
)
def test_a_broken_http_event_is_refused(changes: dict[str, Any], field: str, expected: str) -> None:
    """It is still answered over HTTP, and no value of it is repeated."""
    event = rest_event(DOCUMENT) | changes
    assert source_of(event) is Source.REST_API
    with pytest.raises(RequestInvalid) as caught:
        read_event(event)
    (problem,) = caught.value.fields
    assert problem.field == field
    assert expected in problem.message


def test_a_document_that_cannot_be_written_again_is_refused() -> None:
    """Deeper than the JSON writer goes."""
    event: dict[str, Any] = {}
    for _ in range(200_000):
        event = {"a": event}
    try:
        with pytest.raises(RequestInvalid, match="RecursionError"):
            read_event(event)
    finally:
        while event:  # level by level: a destructor has a stack, too
            event = event.pop("a")


@pytest.mark.parametrize(
    ("age", "expected"), [(4, 4.0), (3600, 0.0), (-60, 0.0)], ids=["cold start", "recorded event", "slow clock"]
)
def test_the_age_is_the_time_that_the_gateway_has_waited(age: float, expected: float) -> None:
    """In both payload formats; 0 where it is not plausible."""
    moment = round((time.time() - age) * 1000)
    assert read_event(rest_event(DOCUMENT, requestTimeEpoch=moment)).age_seconds == pytest.approx(expected, abs=0.3)
    event = {"version": "2.0", "requestContext": {"timeEpoch": moment}, "headers": {}, "body": "{}"}
    assert read_event(event).age_seconds == pytest.approx(expected, abs=0.3)


def test_every_value_of_a_header_counts_and_names_are_lower_case() -> None:
    """API Gateway's single form has only the last value; a load balancer sends one of the two forms."""
    event = rest_event(DOCUMENT, headers={"X-Key": ["a", "b", "a"], "x-key": ["c"]}) | {"headers": {"X-KEY": "b"}}
    assert read_event(event).headers == {"x-key": ("a", "b", "c")}
    event["headers"]["Only-Single"] = "d"
    assert read_event(event).headers["only-single"] == ("d",)
    assert read_event(event | {"headers": None, "multiValueHeaders": None}).headers == {}


_ROOT = "Root=1-5c536348-3d683b8b04734faae651f476"
_TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("headers", "environment", "expected"),
    [
        ({"X-Amzn-Trace-Id": [_ROOT]}, "Root=other", _ROOT),
        ({"traceparent": [_TRACEPARENT], "X-Amzn-Trace-Id": [_ROOT]}, None, _TRACEPARENT),
        ({"traceparent": ["anything"], "X-Amzn-Trace-Id": [_ROOT]}, None, _ROOT),
        ({}, _ROOT, _ROOT),
        ({}, None, None),
        ({"X-Amzn-Trace-Id": ["x" * 200]}, None, "x" * 200),
        ({"X-Amzn-Trace-Id": ["x" * 201]}, None, None),
        ({"X-Amzn-Trace-Id": ["a\nb"]}, None, None),
        ({"X-Amzn-Trace-Id": ["é"]}, None, None),
        ({"X-Amzn-Trace-Id": [""]}, None, None),
    ],
)
def test_the_trace_is_the_callers_else_that_of_aws(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, list[str]], environment: str | None, expected: str | None
) -> None:
    """Bounded and printable, because it goes into headers and log lines; anything else is dropped."""
    if environment is not None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", environment)
    assert read_event(rest_event(DOCUMENT, headers=headers)).trace_id == expected
    if not headers:
        assert read_event(DOCUMENT).trace_id == expected
