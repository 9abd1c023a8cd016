"""Effective configuration from the database, cached, and served stale while the database is unavailable."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from integration_hub import events
from integration_hub.configuration.effective import ConfigurationRow, EffectiveConfiguration, IgnoredRow, resolve
from integration_hub.configuration.keys import KEYS, operation_cache, operation_path, operation_price
from integration_hub.configuration.mapping import operation_mapping
from integration_hub.configuration_key import Key, Level
from integration_hub.db.connection import Database, Row
from integration_hub.deadline import Deadline
from integration_hub.errors import ConfigurationMissing, ProgramUnknown
from integration_hub.ttl_cache import TtlCache
from integration_hub.vendor.contract import AnyOperation, Integration

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
    """Return the value at SYSTEM, for what belongs to no program; raise ConfigurationMissing."""
    rows = database.query(_SYSTEM_VALUE, {"type_code": f"{vendor}_{key.kind}", "key": key.name})
    found = [ConfigurationRow(0, f"{vendor}_{key.kind}", key.name, row["config_value"], Level.SYSTEM) for row in rows]
    return resolve(vendor, 0, 0, None, found)[key]


class ConfigurationStore:
    """Settings per (program, integration type).

    `fresh_seconds`: how long a load is current. `stale_seconds`: how long it is still served while the database is
    unavailable; after that calls are refused. `clock` is monotonic seconds. Each row that could not be used is
    reported once per load.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], float],
        report: events.Hook,
        fresh_seconds: float = 60,
        stale_seconds: float = 900,
    ) -> None:
        self._database = database
        self._report = report
        self._cache: TtlCache[tuple[int, str], EffectiveConfiguration] = TtlCache(
            clock, ttl_seconds=fresh_seconds, stale_seconds=stale_seconds
        )

    def effective(
        self, integration: Integration, program_id: int, by: Deadline | None = None
    ) -> EffectiveConfiguration:
        """Return the effective settings; raise ProgramUnknown, ConfigurationMissing or DatabaseUnavailable."""
        place = (program_id, integration.type_code)
        return self._cache.get(place, lambda: self._loaded(integration, program_id, by))

    def _loaded(self, integration: Integration, program_id: int, by: Deadline | None) -> EffectiveConfiguration:
        configuration = self._load(integration, program_id, by)
        for bad in configuration.ignored(_keys_of(integration)):
            self._report(_ignored(bad))
        return configuration

    def _load(self, integration: Integration, program_id: int, by: Deadline | None) -> EffectiveConfiguration:
        types = integration.vendor.replace("_", r"\_") + r"\_%"
        rows = self._database.query(
            _LOAD, {"program_id": program_id, "type_code": integration.type_code, "types": types}, by=by
        )
        if not rows:
            raise ConfigurationMissing(f"No active integration of type {integration.type_code} exists.")
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


def _ignored(bad: IgnoredRow) -> events.ConfigurationRowIgnored:
    row = bad.row
    return events.ConfigurationRowIgnored(row.row_id, f"{row.type_code}.{row.key}", row.level.value, bad.reason)


def _keys_of(integration: Integration) -> list[Key[Any]]:
    operations = itertools.chain.from_iterable(map(_keys_of_operation, integration.operations))
    return [*KEYS, *integration.settings, *operations]


def _keys_of_operation(operation: AnyOperation) -> Iterable[Key[Any]]:
    yield operation_path(operation.setting_name)
    yield operation_price(operation.setting_name)
    yield operation_mapping(operation)
    if operation.cache is not None:
        yield operation_cache(operation.setting_name, operation.cache.hours)
