"""From bytes to a checked model, with work that is bounded whatever was sent.

Two bounds make it so. Lists, texts and the number of values are limited before a model sees the document, because
pydantic checks every item of a list that is too long. And at most 20 problems are reported, each with a path of
names that the model declares: what was sent as a name may be personal data, and errors are logged.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from integration_hub.errors import FieldProblem, RequestInvalid
from integration_hub.privacy import HubModel

MAX_DOCUMENT_BYTES = 256 * 1024
"""Lambda's limit for an asynchronous invocation; also far below API Gateway's 10 MB."""
MAX_PROBLEMS = 20
"""How many problems one error lists; its detail says how many more there are."""
MAX_LIST_ITEMS = 100
MAX_STRING_CHARACTERS = 1000
MAX_VALUES = 10_000
"""Members and items of the whole document, at every level."""
_NAMED_IN_DETAIL = 5

type Path = tuple[int | str, ...]
type _Place = tuple[_Place | None, int | str]


def read_object(document: bytes) -> Mapping[str, Any]:
    """Parse a JSON object within the limits; raise RequestInvalid for anything else, without quoting it."""
    if not document.strip():
        raise RequestInvalid("The document is empty; it must be a JSON object.")
    if len(document) > MAX_DOCUMENT_BYTES:
        raise RequestInvalid(f"The document must have at most {MAX_DOCUMENT_BYTES} bytes.")
    try:
        value = json.loads(document)
    except json.JSONDecodeError as error:
        raise RequestInvalid(f"The document is not JSON: line {error.lineno}, column {error.colno}.") from None
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise RequestInvalid(f"The document is not readable JSON ({type(error).__name__}).") from None
    if not isinstance(value, dict):
        raise RequestInvalid("The document must be a JSON object.")
    return value


def validate[ModelT: HubModel](model: type[ModelT], document: bytes, parsed: Mapping[str, Any], name: str) -> ModelT:
    """Return the document as `model`; raise RequestInvalid that names each wrong field. `parsed` is the same document.

    Strict: "1" is not a program and 1.0 is not a driver; dates are read from ISO texts all the same.
    """
    declared = functools.partial(_declared_path, model)
    excess = _excess(parsed)
    if excess is not None:
        path, message = excess
        raise invalid([FieldProblem(declared(path), message)], 1, name)
    try:
        return model.model_validate_json(document, strict=True)
    except ValidationError as error:
        found = problems(error)
        listed = [FieldProblem(declared(path), message) for path, message in found[:MAX_PROBLEMS]]
        raise invalid(listed, len(found), name) from None


def problems(error: ValidationError) -> list[tuple[Path, str]]:
    """Return path and message of each problem; time is linear in their number."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    parents = {problem["loc"][:length] for problem in found for length in range(len(problem["loc"]))}
    # A list whose items are wrong is also called too short; its items say what is wrong.
    return [(problem["loc"], problem["msg"]) for problem in found if problem["loc"] not in parents]


def invalid(listed: Sequence[FieldProblem], count: int, name: str) -> RequestInvalid:
    """Return the error that lists some of `count` problems and says how many more there are."""
    named = [problem.field for problem in listed[:_NAMED_IN_DETAIL]]
    more = f" and {count - len(named)} more" if count > len(named) else ""
    return RequestInvalid(f"The request for {name} is not valid: {', '.join(named)}{more}.", fields=listed)


def _excess(document: Mapping[str, Any]) -> tuple[Path, str] | None:
    """Return the first place that breaks a limit, and the limit; looks at no more than MAX_VALUES values."""
    # Each place is linked to its parent: writing out the path of every value would cost the square of the depth.
    pending: list[tuple[_Place | None, Any]] = [(None, document)]
    values = 0
    while pending:
        place, value = pending.pop()
        if isinstance(value, str) and len(value) > MAX_STRING_CHARACTERS:
            return _path(place), f"must have at most {MAX_STRING_CHARACTERS} characters"
        if not isinstance(value, list | dict):
            continue
        if isinstance(value, list) and len(value) > MAX_LIST_ITEMS:
            return _path(place), f"must have at most {MAX_LIST_ITEMS} items"
        values += len(value)
        if values > MAX_VALUES:
            return (), f"must have at most {MAX_VALUES} values"
        members = value.items() if isinstance(value, dict) else enumerate(value)
        pending.extend(((place, name), item) for name, item in members)
    return None


def _path(place: "_Place | None") -> Path:
    parts: list[int | str] = []
    while place is not None:
        place, name = place
        parts.append(name)
    return tuple(reversed(parts))


def _declared_path(model: type[HubModel], path: Path) -> str:
    names = _declared_names(model)
    parts = (str(part) if isinstance(part, int) or part in names else "(unknown field)" for part in path)
    return ".".join(parts) or "(document)"


@functools.cache
def _declared_names(model: type[HubModel]) -> frozenset[str]:
    """Return the names of all fields of a model and of the models inside it."""
    schema = model.model_json_schema()
    models = (schema, *schema.get("$defs", {}).values())
    return frozenset(name for found in models for name in found.get("properties", ()))
