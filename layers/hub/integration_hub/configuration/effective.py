"""Which value is effective, and why: SYSTEM < PROGRAM < INTEGRATION, most specific wins.

Pure: rows in, answer out. A row that does not parse never becomes effective; the next level's value does, and
the row is listed in `ignored` so that it can be reported.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from integration_hub.configuration_key import Key, Level
from integration_hub.errors import ConfigurationMissing

_PRECEDENCE = {Level.INTEGRATION: 0, Level.PROGRAM: 1, Level.SYSTEM: 2}


@dataclass(frozen=True, slots=True)
class ConfigurationRow:
    """One active row of `configuration` that applies to a program and an integration type."""

    row_id: int
    type_code: str
    key: str
    value: str
    level: Level


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """A row whose value breaks the key's rule, with the reason (without the value)."""

    row: ConfigurationRow
    reason: str


@dataclass(frozen=True, slots=True)
class EffectiveConfiguration:
    """The settings of one (program, integration type), as of one load.

    `version` changes exactly when a row that applies changes; it is written to integration_log, so that a call
    can be held against the settings it was made with.
    """

    vendor: str
    program_id: int
    integration_id: int
    system_user_id: int | None
    version: str
    rows: dict[tuple[str, str], tuple[ConfigurationRow, ...]]
    _parsed: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__[T](self, key: Key[T]) -> T:
        """Return the effective value; raise ConfigurationMissing when there is neither a usable row nor a default."""
        place = (f"{self.vendor}_{key.kind}", key.name)
        if place in self._parsed:
            value: T = self._parsed[place]
            return value
        usable, _ = _read(key, self.rows.get(place, ()))
        found = usable[0][1] if usable else key.default
        if found is None:
            raise ConfigurationMissing(
                f"The setting {place[0]}.{place[1]} has no usable value for program {self.program_id} ({key.form})."
            )
        self._parsed[place] = found
        return found

    def at_each_level[T](self, key: Key[T]) -> dict[Level, T]:
        """Return the value set at each level, for limits, which all count; the default stands in at SYSTEM."""
        usable, _ = _read(key, self.rows.get((f"{self.vendor}_{key.kind}", key.name), ()))
        found = {} if key.default is None else {Level.SYSTEM: key.default}
        return found | dict(usable)

    def ignored(self, keys: Iterable[Key[Any]]) -> list[IgnoredRow]:
        """Return every row of these keys that cannot be used, also where another row would count before it."""
        return [
            bad for key in keys for bad in _read(key, self.rows.get((f"{self.vendor}_{key.kind}", key.name), ()))[1]
        ]


def resolve(
    vendor: str, program_id: int, integration_id: int, system_user_id: int | None, rows: Iterable[ConfigurationRow]
) -> EffectiveConfiguration:
    """Order the rows of each key from the most specific to the most general."""
    places: dict[tuple[str, str], list[ConfigurationRow]] = {}
    for row in rows:
        places.setdefault((row.type_code, row.key), []).append(row)
    ordered = {
        place: tuple(sorted(found, key=lambda row: _PRECEDENCE[row.level])) for place, found in sorted(places.items())
    }
    content = repr([(row.row_id, row.type_code, row.key, row.value, row.level) for o in ordered.values() for row in o])
    version = hashlib.sha256(content.encode()).hexdigest()[:12]
    return EffectiveConfiguration(vendor, program_id, integration_id, system_user_id, version, ordered)


def _read[T](key: Key[T], rows: Iterable[ConfigurationRow]) -> tuple[list[tuple[Level, T]], list[IgnoredRow]]:
    """Return the usable values in the order of the rows, and the rows that are not usable."""
    usable: list[tuple[Level, T]] = []
    ignored: list[IgnoredRow] = []
    for row in rows:
        try:
            usable.append((row.level, key.parse(row.value)))
        except ValueError as error:
            ignored.append(IgnoredRow(row, str(error)))
    return usable, ignored
