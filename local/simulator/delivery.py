"""Sends an answer the way its delivery says, and tells what really went out."""

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from threading import Event

from local.simulator.answer import Answer

_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Sent:
    """What left the simulator. `keep` tells whether the connection can serve another call."""

    status: int | None
    body_bytes: int
    outcome: str
    keep: bool = False


def reset_on_close(connection: socket.socket) -> None:
    """Make the coming close a reset (RST) instead of an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def deliver(connection: socket.socket, answer: Answer, stopping: Event) -> Sent:
    """Send an answer. `stopping` ends every wait. A client that has gone is an outcome, not an error."""
    way = answer.delivery
    if way.reset:
        reset_on_close(connection)
        return Sent(None, 0, "reset")
    if way.silence is not None:
        stopping.wait(way.silence)
        return Sent(None, 0, "silent")
    stopping.wait(way.wait)
    body = 0
    try:
        if way.pause is None and way.cut_after is None and not way.chunked:
            connection.sendall(_head(answer) + answer.body)
            return Sent(answer.status, len(answer.body), "complete", keep=way.length_error == 0)
        connection.sendall(_head(answer))
        for piece, size in _pieces(answer):
            connection.sendall(piece)
            body += size
            if way.pause is not None and stopping.wait(way.pause):
                return Sent(answer.status, body, "cut")
        if body < len(answer.body):
            return Sent(answer.status, body, "cut")
        if way.chunked:
            connection.sendall(b"0\r\n\r\n")
    except OSError:
        return Sent(answer.status, body, "client left")
    return Sent(answer.status, body, "complete", keep=True)


def _pieces(answer: Answer) -> Iterator[tuple[bytes, int]]:
    body = answer.body[: answer.delivery.cut_after]
    step = 1 if answer.delivery.pause is not None else 1024
    for start in range(0, len(body), step):
        piece = body[start : start + step]
        yield (b"%x\r\n%b\r\n" % (len(piece), piece) if answer.delivery.chunked else piece), len(piece)


def _head(answer: Answer) -> bytes:
    phrase = HTTPStatus(answer.status).phrase if answer.status in HTTPStatus else ""
    lines = [f"HTTP/1.1 {answer.status} {phrase}", f"Date: {formatdate(usegmt=True)}"]
    if answer.content_type:
        lines.append(f"Content-Type: {answer.content_type}")
    if answer.delivery.chunked:
        lines.append("Transfer-Encoding: chunked")
    else:
        lines.append(f"Content-Length: {max(0, len(answer.body) + answer.delivery.length_error)}")
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.reason:
        lines.append(f"X-Simulator-Reason: {answer.reason}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
