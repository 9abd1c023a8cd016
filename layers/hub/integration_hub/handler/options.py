"""What a caller may say in headers instead of fields: correlation id, time-out, idempotency key."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from integration_hub.errors import FieldProblem, RequestInvalid
from integration_hub.handler.document import problems
from integration_hub.models.call import CallOptions, CallRequest

_HEADERS = {
    "correlation_id": "X-Correlation-Id",
    "timeout_ms": "X-Timeout-Ms",
    "idempotency_key": "Idempotency-Key",
}
# A list of quoted strings (RFC 9651): the IETF's draft of Idempotency-Key quotes the key, and a proxy may join two
# header lines with a comma. Each character can be matched in one way only, so time is linear.
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"', re.ASCII)
_QUOTED_LIST = re.compile(r'"(?:[^"\\]|\\["\\])*"(?:[ \t]*,[ \t]*"(?:[^"\\]|\\["\\])*")*', re.ASCII)
_ESCAPED = re.compile(r'\\(["\\])')


def options_in_headers(headers: Mapping[str, tuple[str, ...]]) -> CallOptions:
    """Return the options that headers state; raise RequestInvalid that names the header.

    The same value twice is one value, quoted or not; several different values are refused.
    """
    texts: dict[str, str] = {}
    for option, header in _HEADERS.items():
        values = {value for text in headers.get(header.lower(), ()) for value in _values(header, text.strip())}
        if len(values) > 1:
            raise _invalid(header, "must have one value; several different ones were sent")
        if value := "".join(values):
            texts[option] = value
    try:
        return CallOptions.model_validate_strings(texts)
    except ValidationError as error:
        path, message = problems(error)[0]
        raise _invalid(_HEADERS[str(path[0])], message) from None


def agreed_options(request: CallRequest, headers: CallOptions) -> CallOptions:
    """Return the options, wherever they were stated; raise RequestInvalid where field and header differ."""
    options: dict[str, Any] = {}
    for name in CallOptions.model_fields:
        in_document, in_header = getattr(request, name), getattr(headers, name)
        if None not in (in_document, in_header) and in_document != in_header:
            message = f"must be the same as the header {_HEADERS[name]}, or be stated in one place only"
            raise RequestInvalid(f"The field {name} and its header differ.", fields=[FieldProblem(name, message)])
        options[name] = in_header if in_document is None else in_document
    return CallOptions(**options)


def stated_correlation_id(document: Mapping[str, Any]) -> str | None:
    """Return the correlation id of a document that is not checked yet; None where there is none that can be used."""
    stated = {"correlation_id": document.get("correlation_id")}
    try:
        return CallOptions.model_validate(stated, strict=True).correlation_id
    except ValidationError:
        return None


def _values(header: str, text: str) -> list[str]:
    if not text.startswith('"'):
        return [text]
    if not _QUOTED_LIST.fullmatch(text):
        raise _invalid(header, "must be one value, bare or as a quoted string")
    return [_ESCAPED.sub(r"\1", inner) for inner in _QUOTED.findall(text)]


def _invalid(header: str, message: str) -> RequestInvalid:
    return RequestInvalid(f"The header {header} cannot be used.", fields=[FieldProblem(header, message)])
