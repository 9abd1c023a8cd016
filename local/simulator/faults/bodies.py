"""Faults of the body: not XML, not whole, not safe, or in another encoding. The search has run and is charged."""

import gzip
from collections.abc import Callable
from dataclasses import replace

from local.simulator.answer import HTML, JSON, Answer
from local.simulator.faults.model import Argument, Fault, Rewrite, count

_BOM = b"\xef\xbb\xbf"
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_LATIN_COMMENT = "<!-- Muñoz -->".encode("latin-1")
_LAUGHS = b"".join(
    b'<!ENTITY lol%d "%b">' % (level, b"&lol%d;" % (level - 1) * 10 if level else b"lol") for level in range(10)
)
_LOGIN_PAGE = b"<html><head><title>Sign in</title></head><body><form><input name=user></form></body></html>"


def _body(change: Callable[[bytes, str], bytes]) -> Rewrite:
    return lambda answer, argument: replace(answer, body=change(answer.body, argument))


def _fixed(body: bytes, content_type: str) -> Rewrite:
    return lambda answer, _: replace(answer, body=body, content_type=content_type)


def _inside(body: bytes, text: bytes) -> bytes:
    """Put text directly behind the root's start tag; before everything in a body without one."""
    start = body.find(b">") + 1
    return body[:start] + text + body[start:]


def _utf16(answer: Answer, _: str) -> Answer:
    body = '<?xml version="1.0" encoding="utf-16"?>\n' + answer.body.decode(errors="replace")
    return replace(answer, body=body.encode("utf-16"), content_type="application/xml; charset=utf-16")


def _entity(declarations: bytes, reference: bytes) -> Callable[[bytes, str], bytes]:
    def change(body: bytes, argument: str) -> bytes:
        dtd = b"<!DOCTYPE a [" + declarations.replace(b"{}", argument.encode()) + b"]>\n"
        return dtd + _inside(body, b"<Entity>" + reference + b"</Entity>")

    return change


def _huge(body: bytes, megabytes: str) -> bytes:
    return _inside(body, b"<Padding>" + b"x" * (int(megabytes) * 1024 * 1024) + b"</Padding>")


def _compressed(change: Callable[[bytes, str], bytes]) -> Rewrite:
    def rewrite(answer: Answer, argument: str) -> Answer:
        headers = (*answer.headers, ("Content-Encoding", "gzip"))
        return replace(answer, body=change(answer.body, argument), headers=headers)

    return rewrite


def _typed(content_type: str) -> Rewrite:
    return lambda answer, _: replace(answer, content_type=content_type)


def _fillers(answer: Answer, argument: str) -> Answer:
    fillers = ((f"X-Filler-{number}", "x") for number in range(int(argument)))
    return replace(answer, headers=(*answer.headers, *fillers))


FAULTS = (
    Fault("empty", "200 without a body", rewrite=_body(lambda _, __: b"")),
    Fault("html", "200 with an HTML page", rewrite=_fixed(_LOGIN_PAGE, HTML)),
    Fault("json", "JSON where XML is expected", rewrite=_fixed(b'{"ResponseStatusCode": 200}', JSON)),
    Fault("garbage", "bytes without meaning", rewrite=_body(lambda _, __: bytes(range(256)) * 4)),
    Fault("truncated", "half the answer, with its length", rewrite=_body(lambda body, _: body[: len(body) // 2])),
    Fault("nul", "NUL bytes within the answer", rewrite=_body(lambda body, _: _inside(body, b"\0\0\0"))),
    Fault(
        "bom", "a byte order mark and a declaration first", rewrite=_body(lambda body, _: _BOM + _DECLARATION + body)
    ),
    Fault("utf16", "UTF-16, declared as such", rewrite=_utf16),
    Fault(
        "wrong-charset",
        "declared as UTF-8, sent as Latin-1",
        rewrite=_body(lambda body, _: _DECLARATION + _inside(body, _LATIN_COMMENT)),
    ),
    Fault("wrong-type", "the XML is called text/plain", rewrite=_typed("text/plain")),
    Fault("no-type", "no Content-Type", rewrite=_typed("")),
    Fault(
        "namespace",
        "every element in a default namespace",
        rewrite=_body(lambda body, _: body.replace(b"Response>", b'Response xmlns="urn:sample:dcs">', 1)),
    ),
    Fault("huge", "an answer of so many megabytes", count("megabytes", "20"), rewrite=_body(_huge)),
    Fault(
        "deep",
        "elements nested so many times",
        count("levels", "10000"),
        rewrite=_body(lambda body, text: _inside(body, b"<Deep>" * int(text) + b"</Deep>" * int(text))),
    ),
    Fault("dtd", "a document type without entities", rewrite=_body(lambda body, _: b"<!DOCTYPE a>\n" + body)),
    Fault(
        "xxe",
        "an external entity",
        Argument("address", "file:///etc/hostname"),
        rewrite=_body(_entity(b'<!ENTITY out SYSTEM "{}">', b"&out;")),
    ),
    Fault("billion-laughs", "entities that grow to gigabytes", rewrite=_body(_entity(_LAUGHS, b"&lol9;"))),
    Fault("gzip", "compressed without being asked", rewrite=_compressed(lambda body, _: gzip.compress(body, mtime=0))),
    Fault("gzip-broken", "called compressed, but it is not", rewrite=_compressed(lambda body, _: body)),
    Fault(
        "gzip-bomb",
        "a small compressed body of so many megabytes",
        count("megabytes", "100"),
        rewrite=_compressed(lambda body, text: gzip.compress(_huge(body, text), mtime=0)),
    ),
    Fault("headers", "so many headers more", count("headers", "200"), rewrite=_fillers),
)
