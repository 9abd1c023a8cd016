"""Effective configuration from the database, kept for a while and served stale when the database is away."""

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from integration_hub.configuration.effective import ConfigurationRow, EffectiveConfiguration, IgnoredRow, resolve
from integration_hub.configuration.keys import KEYS, Key, Level, operation_cache, operation_path, operation_price
from integration_hub.configuration.mapping import operation_mapping
from integration_hub.db.connection import Database, Row
from integration_hub.errors import ConfigurationMissing, DatabaseUnavailable, ProgramUnknown
from integration_hub.integration import AnyOperation, Integration

# One query for all that a call needs. A row that the map names for this program applies only to the integration
# types whose map row is active; a row that the map does not name applies to all.
_LOAD = r"""
SELECT p.id AS program_id, i.id AS integration_id,
       (SELECT u.id FROM user u WHERE u.username = 'integration-hub') AS system_user_id,
       c.id AS row_id, ct.code AS type_code, c.config_key, c.scope,
       IF(ct.code LIKE '%%\_MAPPING', c.config_metadata, c.config_value) AS config_value
FROM integration_type it
JOIN integration i ON i.id = (
    SELECT MIN(active.id) FROM integration active JOIN status s ON s.id = active.status_id AND s.code = 'ACTIVE'
    WHERE active.integration_type_id = it.id)
LEFT JOIN program p ON p.id = %(program_id)s
LEFT JOIN (configuration c
           JOIN configuration_type ct ON ct.id = c.configuration_type_id AND ct.code LIKE %(types)s
           JOIN status cs ON cs.id = c.status_id AND cs.code = 'ACTIVE')
  ON (c.scope = 'SYSTEM'
      OR (c.scope = 'PROGRAM' AND c.scope_id = %(program_id)s)
      OR (c.scope = 'INTEGRATION' AND c.scope_id = i.id))
 AND (NOT EXISTS (SELECT 1 FROM map_integration_configuration m
                  WHERE m.configuration_id = c.id AND m.program_id = %(program_id)s)
      OR EXISTS (SELECT 1 FROM map_integration_configuration m
                 WHERE m.configuration_id = c.id AND m.program_id = %(program_id)s
                   AND m.integration_type_id = it.id AND m.is_active = 1))
WHERE it.code = %(type_code)s
"""


_SYSTEM_VALUE = """
SELECT c.config_value FROM configuration c
JOIN configuration_type ct ON ct.id = c.configuration_type_id AND ct.code = %(type_code)s
JOIN status s ON s.id = c.status_id AND s.code = 'ACTIVE'
WHERE c.scope = 'SYSTEM' AND c.config_key = %(key)s AND c.config_value IS NOT NULL
"""


def system_value[T](database: Database, vendor: str, key: Key[T]) -> T:
    """Return what is set for everybody, for those who ask about no program; raise ConfigurationMissing."""
    rows = database.query(_SYSTEM_VALUE, {"type_code": f"{vendor}_{key.kind}", "key": key.name})
    found = [ConfigurationRow(0, f"{vendor}_{key.kind}", key.name, row["config_value"], Level.SYSTEM) for row in rows]
    return resolve(vendor, 0, 0, None, found)[key]


@dataclass(frozen=True, slots=True)
class _Cached:
    configuration: EffectiveConfiguration
    loaded_at: float


class ConfigurationStore:
    """Settings per (program, integration type).

    `fresh_seconds`: how long a load counts as current. `stale_seconds`: how long it is still served while the
    database does not answer; after that the call is refused. `clock` is monotonic seconds. `report_ignored` hears
    of each row that could not be used, once per load.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], float],
        report_ignored: Callable[[IgnoredRow], None],
        fresh_seconds: float = 60,
        stale_seconds: float = 900,
    ) -> None:
        self._database = database
        self._clock = clock
        self._report_ignored = report_ignored
        self._fresh_seconds = fresh_seconds
        self._stale_seconds = stale_seconds
        self._cache: dict[tuple[int, str], _Cached] = {}
        self._loading = threading.Lock()

    def effective(self, integration: Integration, program_id: int) -> EffectiveConfiguration:
        """Return the settings that count now; raise ProgramUnknown, ConfigurationMissing or DatabaseUnavailable."""
        place = (program_id, integration.type_code)
        cached = self._cache.get(place)
        if cached is not None and self._clock() - cached.loaded_at < self._fresh_seconds:
            return cached.configuration
        with self._loading:
            return self._refreshed(place, integration)

    def _refreshed(self, place: tuple[int, str], integration: Integration) -> EffectiveConfiguration:
        cached = self._cache.get(place)
        now = self._clock()
        if cached is not None and now - cached.loaded_at < self._fresh_seconds:
            return cached.configuration  # another caller loaded it while this one waited
        try:
            configuration = self._load(integration, place[0])
        except DatabaseUnavailable:
            if cached is not None and now - cached.loaded_at < self._stale_seconds:
                return cached.configuration
            raise
        self._cache[place] = _Cached(configuration, now)
        for bad in configuration.ignored(_keys_of(integration)):
            self._report_ignored(bad)
        return configuration

    def _load(self, integration: Integration, program_id: int) -> EffectiveConfiguration:
        types = integration.vendor.replace("_", r"\_") + r"\_%"
        rows = self._database.query(
            _LOAD, {"program_id": program_id, "type_code": integration.type_code, "types": types}
        )
        if not rows:
            raise ConfigurationMissing(f"There is no active integration of type {integration.type_code}.")
        first = rows[0]
        if first["program_id"] is None:
            raise ProgramUnknown(f"Program {program_id} does not exist.")
        return resolve(
            integration.vendor, program_id, first["integration_id"], first["system_user_id"], map(_row, _present(rows))
        )


def _present(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if row["row_id"] is not None and row["config_value"] is not None)


def _row(row: Row) -> ConfigurationRow:
    return ConfigurationRow(
        row["row_id"], row["type_code"], row["config_key"], row["config_value"], Level(row["scope"])
    )


def _keys_of(integration: Integration) -> list[Any]:
    return [*KEYS, *itertools.chain.from_iterable(map(_keys_of_operation, integration.operations))]


def _keys_of_operation(operation: AnyOperation) -> Iterable[Key[Any]]:
    yield operation_path(operation.path_key)
    yield operation_price(operation.setting_name)
    yield operation_mapping(operation)
    if operation.reuse is not None:
        yield operation_cache(operation.setting_name, operation.reuse.hours)
