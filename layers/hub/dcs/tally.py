"""Counts of what one reading of a response tolerated, could not read or did not know."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from dcs import normal_forms

OTHER = "(other)"
MAX_NAMES = 50
"""Distinct element names counted per response; further names are counted together as OTHER."""

_ELEMENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,59}", re.ASCII)


@dataclass(slots=True)
class Tally:
    """Counts of one reading."""

    tolerances: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    set_aside: int = 0
    restricted: Counter[str] = field(default_factory=Counter)
    """The part of `tolerances` that would reveal something about a criminal record."""

    def add_restricted(self, inner: "Tally") -> None:
        """Add the counts of a criminal record."""
        self.tolerances += inner.tolerances
        self.restricted += inner.tolerances
        self.set_aside += inner.set_aside
        for names, inner_names in ((self.unknown, inner.unknown), (self.unreadable, inner.unreadable)):
            for name in inner_names.elements():
                _count(names, name)

    def note(self, note: str, name: str) -> None:
        """Count the note that a reader of normal_forms returned for the element `name`."""
        if note == normal_forms.UNREADABLE:
            _count(self.unreadable, name)
        else:
            self.tolerances[note] += 1

    def note_unknown(self, name: str) -> None:
        """Count an unknown element."""
        _count(self.unknown, name)

    def summary(self) -> dict[str, Any]:
        """Return the fields of SearchResult."""
        return {
            "tolerances": dict(sorted(self.tolerances.items())),
            "tolerances_on_record": dict(sorted((self.tolerances - self.restricted).items())),
            "unknown_elements": dict(sorted(self.unknown.items())),
            "unreadable_values": dict(sorted(self.unreadable.items())),
            "records_set_aside": self.set_aside,
        }


def _count(counter: Counter[str], name: str) -> None:
    """Count a name. A text that is not a plain element name may be data (JSON keys can hold any) and is not kept."""
    has_room = name in counter or len(counter) < MAX_NAMES
    counter[name if has_room and _ELEMENT_NAME.fullmatch(name) else OTHER] += 1
