"""Reads records from their declarations.

Elements are found by name, without regard to case, namespace or order; the other spellings in quirks.py are accepted.
Missing, empty and self-closed elements are the same. Tolerances, unknown elements and unreadable values are counted
in a `Tally`, which becomes part of every result, so that a change at the vendor is noticed.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, get_args
from xml.etree.ElementTree import Element, SubElement

from dcs import normal_forms
from dcs.quirks import ALIASES, CASE, CASE_QUIRKS, FLAT_ADDRESSES, NAMESPACE
from dcs.records import NodeReader, Record, Source, TextReader
from dcs.tally import Tally

type Values = dict[str, Any]
"""Values of one record, by field name."""

type Handler = Callable[[Element, Values, Tally], None]
"""Adds what an element holds to the values."""

RAW = "raw"


class Binding(NamedTuple):
    """The field that an element belongs to, its handler, and the quirk that finding it counts as."""

    field: str
    handle: Handler
    quirk: str | None = None


class RecordReader:
    """Reads one type of record."""

    def __init__(self, model: type[Record]) -> None:
        self.model = model
        self.exact: dict[str, Binding] = {}
        self.flat: dict[str, Binding] = {}
        for name, info in model.model_fields.items():
            if isinstance(source := info.json_schema_extra, Source):
                self.exact[source.name] = Binding(name, _handler(name, info.annotation, source))
        self.folded = {name.casefold(): binding for name, binding in self.exact.items()}
        self.spelling = {name.casefold(): name for name in self.exact}
        for name, binding in self.exact.items():
            for alias, quirk in ALIASES.get(name, ()):
                self.folded.setdefault(alias.casefold(), binding._replace(quirk=quirk))
            for flat, part in FLAT_ADDRESSES.get(name, {}).items():
                self.folded[flat.casefold()] = Binding(binding.field, _address_part(name, part), "A18")
                self.flat[name] = binding

    def record(self, node: Element, tally: Tally) -> Any:
        """Read a record; None when the element holds nothing."""
        values = self.values(node, tally)
        return self.model.model_validate(values) if values else None

    def values(self, node: Element, tally: Tally) -> Values:
        """Read the fields of a record that are present."""
        values: Values = {}
        exact = self.exact
        for child in node:
            binding = exact.get(child.tag) or self._tolerate(child.tag, tally)
            if binding is not None:
                binding.handle(child, values, tally)
        for name, binding in self.flat.items():
            address = values.pop(name, None)
            if address is not None and binding.field not in values:
                binding.handle(address, values, tally)
        if values:
            self.model.derive(values, tally)
        return values

    def _tolerate(self, tag: str, tally: Tally) -> Binding | None:
        """Find an element with an unexpected spelling; count the tolerance, or the unknown element."""
        local = _local_name(tag, tally)
        folded = local.casefold()
        binding = self.folded.get(folded)
        if binding is None:
            tally.note_unknown(local)
        elif binding.quirk is not None:
            tally.tolerances[binding.quirk] += 1
        elif local != self.spelling[folded]:
            tally.tolerances[CASE_QUIRKS.get(folded, CASE)] += 1
        return binding


@cache
def record_reader(model: type[Record]) -> RecordReader:
    """Return the reader of a record type."""
    return RecordReader(model)


_BY_TYPE: Mapping[Any, TextReader] = {
    str: normal_forms.text,
    date: normal_forms.day,
    bool: normal_forms.flag,
    int: normal_forms.count,
    Decimal: normal_forms.amount,
}


def _handler(name: str, annotation: Any, source: Source) -> Handler:
    """Select the handler of a field by its declaration."""
    if source.node is not None:
        return _node(name, source.node)
    types = _leaf_types(annotation)
    records = [kind for kind in types if isinstance(kind, type) and issubclass(kind, Record)]
    if source.item is not None:
        append = _list_item(name, record_reader(records[0]).record)
        return append if source.item == source.name else _list(source.item, append)
    if records:
        return _nested_record(name, record_reader(records[0]).record)
    return _text(name, source.read or next(_BY_TYPE[kind] for kind in types if kind in _BY_TYPE))


def _leaf_types(annotation: Any) -> list[Any]:
    """Return the types inside `X | None`, `tuple[X, ...]` and `Annotated[X, ...]`."""
    inner = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return [leaf for argument in inner for leaf in _leaf_types(argument)] if inner else [annotation]


def _local_name(tag: str, tally: Tally) -> str:
    """Return the name without its namespace, which counts as a tolerance."""
    local = tag.rpartition("}")[2]
    if local != tag:
        tally.tolerances[NAMESPACE] += 1
    return local


def _text(name: str, read: TextReader) -> Handler:
    """Read a text into a value; the text is kept in `raw` where the value differs from it."""

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
            # Two different values: nothing says which one applies, so neither is used.
            tally.note(normal_forms.UNREADABLE, node.tag)
            values.pop(name, None)
            value = None
        if value is not None:
            values[name] = value
        if value is not content and not content.isspace():
            values.setdefault(RAW, {})[name] = content

    return handle


def _nested_record(name: str, read: Callable[[Element, Tally], Any]) -> Handler:
    """Read a single nested record. A second one is not merged into the first; it counts as unreadable."""

    def handle(node: Element, values: Values, tally: Tally) -> None:
        if name in values:
            tally.note(normal_forms.UNREADABLE, node.tag)
        elif (record := read(node, tally)) is not None:
            values[name] = record

    return handle


def _node(name: str, read: NodeReader) -> Handler:
    """Read an element with its own function."""

    def handle(node: Element, values: Values, tally: Tally) -> None:
        values[name] = read(node, tally, values.get(name))

    return handle


def _list(item: str, append: Handler) -> Handler:
    """Read a list in its wrapper."""
    folded = item.casefold()

    def handle(node: Element, values: Values, tally: Tally) -> None:
        for child in node:
            if child.tag == item:
                append(child, values, tally)
                continue
            local = _local_name(child.tag, tally)
            if local.casefold() == folded:
                if local != item:
                    tally.tolerances[CASE_QUIRKS.get(folded, CASE)] += 1
                append(child, values, tally)
            else:
                tally.note_unknown(local)

    return handle


def _list_item(name: str, read: Callable[[Element, Tally], Any]) -> Handler:
    """Read one item of a list: an empty item is dropped (B13), an item without elements is set aside."""

    def handle(node: Element, values: Values, tally: Tally) -> None:
        if (record := read(node, tally)) is not None:
            values.setdefault(name, []).append(record)
        elif node.text and not node.text.isspace() and not len(node):
            tally.set_aside += 1
        else:
            tally.tolerances["B13"] += 1

    return handle


def _address_part(address_name: str, part: str) -> Handler:
    """Collect one part of a flat address (A18) into an element like the nested form."""

    def handle(node: Element, values: Values, _tally: Tally) -> None:
        address = values.setdefault(address_name, Element(address_name))
        SubElement(address, part).text = node.text

    return handle
