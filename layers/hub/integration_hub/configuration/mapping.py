"""DCS_MAPPING: a program's own names and codes for the vendor's values, beside them and never instead of them.

One document per operation, in `config_metadata`, checked when it is written and again when it is read:

    {"version": "2026-11", "fields": {"color": {
        "source": "vehicles.vehicle.major_color_code", "values": {"BLU": "BLUE", "GRY": "GREY"}, "otherwise": "OTHER"}}}

`source` is a path into the operation's result; a list on the way means each of its entries.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Annotated, Any, Self, get_args, get_origin

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from integration_hub.configuration_key import Key, Kind
from integration_hub.models.answer import Mapped, MappedValue
from integration_hub.privacy import HubModel
from integration_hub.vendor.contract import AnyOperation

FORM = "mapping of fields and codes"
_LONGEST = 64 * 1024
_SCALARS = (str, bool, int, date, Decimal, Enum)

CarrierName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Code = Annotated[str, Field(max_length=200)]


def _distinct(values: Mapping[str, str]) -> Mapping[str, str]:
    if len({vendor.casefold() for vendor in values}) < len(values):
        raise ValueError("must not name the same vendor value twice (case is ignored)")
    return values


class FieldMapping(HubModel):
    """How one of the carrier's fields follows from one of the vendor's."""

    source: str = Field(
        max_length=200, description="path into the result, for example vehicles.vehicle.major_color_code"
    )
    values: Annotated[Mapping[Code, Code], AfterValidator(_distinct)] = Field(
        {}, max_length=1000, description="vendor's value to carrier's; case is ignored"
    )
    otherwise: Code | None = Field(None, description="for values without an entry; none: the carrier's value is null")


class FieldMappings(HubModel):
    """All mapped fields of an operation's result, under one version."""

    version: str = Field(pattern=r"^[A-Za-z0-9._-]{1,50}$")
    fields: Mapping[CarrierName, FieldMapping] = Field(max_length=100)

    @classmethod
    def read(cls, text: str, operation: AnyOperation) -> Self:
        """Read and check a document; raises ValueError that names the place and quotes no value."""
        if len(text) > _LONGEST:
            raise ValueError(f"must be at most {_LONGEST} characters")
        try:
            mappings = cls.model_validate_json(text)
        except ValidationError as error:
            problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in problem["loc"]) or "(document)"
            raise ValueError(f"{place}: {problem['msg']}") from None
        for name, mapping in mappings.fields.items():
            if (reason := _unreachable(operation.result, mapping.source)) is not None:
                raise ValueError(f"fields.{name}.source: {reason} in the result of {operation.name}")
        return mappings

    @classmethod
    def of_document(cls, document: Mapping[str, Any], operation: AnyOperation) -> Self:
        """Check a document that is not a text yet; raises ValueError as `read` does."""
        return cls.read(json.dumps(document), operation)

    def of(self, result: HubModel) -> Mapped:
        """Return the carrier's value beside each vendor value that is there."""
        return Mapped(version=self.version, values=tuple(self._values(result)))

    def _values(self, result: HubModel) -> Iterator[MappedValue]:
        for name, mapping in self.fields.items():
            known = {vendor.strip().casefold(): carrier for vendor, carrier in mapping.values.items()}
            for place, value in _found(result, mapping.source.split("."), "/result"):
                vendor = _text(value)
                carrier = known.get(vendor.strip().casefold(), mapping.otherwise)
                yield MappedValue(field=name, place=place, vendor=vendor, carrier=carrier)


def operation_mapping(operation: AnyOperation) -> Key[FieldMappings]:
    """Return the key of an operation's mapping; without one the result has the vendor's values only."""
    return Key(
        Kind.MAPPING,
        operation.setting_name,
        lambda text: FieldMappings.read(text, operation),
        FORM,
        "The carrier's own fields and codes",
        FieldMappings(version="none", fields={}),
    )


def _found(value: Any, path: list[str], place: str) -> Iterator[tuple[str, Any]]:
    """Return what stands at a path, each with its JSON pointer; what is absent is not there to be mapped."""
    if isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _found(item, path, f"{place}/{index}")
    elif value is not None and not path:
        yield place, value
    elif value is not None:
        yield from _found(getattr(value, path[0]), path[1:], f"{place}/{path[0]}")


def _text(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unreachable(model: type[BaseModel], source: str) -> str | None:
    """Return why no single value stands at a path, or None when one does."""
    kinds: set[Any] = {model}
    for step in source.split("."):
        models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not models or step not in models[0].model_fields:
            return "there is no such field"
        kinds = set(_leaves(models[0].model_fields[step].annotation))
    if any(not isinstance(kind, type) or not issubclass(kind, _SCALARS) for kind in kinds):
        return "there is more than a single value"
    return None


def _leaves(annotation: Any) -> Iterator[Any]:
    """Return the types inside `X | None`, `tuple[X, ...]` and `Annotated[X, ...]`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(annotation.__origin__)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield origin
    elif arguments := [one for one in get_args(annotation) if one is not NoneType and one is not Ellipsis]:
        for one in arguments:
            yield from _leaves(one)
    else:
        yield annotation
