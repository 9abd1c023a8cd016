"""Faults of the way: late, slow, cut, reset, silent, or with wrong lengths. The search has run and is charged."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local.simulator.answer import Answer, error_response
from local.simulator.faults.model import Argument, Fault, Handshake, count, seconds


def _timed_out(answer: Answer, _: str) -> Answer:
    return replace(error_response(answer.operation, 504), delivery=answer.delivery)


def _way(name: str, text: str, argument: Argument | None, changes: Callable[[str], dict[str, Any]]) -> Fault:
    return Fault(name, text, argument, rewrite=lambda answer, value: answer.travelling(**changes(value)))


_BETWEEN = "seconds between bytes"
_UNTIL = "seconds until the connection is closed"

FAULTS = (
    _way("slow", "the first byte comes late", seconds("5"), lambda text: {"wait": float(text)}),
    _way("drip", "the body comes byte by byte", seconds("1", _BETWEEN), lambda text: {"pause": float(text)}),
    _way("chunked", "the body comes in chunks (Transfer-Encoding)", None, lambda _: {"chunked": True}),
    _way(
        "chunked-drip",
        "the body comes in chunks of one byte",
        seconds("1", _BETWEEN),
        lambda text: {"chunked": True, "pause": float(text)},
    ),
    _way(
        "cut",
        "the connection is closed in the middle of the body",
        count("bytes sent before", "200"),
        lambda text: {"cut_after": int(text)},
    ),
    _way("reset", "the search runs, and the connection is reset instead of an answer", None, lambda _: {"reset": True}),
    Fault(
        "reset-early",
        "the connection is reset before the body of the request is read; nothing is searched",
        rewrite=lambda answer, _: answer.travelling(reset=True),
        early=True,
    ),
    _way(
        "silence", "the search runs, and no answer comes", seconds("600", _UNTIL), lambda text: {"silence": float(text)}
    ),
    _way(
        "length-long",
        "Content-Length promises more than comes",
        count("bytes", "100"),
        lambda text: {"length_error": int(text)},
    ),
    _way(
        "length-short",
        "Content-Length promises less than comes",
        count("bytes", "100"),
        lambda text: {"length_error": -int(text)},
    ),
    Fault("timed-out", "504 in the vendor's XML; the search ran and is charged", rewrite=_timed_out),
    Fault(
        "inner-timed-out",
        "HTTP 200 with 504 inside; the search ran and is charged",
        rewrite=lambda answer, _: replace(_timed_out(answer, ""), status=200),
    ),
    Fault(
        "timed-out-empty",
        "504 without a body; the search ran and is charged",
        rewrite=lambda answer, _: replace(answer, status=504, body=b""),
    ),
    Fault(
        "half-open",
        "the connection is accepted and nothing more happens",
        seconds("600", _UNTIL),
        connect=lambda text: Handshake(float(text), silent=True),
    ),
    Fault("tls-slow", "the TLS handshake begins late", seconds("5"), connect=lambda text: Handshake(float(text))),
    Fault("tls-reset", "the connection is reset instead of a TLS handshake", connect=lambda _: Handshake(reset=True)),
    Fault(
        "tls-untrusted",
        "the certificate comes from an authority that nobody trusts",
        connect=lambda _: Handshake(untrusted=True),
    ),
)
