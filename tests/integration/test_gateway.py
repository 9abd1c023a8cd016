"""The HTTP gateway before real functions: what a function sees, and what a client gets."""

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from local.gateway import Gateway, Router
from local.guard import Guard
from local.runtime import Function
from local.template import Route
from tests.support.probe import definition
from tests.support.waiting import eventually

ROUTES = (
    Route("POST", "/api/v1/things", "v1"),
    Route("GET", "/api/v1/things/{thing}/parts/{part}", "v1"),
    Route("ANY", "/files/{path+}", "v1"),
)


@pytest.fixture(scope="module")
def function() -> Iterator[Function]:
    """Give one function behind all routes, two at once at most."""
    shape = definition(handler="probe.app.answering", routes=ROUTES, concurrency=2)
    with Guard() as guard, Function(shape, guard=guard) as started:
        yield started


@pytest.fixture(scope="module")
def gateway(function: Function) -> Iterator[Gateway]:
    """Give the gateway before it."""
    with Gateway([function]) as started:
        yield started


def post(gateway: Gateway, wish: Any, **options: Any) -> requests.Response:
    """Send a wish to the function."""
    return requests.post(f"{gateway.url}/api/v1/things", data=json.dumps(wish), timeout=30, **options)


def test_the_function_sees_the_request_as_from_api_gateway(gateway: Gateway) -> None:
    """Path, parameters, query, headers and context stand where Lambda's proxy integration puts them."""
    response = requests.get(
        f"{gateway.url}/api/v1/things/a%20b/parts/7?one=1&many=x&many=y&empty=",
        headers={"X-Correlation-Id": "c-1", "User-Agent": "tests"},
        timeout=30,
    )
    event = response.json()
    expected = {
        "resource": "/api/v1/things/{thing}/parts/{part}",
        "path": "/api/v1/things/a b/parts/7",
        "httpMethod": "GET",
        "pathParameters": {"thing": "a b", "part": "7"},
        "queryStringParameters": {"one": "1", "many": "y", "empty": ""},
        "multiValueQueryStringParameters": {"one": ["1"], "many": ["x", "y"], "empty": [""]},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    assert {name: event[name] for name in expected} == expected
    assert event["headers"]["X-Correlation-Id"] == "c-1"
    assert event["multiValueHeaders"]["X-Correlation-Id"] == ["c-1"]
    assert event["headers"]["X-Forwarded-For"] == "127.0.0.1"
    context = event["requestContext"]
    assert (context["stage"], context["accountId"], context["httpMethod"]) == ("v1", "123456789012", "GET")
    assert context["resourcePath"] == expected["resource"]
    assert (context["identity"]["sourceIp"], context["identity"]["userAgent"]) == ("127.0.0.1", "tests")
    assert context["requestId"] == response.headers["x-amzn-RequestId"]
    assert "authorizer" not in context


def test_what_is_absent_is_null(gateway: Gateway) -> None:
    """Without query and parameters the event holds null there, as API Gateway sends it."""
    event = post(gateway, {}).json()
    names = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters")
    assert [event[name] for name in names] == [None, None, None]
    assert event["body"] == "{}"


def test_the_function_decides_status_headers_and_body(gateway: Gateway) -> None:
    """Both forms of headers arrive, the multiple one first, and the body is bytes where it says base64."""
    answer = {
        "statusCode": 422,
        "headers": {"X-One": "1", "x-many": "lost", "Content-Type": "application/problem+json", "X-Yes": True},
        "multiValueHeaders": {"X-Many": ["a", "b"]},
        "body": "/wA=",
        "isBase64Encoded": True,
    }
    response = post(gateway, {"answer": answer})
    assert (response.status_code, response.content) == (422, b"\xff\x00")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.headers["X-One"], response.headers["X-Many"], response.headers["X-Yes"]) == ("1", "a, b", "true")


def test_a_bare_answer_is_json_by_default(gateway: Gateway) -> None:
    """A status alone is enough."""
    response = post(gateway, {"answer": {"statusCode": 204}})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        {},
        {"statusCode": "two hundred"},
        {"statusCode": 99},
        {"statusCode": True},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "***", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["X-One"]},
        {"statusCode": 200, "headers": {"X-One": {}}},
        {"statusCode": 200, "headers": {"X-One": "1\r\nX-Two: 2"}},
        {"statusCode": 200, "headers": {"X One": "1"}},
        {"statusCode": 200, "multiValueHeaders": {"X-One": "1"}},
        {"statusCode": 200, "more": 1},
    ],
)
def test_an_answer_of_another_form_is_a_502(gateway: Gateway, answer: object) -> None:
    """What API Gateway calls a malformed proxy response never reaches the client."""
    response = post(gateway, {"answer": answer})
    assert (response.status_code, response.json()) == (502, {"message": "Internal server error"})


def test_a_failing_function_is_a_502_that_tells_nothing(gateway: Gateway) -> None:
    """The exception stays in the log."""
    response = post(gateway, {"raise": "something inner"})
    assert (response.status_code, response.json()) == (502, {"message": "Internal server error"})


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/v1/things"), ("POST", "/api/v1/things/"), ("GET", "/"), ("GET", "/api/v1/things/1/parts/2/3")],
)
def test_an_unknown_path_or_method_is_a_403(gateway: Gateway, method: str, path: str) -> None:
    """As API Gateway answers, who knows no such method there."""
    response = requests.request(method, gateway.url + path, timeout=30)
    assert (response.status_code, response.json()) == (403, {"message": "Missing Authentication Token"})


def test_a_slow_function_is_a_504(function: Function) -> None:
    """The client is told when the integration's time is over; the function runs on to its end."""
    with Gateway([function], integration_seconds=0.2) as impatient:
        response = post(impatient, {"sleep": 1})
    assert (response.status_code, response.json()) == (504, {"message": "Endpoint request timed out"})
    assert function.busy()
    assert eventually(lambda: not function.busy())


def test_more_than_the_concurrency_is_a_429(gateway: Gateway, function: Function) -> None:
    """A function that may not run once more is not waited for."""
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(post, gateway, {"sleep": 1}) for _ in range(2)]
        assert eventually(lambda: len(function.busy()) == 2)
        response = post(gateway, {})
        assert (response.status_code, response.json()) == (429, {"message": "Too Many Requests"})
        assert [one.result().status_code for one in running] == [200, 200]


def test_a_body_over_10_mb_is_a_413(gateway: Gateway) -> None:
    """API Gateway's limit; the answer arrives although the body was on its way."""
    # Unlike requests, this client reads no answer once the connection broke while it was sending.
    connection = http.client.HTTPConnection(gateway.url.removeprefix("http://"), timeout=30)
    connection.request("POST", "/api/v1/things", body=b"x" * (10 * 1024 * 1024 + 1))
    response = connection.getresponse()
    assert response.status == 413
    response.read()
    connection.close()


@pytest.mark.parametrize(
    ("header", "status"), [(("Transfer-Encoding", "chunked"), 411), (("Content-Length", "-1"), 400)]
)
def test_a_body_without_a_length_is_refused(gateway: Gateway, header: tuple[str, str], status: int) -> None:
    """The gateway reads only what says how long it is, and closes the connection where it does not."""
    connection = http.client.HTTPConnection(gateway.url.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", "/api/v1/things")
    connection.putheader(*header)
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, response.getheader("Connection")) == (status, "close")
    response.read()
    connection.close()


def test_half_a_request_is_not_invoked(gateway: Gateway, function: Function) -> None:
    """Where a client leaves in the middle of its body, nothing is called."""
    function.discard_idle()
    address = gateway.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=30) as client:
        client.sendall(b"POST /api/v1/things HTTP/1.1\r\nContent-Length: 20\r\n\r\n{}")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
    assert function.busy() == {}


def test_a_connection_serves_many_requests(gateway: Gateway) -> None:
    """Keep-alive works, also after an error."""
    with requests.Session() as session:
        answers = [session.post(f"{gateway.url}/api/v1/things", data=body, timeout=30) for body in ("{}", "no", "{}")]
    assert [answer.status_code for answer in answers] == [200, 502, 200]


def test_a_greedy_parameter_takes_the_rest_of_the_path(gateway: Gateway) -> None:
    """`{path+}` stands for several parts, and ANY for each method."""
    for method in ("GET", "PUT", "DELETE"):
        event = requests.request(method, f"{gateway.url}/files/a/b%2Fc", timeout=30).json()
        assert (event["httpMethod"], event["pathParameters"]) == (method, {"path": "a/b/c"})


def test_the_literal_path_comes_first(function: Function, tmp_path: Path) -> None:
    """Among routes that fit, the most literal one is taken, whatever their order in the template."""
    paths = ("/{all+}", "/things/{thing}", "/things/new")
    shape = definition(code=tmp_path, routes=tuple(Route("GET", path, "v1") for path in paths))
    with Guard() as guard, Function(shape, guard=guard) as other:
        router = Router([function, other])
        found = [router.match("GET", path) for path in ("/things/new", "/things/old", "/else/where")]
    assert [match and match[0].path for match in found] == ["/things/new", "/things/{thing}", "/{all+}"]


def test_a_taken_port_is_left_alone(gateway: Gateway, function: Function) -> None:
    """The wanted port is used if it is free; if not, the gateway finds another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with Gateway([function], port=free) as wanted:
        assert wanted.url == f"http://127.0.0.1:{free}"
        with Gateway([function], port=free) as other:
            assert other.url != wanted.url
            assert post(other, {}).status_code == post(wanted, {}).status_code == 200
    assert post(gateway, {}).status_code == 200
