"""Reads CriminalHistories, and detects records that were merged or could not be read."""

from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from dcs.criminal_records.records import CriminalHistories, Offense, PossibleMatch
from dcs.record_reader import record_reader
from dcs.tally import Tally


class Histories(NamedTuple):
    """The records under CriminalHistories.

    `has_unread_content`: it contains something that could not be read, so it does not prove "none".
    `is_merged`: it contains parts of another record, so its records cannot be attributed to a person (B4, B16).
    """

    records: tuple[PossibleMatch, ...] = ()
    has_unread_content: bool = False
    is_merged: bool = False


def read_histories(node: Element, tally: Tally, earlier: Histories | None = None) -> Histories:
    """Read the records under CriminalHistories. A second CriminalHistories makes the records merged."""
    inner = Tally()
    histories = _read(node, inner)
    tally.add_restricted(inner)
    if earlier is None:
        return histories
    unread = earlier.has_unread_content or histories.has_unread_content
    return Histories(earlier.records + histories.records, unread, is_merged=True)


def _read(node: Element, tally: Tally) -> Histories:
    wrapper: CriminalHistories | None = record_reader(CriminalHistories).record(node, tally)
    unread = bool(tally.set_aside or tally.unknown or (node.text or "").strip())
    merged = _is_merged(node)
    if wrapper is None:
        return Histories((), unread, merged)
    outer = {"match": wrapper.match, "offenses_reported": wrapper.offenses_reported}
    outer = {name: value for name, value in outer.items() if value is not None}
    if outer:
        tally.tolerances["B5"] += 1
    if len(wrapper.records) == 1 and not unread:
        return Histories((_completed(wrapper.records[0], outer),), unread, merged)
    records_missing = not wrapper.records and bool(wrapper.offenses_reported)
    return Histories(wrapper.records, unread or records_missing, merged)


def _completed(record: PossibleMatch, outer: Mapping[str, object]) -> PossibleMatch:
    """Add the values that stand beside a single record; its own values take precedence (B5)."""
    return record.model_copy(update={name: value for name, value in outer.items() if getattr(record, name) is None})


def _is_merged(node: Element) -> bool:
    """Whether a record contains another one, or an offense contains no element of an offense (B16)."""
    known = record_reader(Offense).folded
    for record in node:
        for inner in record.iter():
            name = _folded_name(inner)
            if inner is not record and name == "criminalhistory":
                return True
            if name == "offense" and len(inner) and not any(_folded_name(child) in known for child in inner):
                return True
    return False


def _folded_name(node: Element) -> str:
    return node.tag.rpartition("}")[2].casefold()
