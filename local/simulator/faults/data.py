"""Faults of the content: well-formed answers that are wrong about who or what was asked for."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

from local.simulator.faults.model import Argument, Fault
from local.simulator.operations.shapes import SHAPES

RECORDS = ("DriversLicense", "CriminalProfile", "Vehicle")


def records(root: Element) -> Iterator[tuple[Element, Element]]:
    """Return each record of an answer with the list that holds it."""
    for holder in root:
        yield from ((holder, record) for record in list(holder) if record.tag in RECORDS)


def _duplicate(root: Element, _: str) -> None:
    for holder, record in list(records(root))[:1]:
        holder.insert(0, deepcopy(record))


def _drop(root: Element, _: str) -> None:
    for holder, record in list(records(root))[:1]:
        holder.remove(record)


def _mistake_id(root: Element, _: str) -> None:
    for _holder, record in list(records(root))[:1]:
        if (name := record.find("Id")) is not None:
            name.text = "NOT-YOURS"
        if (vin := record.find("VehicleDetail/Vin")) is not None:
            vin.text = "1ZZTESTC9GX000303"


def _extend(root: Element, _: str) -> None:
    for parent in [root, *(record for _, record in records(root))]:
        added = Element("AddedInVersion99")
        SubElement(added, "Detail").text = "unknown"
        parent.insert(0, added)


def _shape(text: str) -> str:
    if text not in SHAPES:
        raise ValueError(text)
    return text


FAULTS = (
    Fault("duplicate", "the first record comes twice", change=_duplicate),
    Fault("missing-id", "the first record asked for is left out", change=_drop),
    Fault("wrong-id", "the first record carries an Id, or a VIN, that nobody asked for", change=_mistake_id),
    Fault("unknown-elements", "elements of a later version, in the root and in each record", change=_extend),
    Fault(
        "no-aliases",
        "the alias search is off, as for a new customer",
        behave=lambda behaviour, _: replace(behaviour, alias_search=False),
    ),
    Fault(
        "json-shape",
        "the shape of JSON answers: root and nested lists, single items as objects, or neither",
        Argument("A, A-single or B", "B", _shape),
        behave=lambda behaviour, text: replace(behaviour, json_shape=text),
    ),
)
