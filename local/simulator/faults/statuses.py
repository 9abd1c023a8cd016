"""Faults that answer instead of a search: the vendor, its gateway or its firewall says no. Nothing is charged."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from local.simulator.answer import HTML, Answer, error_response
from local.simulator.faults.model import Argument, Fault, Refuse, count, seconds
from local.simulator.login import Login

_FIREWALL = (
    b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. "
    b"Your support ID is: 1234567890</body></html>"
)
_STACK_TRACE = (
    b"<html><head><title>Runtime Error</title></head><body><h1>Server Error in '/' Application.</h1><pre>"
    b"[NullReferenceException: Object reference not set to an instance of an object.]\n"
    b"   Sample.Search.Run(Request request) in D:\\sample\\Search.cs:line 314</pre></body></html>"
)


def _page(title: str) -> bytes:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()


def _error(status: int, **headers: str) -> Refuse:
    def refuse(operation: str, argument: str, _: Login) -> Answer:
        answer = error_response(operation, status)
        sent = tuple((name.replace("_", "-"), value.format(argument)) for name, value in headers.items() if argument)
        return Answer(status, answer.body, answer.content_type, sent)

    return refuse


def _fixed(status: int, body: bytes, **headers: str) -> Refuse:
    def refuse(_operation: str, argument: str, _: Login) -> Answer:
        sent = tuple((name.replace("_", "-"), value.format(argument)) for name, value in headers.items())
        return Answer(status, body, HTML, sent)

    return refuse


def _refusing(text: str) -> int:
    if int(text) in {200, 504}:  # after a time-out the search may have run: the fault inner-timed-out
        raise ValueError(text)
    return int(text)


def _inner(operation: str, argument: str, _: Login) -> Answer:
    return error_response(operation, int(argument), status=200)


def _date(operation: str, argument: str, _: Login) -> Answer:
    until = datetime.now(UTC) + timedelta(seconds=float(argument))
    return Answer(
        503, error_response(operation, 503).body, headers=(("Retry-After", format_datetime(until, usegmt=True)),)
    )


def _lock(operation: str, argument: str, login: Login) -> Answer:
    login.lock_after = int(argument)
    login.refusals += 1
    return error_response(operation, 401)


def _expire(operation: str, _argument: str, login: Login) -> Answer:
    login.expired = True
    return error_response(operation, 401)


FAULTS = (
    Fault("bad-request", "400, the vendor finds a parameter wrong", refuse=_error(400)),
    Fault("unauthorized", "401, whatever the login", refuse=_error(401)),
    Fault(
        "unauthorized-page",
        "401 as an HTML page, with WWW-Authenticate",
        refuse=_fixed(401, _page("Unauthorized"), WWW_Authenticate='Basic realm="DCS"'),
    ),
    Fault(
        "lock",
        "401 now; after so many refusals in a row the account is locked until its password is changed",
        count("refusals", "3"),
        refuse=_lock,
    ),
    Fault("password-expired", "401 from now on, until the password is changed", refuse=_expire),
    Fault("bad-format", "403 in the vendor's meaning: the request is not in the right format", refuse=_error(403)),
    Fault("firewall", "403 as the HTML page of a firewall", refuse=_fixed(403, _FIREWALL)),
    Fault("not-found", "404 as an HTML page: a wrong path", refuse=_fixed(404, _page("404 - File not found."))),
    Fault("too-many", "429 with Retry-After", seconds("2"), refuse=_error(429, Retry_After="{}")),
    Fault(
        "redirect",
        "302 to another address",
        Argument("address", "https://127.0.0.1:1/elsewhere"),
        refuse=_fixed(302, b"", Location="{}"),
    ),
    Fault("server-error", "500 in the vendor's XML", refuse=_error(500)),
    Fault("stack-trace", "500 as an HTML page with a stack trace", refuse=_fixed(500, _STACK_TRACE)),
    Fault("bad-gateway", "502 as an HTML page", refuse=_fixed(502, _page("502 Bad Gateway"))),
    Fault(
        "unavailable",
        "503 in the vendor's XML; with Retry-After if an argument is given",
        seconds(),
        refuse=_error(503, Retry_After="{}"),
    ),
    Fault("unavailable-until", "503 with Retry-After as an HTTP date so far ahead", seconds("2"), refuse=_date),
    Fault("unavailable-empty", "503 without a body", refuse=_fixed(503, b"")),
    Fault(
        "maintenance",
        "503 as an HTML page that announces maintenance, with Retry-After",
        seconds("3600"),
        refuse=_fixed(503, _page("Down for maintenance"), Retry_After="{}"),
    ),
    Fault(
        "inner",
        "HTTP 200 with a ResponseStatusCode inside that refuses the search",
        Argument("code, neither 200 nor 504", "500", _refusing),
        refuse=_inner,
    ),
)
