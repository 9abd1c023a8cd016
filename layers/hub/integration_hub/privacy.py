"""Personal data, marked on the type and masked at every sink.

A field is marked once, where its model is written: `license_number: LicenseNumber`. From the mark come
the masked projection for integration_log (`masked`) and a repr that shows nothing (`HubModel`). The forms
are those of the vendor manuals' personal data table (dcs-api, section 12).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, SecretStr
from pydantic.fields import FieldInfo

REMOVED = "[removed]"


@dataclass(frozen=True, slots=True)
class Sensitive:
    """The mark: how a text of this kind may appear in a log.

    `whole` replaces the value without looking inside, and also when it is empty: of a criminal record even
    the number of entries, or that there are none, is telling.
    """

    mask: Callable[[str], str]
    whole: Callable[[Any], Any] | None = None


def last_two(text: str) -> str:
    """A licence number: `******01`. Numbers of five characters or fewer are masked whole."""
    return "*" * len(text) if len(text) <= 5 else "*" * (len(text) - 2) + text[-2:]


def last_four(text: str) -> str:
    """A title or court reference: its last four characters, masked whole when shorter than eight."""
    return "*" * len(text) if len(text) < 8 else "*" * (len(text) - 4) + text[-4:]


def initials(text: str) -> str:
    """A name: `R*** T***`."""
    return " ".join(f"{word[0]}***" for word in text.split())


def vin_prefix(text: str) -> str:
    """A VIN: maker and model part only, `1ZZTESTA*********`."""
    return text[:8] + "*" * max(0, len(text) - 8)


def plate_prefix(text: str) -> str:
    """A plate: `TST****`; short plates whole."""
    return "*" * len(text) if len(text) <= 4 else text[:3] + "*" * (len(text) - 3)


def zip_prefix(text: str) -> str:
    """A ZIP: `759**`."""
    return text[:3] + "*" * max(0, len(text) - 3) if len(text) == 5 else "*" * len(text)


def _constant(form: str) -> Callable[[Any], str]:
    return lambda _value: form


BirthDate = Annotated[date, Sensitive(_constant("****-**-**"))]
City = Annotated[str, Sensitive(_constant("[city]"))]
LicenseNumber = Annotated[str, Sensitive(last_two)]
PersonName = Annotated[str, Sensitive(initials)]
Plate = Annotated[str, Sensitive(plate_prefix)]
Reference = Annotated[str, Sensitive(last_four)]
Street = Annotated[str, Sensitive(_constant("[street]"))]
Vin = Annotated[str, Sensitive(vin_prefix)]
ZipCode = Annotated[str, Sensitive(zip_prefix)]

RESTRICTED = Sensitive(_constant(REMOVED), whole=_constant(REMOVED))
"""For what no log may hold in any form: SSN, criminal record, ZIP extension. Use `Annotated[T, RESTRICTED]`."""

COUNT_ONLY = Sensitive(_constant(REMOVED), whole=lambda values: {"count": len(values)})
"""For lists of people whom the request did not name: a log may hold how many, never who."""


class HubModel(BaseModel):
    """A frozen value that names unknown fields and never shows a marked one, in a repr or an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Masked, because reprs end up in logs and tracebacks."""
        marks = _marks(type(self))
        for name in type(self).model_fields:
            yield name, _masked(getattr(self, name), marks.get(name))


def masked(model: BaseModel) -> dict[str, Any]:
    """Return the JSON-ready projection of a model, each marked field in its log form.

    Empty fields are left out, except those that are replaced whole.
    """
    marks = _marks(type(model))
    return {
        name: _masked(value, marks.get(name))
        for name in type(model).model_fields
        if (value := getattr(model, name)) not in (None, "", (), [], {}) or _is_whole(marks.get(name))
    }


def _is_whole(mark: Sensitive | None) -> bool:
    return mark is not None and mark.whole is not None


def _masked(value: Any, mark: Sensitive | None) -> Any:
    """Mask every leaf below a marked field; below an unmarked one, models speak for their own fields."""
    if mark is not None and mark.whole is not None:
        return mark.whole(value)
    match value:
        case None:
            return None
        case SecretStr():
            return REMOVED
        case BaseModel():
            return masked(value) if mark is None else {name: _masked(item, mark) for name, item in value}
        case Mapping():
            return {str(key): _masked(item, mark) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(item, mark) for item in value]
        case _:
            return _leaf(value) if mark is None else mark.mask(str(value))


def _leaf(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, date | Decimal) else value


@cache
def _marks(model: type[BaseModel]) -> dict[str, Sensitive]:
    """Find the marked fields of a model, also inside `X | None` and `tuple[X, ...]`."""
    found = {name: _mark(field) for name, field in model.model_fields.items()}
    return {name: mark for name, mark in found.items() if mark is not None}


def _mark(field: FieldInfo) -> Sensitive | None:
    for item in field.metadata:
        if isinstance(item, Sensitive):
            return item
    return _mark_in(field.annotation)


def _mark_in(annotation: Any) -> Sensitive | None:
    for argument in get_args(annotation):
        if isinstance(argument, Sensitive):
            return argument
        if (mark := _mark_in(argument)) is not None:
            return mark
    return None
