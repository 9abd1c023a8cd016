"""Changing settings: what breaks a rule is refused before it is stored, and the change is reported."""

from typing import Any, Self

from pydantic import Field, model_validator

from integration_hub import events
from integration_hub.configuration.mapping import FieldMappings
from integration_hub.configuration_key import Kind, Level
from integration_hub.db.connection import Database
from integration_hub.errors import FieldProblem, RequestInvalid
from integration_hub.models.identifiers import EntityId, OperatorName, Reason
from integration_hub.privacy import HubModel
from integration_hub.vendor.contract import AnyOperation

_PRESENT = """
SELECT c.config_metadata FROM configuration c
JOIN configuration_type ct ON ct.id = c.configuration_type_id AND ct.code = %(type_code)s
WHERE c.scope = %(level)s AND c.scope_key = COALESCE(%(level_id)s, 0) AND c.config_key = %(key)s
"""

# Safe to repeat. A row that had been switched off becomes active again: a setting that is written is to apply.
_SET = """
INSERT INTO configuration
  (configuration_type_id, config_key, config_value, config_metadata, scope, scope_id, status_id, created_by)
SELECT ct.id, %(key)s, %(version)s, %(document)s, %(level)s, %(level_id)s, s.id, u.id
FROM configuration_type ct
JOIN status s ON s.code = 'ACTIVE'
LEFT JOIN user u ON u.username = 'integration-hub'
WHERE ct.code = %(type_code)s
ON DUPLICATE KEY UPDATE config_value = VALUES(config_value), config_metadata = VALUES(config_metadata),
  status_id = VALUES(status_id), updated_by = VALUES(created_by)
"""

_EXISTS = {
    Level.PROGRAM: "SELECT id FROM program WHERE id = %s",
    Level.INTEGRATION: "SELECT id FROM integration WHERE id = %s",
}


class MappingChange(HubModel):
    """A field mapping to store. `by` and `reason` go to the log: who changed it, and why."""

    operation: str = Field(max_length=50)
    level: Level
    level_id: EntityId | None = None
    """The program's or integration's id; none at SYSTEM."""
    mapping: dict[str, Any]
    """The document of configuration.mapping, with a version that was not used here for another one."""
    by: OperatorName
    reason: Reason

    @model_validator(mode="after")
    def _place_is_whole(self) -> Self:
        if (self.level is Level.SYSTEM) != (self.level_id is None):
            raise ValueError("level_id must be given at PROGRAM and INTEGRATION, and only there")
        return self


class MappingStored(HubModel):
    """What counts now, at the latest a minute from now in every function."""

    key: str
    level: Level
    level_id: int | None
    version: str
    replaced: str | None
    """Version of the mapping that stood there before."""


class ConfigurationChanges:
    """Writes settings and reports each change that was stored."""

    def __init__(self, database: Database, *, report: events.Hook) -> None:
        self._database = database
        self._report = report

    def set_mapping(self, change: MappingChange, operation: AnyOperation, vendor: str) -> MappingStored:
        """Check and store a mapping; raise RequestInvalid that names the place, or DatabaseUnavailable."""
        mapping = _checked(change, operation)
        if change.level is not Level.SYSTEM and not self._database.query(_EXISTS[change.level], (change.level_id,)):
            raise _invalid("level_id", f"The {change.level.value.lower()} {change.level_id} does not exist.")
        place = {
            "type_code": f"{vendor}_{Kind.MAPPING}",
            "key": operation.setting_name,
            "level": change.level.value,
            "level_id": change.level_id,
        }
        present = self._present(place, operation)
        if present is not None and present.version == mapping.version and present != mapping:
            raise _invalid("mapping.version", f"Version {mapping.version} is another mapping; give this one its own.")
        self._database.write(
            _SET, {**place, "version": mapping.version, "document": mapping.model_dump_json(exclude_none=True)}
        )
        stored = MappingStored(
            key=f"{place['type_code']}.{place['key']}",
            level=change.level,
            level_id=change.level_id,
            version=mapping.version,
            replaced=None if present is None else present.version,
        )
        self._report(events.SettingChanged(stored.model_dump(mode="json"), change.by, change.reason))
        return stored

    def _present(self, place: dict[str, Any], operation: AnyOperation) -> FieldMappings | None:
        rows = self._database.query(_PRESENT, place)
        try:
            return FieldMappings.read(rows[0]["config_metadata"] or "", operation) if rows else None
        except ValueError:
            return None  # what cannot be used may be replaced by anything


def _checked(change: MappingChange, operation: AnyOperation) -> FieldMappings:
    try:
        return FieldMappings.of_document(change.mapping, operation)
    except ValueError as error:
        raise _invalid("mapping", str(error)) from None


def _invalid(field: str, message: str) -> RequestInvalid:
    return RequestInvalid(f"The setting cannot be stored: {message}", fields=[FieldProblem(field, message)])
