"""Vendor records, declared: each field names the element it is read from, and one reader fills them all.

    class PriorAddress(Record):
        address: Street | None = element("Address", "street, apartment and ZIP in one line")

Elements are found by name, without regard to case, namespace or order; spellings that quirks.py knows are
accepted. Missing, empty and self-closed elements are the same. What was tolerated, unknown or unreadable is
counted in a `Tally`, which ends up in every result, so that a change at the vendor shows.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args
from xml.etree.ElementTree import Element, SubElement

from pydantic import Field

from dcs import normal_forms
from dcs.quirks import ALIASES, CASE, CASE_QUIRKS, FLAT_ADDRESSES, NAMESPACE
from integration_hub.privacy import RESTRICTED, HubModel

type Reader = Callable[[str], normal_forms.Reading[Any]]

OTHER = "(other)"
MOST_NAMES = 50  # distinct names counted per answer; the rest are counted together
_HARMLESS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,59}", re.ASCII)


class Record(HubModel):
    """A record of the vendor. `raw` keeps the vendor's text of each field whose value is not that very text."""

    raw: Annotated[Mapping[str, str], RESTRICTED] = Field({}, description="vendor's text by field name")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: "Tally") -> None:
        """Add what follows from the values that were read. For subclasses."""


class SearchResult(HubModel):
    """What every result carries about the reading of the vendor's answer.

    All counts go to the caller and to metrics over many calls. The record of one call gets only what was tolerated
    outside criminal records, because some quirks occur nowhere else.
    """

    tolerances: Annotated[Mapping[str, int], RESTRICTED] = Field({}, description="by quirk number (docs/quirks.md)")
    tolerances_on_record: Mapping[str, int] = Field({}, exclude=True, description="those that tell of nobody's record")
    unknown_elements: Annotated[Mapping[str, int], RESTRICTED] = Field({}, description="unknown elements, by name")
    unreadable_values: Annotated[Mapping[str, int], RESTRICTED] = Field({}, description="kept as raw only, by element")
    records_set_aside: int = Field(0, description="records of which nothing could be read")


@dataclass(slots=True)
class Tally:
    """Counts of one reading."""

    tolerances: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    set_aside: int = 0
    restricted: Counter[str] = field(default_factory=Counter)
    """The tolerances among all that would tell of a criminal record."""

    def restrict(self, inner: "Tally") -> None:
        """Add the counts of a criminal record, apart."""
        self.tolerances += inner.tolerances
        self.restricted += inner.tolerances
        self.set_aside += inner.set_aside
        for mine, others in ((self.unknown, inner.unknown), (self.unreadable, inner.unreadable)):
            for name in others.elements():
                _count_name(mine, name)

    def note(self, note: str, name: str) -> None:
        """Count what a reader of normal_forms noted about the element `name`."""
        if note == normal_forms.UNREADABLE:
            _count_name(self.unreadable, name)
        else:
            self.tolerances[note] += 1

    def summary(self) -> dict[str, Any]:
        """Return the fields of SearchResult."""
        return {
            "tolerances": dict(sorted(self.tolerances.items())),
            "tolerances_on_record": dict(sorted((self.tolerances - self.restricted).items())),
            "unknown_elements": dict(sorted(self.unknown.items())),
            "unreadable_values": dict(sorted(self.unreadable.items())),
            "records_set_aside": self.set_aside,
        }


def _count_name(counter: Counter[str], name: str) -> None:
    """Count a name, unless it could be something else than a name (JSON keys can hold anything)."""
    known = name in counter or len(counter) < MOST_NAMES
    counter[name if known and _HARMLESS_NAME.fullmatch(name) else OTHER] += 1


type NodeReader = Callable[[Element, Tally, Any], Any]
"""Reads a whole element; the third argument is what an earlier element of the same name gave, or None."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field comes from. Also names the element in the JSON schema of the record."""

    name: str
    read: Reader | None
    item: str | None
    node: NodeReader | None

    def __call__(self, schema: dict[str, Any]) -> None:
        """Add the vendor's name to the schema of the field (pydantic's json_schema_extra)."""
        schema["vendor_element"] = self.name


def element(
    name: str,
    description: str,
    *,
    read: Reader | None = None,
    item: str | None = None,
    node: NodeReader | None = None,
    default: Any = None,
) -> Any:
    """Declare the vendor element of a field.

    The reader follows from the field's type unless `read` is given for its text or `node` for all of it. A list
    names its `item`; where the items have no wrapper, `name` and `item` are the same.
    """
    source = Source(name, read, item, node)
    return Field(() if item else default, description=description, json_schema_extra=source)


type Values = dict[str, Any]
type Handler = Callable[[Element, Values, Tally], None]

RAW = "raw"


class Slot(NamedTuple):
    """What to do with an element, and the quirk that finding it counts as."""

    field: str
    handle: Handler
    quirk: str | None = None


class Plan:
    """The compiled reader of one record type."""

    def __init__(self, model: type[Record]) -> None:
        self.model = model
        self.exact: dict[str, Slot] = {}
        self.flat: dict[str, Slot] = {}
        for name, info in model.model_fields.items():
            if isinstance(source := info.json_schema_extra, Source):
                self.exact[source.name] = Slot(name, _handler(name, info.annotation, source))
        self.folded = {name.casefold(): slot for name, slot in self.exact.items()}
        self.spelling = {name.casefold(): name for name in self.exact}
        for name, slot in self.exact.items():
            for alias, quirk in ALIASES.get(name, ()):
                self.folded.setdefault(alias.casefold(), slot._replace(quirk=quirk))
            for flat, part in FLAT_ADDRESSES.get(name, {}).items():
                self.folded[flat.casefold()] = Slot(slot.field, _part(name, part), "A18")
                self.flat[name] = slot

    def record(self, node: Element, tally: Tally) -> Any:
        """Read a record; None when the element holds nothing at all."""
        values = self.values(node, tally)
        return self.model.model_validate(values) if values else None

    def values(self, node: Element, tally: Tally) -> Values:
        """Read the fields of a record that are present, by field name."""
        values: Values = {}
        exact = self.exact
        for child in node:
            slot = exact.get(child.tag) or self._tolerate(child.tag, tally)
            if slot is not None:
                slot.handle(child, values, tally)
        for name, slot in self.flat.items():
            address = values.pop(name, None)
            if address is not None and slot.field not in values:
                slot.handle(address, values, tally)
        if values:
            self.model.derive(values, tally)
        return values

    def _tolerate(self, tag: str, tally: Tally) -> Slot | None:
        """Find an element that is not spelled as expected, and count why it was found, or that it was not."""
        local = tag.rpartition("}")[2]
        if local != tag:
            tally.tolerances[NAMESPACE] += 1
        folded = local.casefold()
        slot = self.folded.get(folded)
        if slot is None:
            _count_name(tally.unknown, local)
        elif slot.quirk is not None:
            tally.tolerances[slot.quirk] += 1
        elif local != self.spelling[folded]:
            tally.tolerances[CASE_QUIRKS.get(folded, CASE)] += 1
        return slot


@cache
def plan(model: type[Record]) -> Plan:
    """Return the compiled reader of a record type."""
    return Plan(model)


_BY_TYPE: Mapping[Any, Reader] = {
    str: normal_forms.text,
    date: normal_forms.day,
    bool: normal_forms.flag,
    int: normal_forms.count,
    Decimal: normal_forms.amount,
}


def _handler(name: str, annotation: Any, source: Source) -> Handler:
    """Choose what reads a field from its declared type."""
    if source.node is not None:
        return _all(name, source.node)
    kinds = _leaf_types(annotation)
    records = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Record)]
    if source.item is not None:
        append = _append(name, plan(records[0]).record)
        return append if source.item == source.name else _each(source.item, append)
    if records:
        return _one(name, plan(records[0]).record)
    return _value(name, source.read or next(_BY_TYPE[kind] for kind in kinds if kind in _BY_TYPE))


def _leaf_types(annotation: Any) -> list[Any]:
    """Return the types inside `X | None`, `tuple[X, ...]` and `Annotated[X, ...]`."""
    inner = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return [leaf for argument in inner for leaf in _leaf_types(argument)] if inner else [annotation]


def _value(name: str, read: Reader) -> Handler:
    """Read a text into a value, and keep the text wherever the value is not that very text."""

    def handle(node: Element, values: Values, tally: Tally) -> None:
        content = node.text
        if not content:
            if len(node):
                tally.note(normal_forms.UNREADABLE, node.tag)
            return
        value, note = (None, normal_forms.UNREADABLE) if len(node) else read(content)
        if note is not None:
            tally.note(note, node.tag)
        if name in values or name in values.get(RAW, ()):
            if values.get(name) == value:
                return
            # Of two different values nobody knows which is meant, so neither is taken.
            tally.note(normal_forms.UNREADABLE, node.tag)
            values.pop(name, None)
            value = None
        if value is not None:
            values[name] = value
        if value is not content and not content.isspace():
            values.setdefault(RAW, {})[name] = content

    return handle


def _one(name: str, reading: Callable[[Element, Tally], Any]) -> Handler:
    """Read a single nested record. A second one is not merged into the first, but counted."""

    def handle(node: Element, values: Values, tally: Tally) -> None:
        if name in values:
            tally.note(normal_forms.UNREADABLE, node.tag)
        elif (record := reading(node, tally)) is not None:
            values[name] = record

    return handle


def _all(name: str, reading: NodeReader) -> Handler:
    """Read an element by a function of its own."""

    def handle(node: Element, values: Values, tally: Tally) -> None:
        values[name] = reading(node, tally, values.get(name))

    return handle


def _each(item: str, append: Handler) -> Handler:
    """Read a list in its wrapper."""
    folded = item.casefold()

    def handle(node: Element, values: Values, tally: Tally) -> None:
        for child in node:
            if child.tag == item:
                append(child, values, tally)
                continue
            local = child.tag.rpartition("}")[2]
            if local != child.tag:
                tally.tolerances[NAMESPACE] += 1
            if local.casefold() == folded:
                if local != item:
                    tally.tolerances[CASE_QUIRKS.get(folded, CASE)] += 1
                append(child, values, tally)
            else:
                _count_name(tally.unknown, local)

    return handle


def _append(name: str, reading: Callable[[Element, Tally], Any]) -> Handler:
    """Read one item of a list: an empty one is dropped (B13), one without structure is set aside."""

    def handle(node: Element, values: Values, tally: Tally) -> None:
        if (record := reading(node, tally)) is not None:
            values.setdefault(name, []).append(record)
        elif node.text and not node.text.isspace() and not len(node):
            tally.set_aside += 1
        else:
            tally.tolerances["B13"] += 1

    return handle


def _part(key: str, part: str) -> Handler:
    """Collect one part of an address that is not nested (A18), as if it were."""

    def handle(node: Element, values: Values, _tally: Tally) -> None:
        address = values.setdefault(key, Element(key))
        SubElement(address, part).text = node.text

    return handle
