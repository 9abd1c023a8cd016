"""What callers get: problem documents and headers over HTTP, named exceptions and values otherwise."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dcs.drivers import DRIVER
from integration_hub.errors import (
    CallFailed,
    CircuitOpen,
    FieldProblem,
    IntegrationError,
    RateLimited,
    RequestInvalid,
    VendorUnavailable,
)
from integration_hub.handler.decorators import error_boundary, instrumented
from integration_hub.handler.event import Context, Event
from integration_hub.handler.validation import parse_call
from integration_hub.models.answer import Answer
from integration_hub.observability import logger, metrics
from integration_hub.privacy import HubModel
from tests.support.lambda_events import SAM_EVENTS, InvocationContext, example, rest_event, sam_event

CONTEXT = InvocationContext()
HTTP = rest_event({})
LOST = VendorUnavailable("The answer is lost.", may_be_charged=False)


class _Result(HubModel):
    text: str


def _answer(*, replayed: bool = False) -> Answer:
    return Answer(
        call_id="c-1",
        correlation_id="thread-1",
        integration="DCS_DRIVER_API",
        operation="HouseholdDrivers",
        result=_Result(text="é"),
        replayed=replayed,
    )


@pytest.fixture(autouse=True)
def _metrics_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(metrics, "namespace", "test")
    metrics.clear_metrics()
    yield
    metrics.clear_metrics()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log lines of this test."""
    stream = io.StringIO()
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def _handler(result: Any) -> Callable[[Event, Context], dict[str, Any]]:
    @error_boundary(DRIVER)
    def handler(_event: Event, _context: Context) -> Answer:
        if isinstance(result, Exception):
            raise result
        answer: Answer = result
        return answer

    return handler


def _failed(error: IntegrationError, *, may_be_charged: bool = False) -> CallFailed:
    return CallFailed(error, call_id="c-1", correlation_id="thread-1", may_be_charged=may_be_charged)


def _raised(result: Exception, event: Any = None) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Exception, match="urn:") as caught:
        _handler(result)({} if event is None else event, CONTEXT)
    assert caught.value.__cause__ is caught.value.__context__ is None  # the runtime prints what hangs on an exception
    problem: dict[str, Any] = json.loads(str(caught.value))
    return type(caught.value).__name__, problem


def test_an_answer_is_a_value_or_a_response() -> None:
    """Both hold the same document; ids are headers, too."""
    direct = _handler(_answer())({}, CONTEXT)
    response = _handler(_answer())(HTTP, CONTEXT)
    assert direct == json.loads(response["body"])
    assert direct["result"] == {"text": "é"}
    assert response["statusCode"] == 200
    assert response["isBase64Encoded"] is False
    assert response["headers"] == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Correlation-Id": "thread-1",
        "X-Call-Id": "c-1",
    }


def test_a_replayed_answer_says_so_in_a_header() -> None:
    """The document is that of the first answer."""
    response = _handler(_answer(replayed=True))(HTTP, CONTEXT)
    assert response["headers"]["Idempotency-Replayed"] == "true"
    assert response["body"] == _handler(_answer())(HTTP, CONTEXT)["body"]


@pytest.mark.parametrize("kind", SAM_EVENTS)
def test_every_http_event_gets_an_http_response(kind: str) -> None:
    """Also where the call fails."""
    event = sam_event(kind, {})
    assert _handler(_answer())(event, CONTEXT)["statusCode"] == 200
    assert _handler(_failed(RequestInvalid("no")))(event, CONTEXT)["statusCode"] == 400


def test_a_load_balancer_with_multi_value_headers_gets_them() -> None:
    """It ignores the single ones."""
    event = {"httpMethod": "POST", "requestContext": {"elb": {}}, "multiValueHeaders": {}, "body": "{}"}
    response = _handler(_answer())(event, CONTEXT)
    assert response["multiValueHeaders"]["X-Call-Id"] == ["c-1"]
    assert "multiValueHeaders" not in _handler(_answer())(HTTP, CONTEXT)


def test_a_failed_call_is_a_problem_document() -> None:
    """RFC 9457; members without a value are left out."""
    error = RequestInvalid("No.", fields=[FieldProblem("program_id", "Field required")])
    response = _handler(_failed(error))(HTTP, CONTEXT)
    assert response["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(response["body"]) == {
        "type": "urn:dcs-integration-hub:problem:request-invalid",
        "title": "The request is not valid",
        "status": 400,
        "detail": "No.",
        "code": "REQUEST_INVALID",
        "retryable": False,
        "correlation_id": "thread-1",
        "call_id": "c-1",
        "errors": [{"field": "program_id", "message": "Field required"}],
    }


def test_a_direct_caller_gets_the_same_as_a_named_exception() -> None:
    """Step Functions matches the class name and reads the problem in the cause."""
    name, problem = _raised(_failed(LOST))
    assert name == "VendorUnavailable"
    assert problem == json.loads(_handler(_failed(LOST))(HTTP, CONTEXT)["body"])
    assert problem["fallback"] == "MANUAL_ENTRY_REQUIRED"


def test_the_charge_is_that_of_the_call_not_of_its_last_error() -> None:
    """An earlier attempt may be charged."""
    assert _raised(_failed(LOST, may_be_charged=True))[1]["may_be_charged"] is True
    assert "may_be_charged" not in _raised(_failed(LOST))[1]


def test_an_error_outside_a_call_has_no_ids() -> None:
    """No header is empty."""
    response = _handler(LOST)(HTTP, CONTEXT)
    assert "call_id" not in json.loads(response["body"])
    assert {"X-Call-Id", "X-Correlation-Id"}.isdisjoint(response["headers"])


def test_a_rate_limit_is_in_the_headers() -> None:
    """Which limit, how large, and when it ends (IETF draft RateLimit headers); waits are rounded up."""
    error = RateLimited("x", level="PROGRAM", limit=60, window_seconds=60, retry_after_seconds=7.2)
    headers = _handler(_failed(error))(HTTP, CONTEXT)["headers"]
    assert headers["RateLimit-Policy"] == '"program";q=60;w=60'
    assert headers["RateLimit"] == '"program";r=0;t=8'
    assert headers["Retry-After"] == "8"
    other = _handler(_failed(CircuitOpen("x", retry_after_seconds=0.1)))(HTTP, CONTEXT)["headers"]
    assert other["Retry-After"] == "1"
    assert "RateLimit" not in other


def test_a_defect_is_an_internal_error_that_quotes_nothing(log: io.StringIO) -> None:
    """Its text may hold personal data, so only its type and its places are logged."""
    defect = ValueError("ROBERTA TESTER")
    name, problem = _raised(defect)
    assert (name, problem["code"], problem["status"]) == ("InternalError", "INTERNAL_ERROR", 500)
    assert CONTEXT.aws_request_id in problem["detail"]
    response = _handler(defect)(HTTP, CONTEXT)
    assert response["statusCode"] == 500
    written = log.getvalue()
    assert "ValueError" in written
    assert "ROBERTA" not in json.dumps(problem) + response["body"] + written


def test_exceptions_are_passed_on_where_their_texts_are_safe() -> None:
    """A direct caller of migrations gets the reason as it is."""

    @error_boundary(passed_on=(KeyError,))
    def handler(_event: Event, _context: Context) -> dict[str, Any]:
        raise KeyError("step 3")

    with pytest.raises(KeyError, match="step 3"):
        handler({}, CONTEXT)


@pytest.mark.parametrize("broken", [None, [], 7, HTTP | {"requestContext": None}, HTTP | {"headers": ["a"]}])
def test_a_broken_event_is_the_callers_error(broken: Any, log: io.StringIO) -> None:
    """Never an internal one; the log names the call."""

    @instrumented
    @error_boundary(DRIVER)
    def handler(event: Event, context: Context) -> Answer:
        parse_call(DRIVER, event, context)
        return _answer()

    if isinstance(broken, dict):
        response = handler(broken, CONTEXT)
        assert response["statusCode"] == 400
        problem = json.loads(response["body"])
    else:
        with pytest.raises(Exception, match="must be a JSON object") as caught:
            handler(broken, CONTEXT)
        assert type(caught.value).__name__ == "RequestInvalid"
        problem = json.loads(str(caught.value))
    (line,) = log.getvalue().splitlines()
    assert json.loads(line)["call_id"] == problem["call_id"]


def test_nothing_that_was_sent_as_a_name_is_printed(log: io.StringIO) -> None:
    """Neither in the exception that the runtime prints, nor in the log."""

    @instrumented
    @error_boundary(DRIVER)
    def handler(event: Event, context: Context) -> Answer:
        parse_call(DRIVER, event, context)
        return _answer()

    person = "ROBERTA TESTER"
    event = example("driver", **{person: {person: person}}, permissible_purpose=person, references={person: 1})
    event["search"] |= {person: person, "drivers": [{person: [person]}]}
    with pytest.raises(Exception, match="unknown field") as caught:
        handler(event, CONTEXT)
    assert "REQUEST_INVALID" in log.getvalue()
    assert person not in str(caught.value) + log.getvalue()
