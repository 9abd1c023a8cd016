"""The code and the view answer the same question: which value counts."""

import random
from collections.abc import Callable

import pymysql
import pytest
from pymysql.cursors import DictCursor

from dcs.criminal import CRIMINAL
from dcs.drivers import DRIVER
from dcs.settings import ACCOUNT_NUMBER, DEPARTMENT_ID
from dcs.vehicles import VEHICLE
from integration_hub import events
from integration_hub.configuration import keys
from integration_hub.configuration.store import ConfigurationStore
from integration_hub.db.connection import Connect, Database
from integration_hub.errors import ConfigurationMissing, DatabaseUnavailable, ProgramUnknown
from local.database import DatabaseServer, HubDatabase
from tests.support.admission.clocked import CountingDatabase

INTEGRATIONS = (DRIVER, VEHICLE, CRIMINAL)
PROGRAMS = (1, 2, 3)


def _as_runtime_account(hub: HubDatabase) -> Connect:
    def connect(*, fresh: bool, seconds: float) -> "pymysql.connections.Connection[DictCursor]":
        del fresh
        return pymysql.connect(
            host=hub.host,
            port=hub.port,
            database=hub.name,
            user=hub.runtime.username,
            password=hub.runtime.password,
            autocommit=True,
            cursorclass=DictCursor,
            ssl_ca=str(hub.ca_file),
            read_timeout=seconds,
        )

    return connect


@pytest.fixture
def database(hub_database: HubDatabase) -> CountingDatabase:
    """The hub's database as the functions may use it."""
    return CountingDatabase(_as_runtime_account(hub_database))


def _store(
    database: Database,
    clock: Callable[[], float] = lambda: 0.0,
    report: events.Hook = lambda _event: None,
) -> ConfigurationStore:
    return ConfigurationStore(database, clock=clock, report=report)


def test_code_and_view_agree_on_random_trees(
    database_server: DatabaseServer, hub_database: HubDatabase, database: Database
) -> None:
    """300 random settings at all levels, some inactive, some mapped to some types, some switched off in the map."""
    chance = random.Random(53)  # noqa: S311 - a seed that gives the same trees each time
    with database_server.admin(hub_database.name) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM map_integration_configuration")
        cursor.execute("DELETE FROM configuration")
        for _ in range(300):
            scope = chance.choice(["SYSTEM", "PROGRAM", "INTEGRATION"])
            cursor.execute(
                "INSERT INTO configuration"
                " (configuration_type_id, config_key, config_value, scope, scope_id, status_id)"
                " SELECT ct.id, %s, %s, %s, %s, s.id FROM configuration_type ct JOIN status s ON s.code = %s"
                " WHERE ct.code = %s ON DUPLICATE KEY UPDATE config_value = VALUES(config_value)",
                (
                    f"key_{chance.randrange(12)}",
                    chance.choice([None, str(chance.randrange(1000))]),
                    scope,
                    None if scope == "SYSTEM" else chance.choice([1, 2, 3]),
                    chance.choice(["ACTIVE", "ACTIVE", "INACTIVE"]),
                    chance.choice(["DCS_CONNECTION", "DCS_LIMITS", "DCS_RETRY"]),
                ),
            )
        cursor.execute("SELECT id FROM configuration")
        for (row_id,) in cursor.fetchall():
            for program in PROGRAMS:
                for type_code in ("DCS_DRIVER_API", "DCS_VEHICLE_API", "DCS_CRIMINAL_API"):
                    if chance.random() < 0.15:
                        cursor.execute(
                            "INSERT INTO map_integration_configuration"
                            " (program_id, integration_type_id, configuration_id, is_active)"
                            " SELECT %s, id, %s, %s FROM integration_type WHERE code = %s",
                            (program, row_id, chance.choice([0, 1]), type_code),
                        )
        for program in PROGRAMS:
            for integration in INTEGRATIONS:
                cursor.execute(
                    "SELECT config_type, config_key, configuration_id FROM v_effective_dcs_configuration"
                    " WHERE program_id = %s AND integration_type = %s",
                    (program, integration.type_code),
                )
                by_view = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
                effective = _store(database).effective(integration, program)
                by_code = {place: rows[0].row_id for place, rows in effective.rows.items()}
                assert by_code == by_view
                assert len(by_code) > 5


def test_the_seeds_are_usable_as_they_are(database: Database) -> None:
    """Each seeded value obeys its key's rule, for every integration, and none is ignored."""
    ignored: list[events.Event] = []
    for integration in INTEGRATIONS:
        effective = _store(database, report=ignored.append).effective(integration, 1)
        assert effective[keys.TIMEOUT_SECONDS] == 30
        assert effective[keys.REQUESTS_PER_MINUTE] == 50
        assert effective[DEPARTMENT_ID] == "4"
        for operation in integration.operations:
            assert effective[keys.operation_path(operation.setting_name)].endswith(f"/{operation.name}")
    assert ignored == []


def test_a_program_without_an_account_is_told_so(database: Database) -> None:
    """Program 2 has no account number anywhere."""
    with pytest.raises(ConfigurationMissing, match=r"DCS_CREDENTIALS\.account_number .*program 2"):
        _store(database).effective(DRIVER, 2)[ACCOUNT_NUMBER]
    with pytest.raises(ProgramUnknown):
        _store(database).effective(DRIVER, 77)


def test_it_is_loaded_once_and_served_stale_when_the_database_is_away(
    database_server: DatabaseServer, database: CountingDatabase
) -> None:
    """60 seconds fresh, 15 minutes stale, then refused; and fresh again when the database is back."""
    now = 1000.0
    store = _store(database, clock=lambda: now)
    first = store.effective(DRIVER, 1)
    before = database.statements
    assert store.effective(DRIVER, 1) is first
    assert database.statements == before
    database_server.kill()
    try:
        now += 61
        assert store.effective(DRIVER, 1) is first
        now += 900
        with pytest.raises(DatabaseUnavailable):
            store.effective(DRIVER, 1)
    finally:
        database_server.start()
    again = store.effective(DRIVER, 1)
    assert again is not first
    assert again.version == first.version
