"""Migrations on both servers: they stop anywhere, go on, run alone, and leave the carrier's own rows alone."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pymysql
import pytest
from pymysql.cursors import DictCursor

from integration_hub.db.migrate import MigrationError, StepReport, migrate, read
from local.database import CARRIER_SCHEMA, DEMO_DATA, MIGRATIONS, DatabaseServer, run_script

STEPS = [(migration.version, number) for migration in read(MIGRATIONS) for number in range(1, len(migration.steps) + 1)]


@pytest.fixture
def schema(database_server: DatabaseServer) -> Iterator[str]:
    """The carrier's schema as it is before us, under a name that is free again afterwards."""
    name = "carrier"
    with database_server.admin() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    with database_server.admin(name) as connection:
        run_script(connection, CARRIER_SCHEMA)
        run_script(connection, DEMO_DATA)
    yield name
    with database_server.admin() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def _open(server: DatabaseServer, schema: str) -> Any:
    connection = server.admin(schema)
    connection.cursorclass = DictCursor
    return connection


def _rows(connection: Any, sql: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _picture(connection: Any) -> dict[str, Any]:
    """Everything that a migration could change: columns, keys, constraints, views, and rows without their times."""
    own = "table_schema = DATABASE()"
    picture: dict[str, Any] = {
        "columns": _rows(
            connection,
            "SELECT table_name AS t, column_name AS c, column_type AS y, is_nullable AS n, column_default AS d,"
            f" generation_expression AS g FROM information_schema.columns WHERE {own}"
            " AND table_name <> 'schema_migration'"
            " ORDER BY 1, ordinal_position",
        ),
        "keys": _rows(
            connection,
            "SELECT table_name AS t, index_name AS i, column_name AS c, non_unique AS u FROM"
            f" information_schema.statistics WHERE {own} ORDER BY 1, 2, seq_in_index",
        ),
        "constraints": _rows(
            connection,
            "SELECT table_name AS t, constraint_name AS c, constraint_type AS y FROM"
            " information_schema.table_constraints WHERE constraint_schema = DATABASE() ORDER BY 1, 2",
        ),
    }
    for table in ("configuration", "configuration_type", "integration", "integration_type", "status", "user"):
        picture[table] = _rows(connection, f"SELECT * FROM {table} ORDER BY id")
        for row in picture[table]:
            row.pop("created_at"), row.pop("updated_at")
    picture["map"] = _rows(connection, "SELECT COUNT(*) AS n FROM map_integration_configuration")
    picture["effective"] = _rows(connection, "SELECT * FROM v_effective_dcs_configuration ORDER BY 1, 2, 3, 4")
    return picture


def test_a_second_run_changes_nothing(database_server: DatabaseServer, schema: str) -> None:
    """Deploying the same version again is safe."""
    with _open(database_server, schema) as connection:
        first = migrate(connection, MIGRATIONS)
        assert {step.outcome for step in first.steps} == {"applied"}
        before = _picture(connection)
        assert migrate(connection, MIGRATIONS).steps == ()
        assert _picture(connection) == before


def test_a_run_can_stop_after_any_statement(database_server: DatabaseServer, schema: str) -> None:
    """Forgetting that a step was done, at each step in turn, ends in the same schema: every step bears repeating."""
    with _open(database_server, schema) as connection:
        migrate(connection, MIGRATIONS)
        straight = _picture(connection)
        for version, number in STEPS:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE schema_migration SET steps_done = %s, finished_at = NULL WHERE version = %s",
                    (number - 1, version),
                )
            again = migrate(connection, MIGRATIONS)
            assert (again.steps[0].version, again.steps[0].number) == (version, number)
        assert _picture(connection) == straight


def test_a_failed_step_is_named_and_the_next_run_goes_on(
    database_server: DatabaseServer, schema: str, tmp_path: Path
) -> None:
    """What was done stays done; an unfinished file may be mended."""
    file = tmp_path / "0001_two.sql"
    file.write_text(
        "-- step: One.\n-- unless: table one\nCREATE TABLE one (id INT PRIMARY KEY);\n"
        "-- step: Two.\nINSERT INTO one VALUES ('no number');\n"
    )
    with _open(database_server, schema) as connection:
        with pytest.raises(MigrationError, match=r"0001_two, step 2 \(Two\.\) failed: 1366"):
            migrate(connection, tmp_path)
        file.write_text(file.read_text().replace("'no number'", "7"))
        report = migrate(connection, tmp_path)
        assert [step.outcome for step in report.steps] == ["skipped", "applied"]
        assert _rows(connection, "SELECT id FROM one") == [{"id": 7}]


def test_a_finished_file_may_not_change(database_server: DatabaseServer, schema: str, tmp_path: Path) -> None:
    """Two databases that both say 0001 must hold the same."""
    file = tmp_path / "0001_one.sql"
    file.write_text("-- step: One.\nCREATE TABLE one (id INT PRIMARY KEY);\n")
    with _open(database_server, schema) as connection:
        migrate(connection, tmp_path)
        file.write_text("-- step: One.\nCREATE TABLE one (id BIGINT PRIMARY KEY);\n")
        for dry_run in (False, True):
            with pytest.raises(MigrationError, match="0001_one was changed after it had been applied"):
                migrate(connection, tmp_path, dry_run=dry_run)


@pytest.mark.parametrize(
    "text",
    ["CREATE TABLE one (id INT);", "-- step: One.\n", "-- step: One.\n-- unless: colour t.x\nSELECT 1;"],
    ids=["no step", "no statement", "unknown guard"],
)
def test_a_file_in_another_form_is_refused(text: str, tmp_path: Path) -> None:
    """A guard with a typing error would be no guard."""
    (tmp_path / "0001_bad.sql").write_text(text)
    with pytest.raises(MigrationError, match=r"0001_bad\.sql"):
        read(tmp_path)


def test_one_runner_at_a_time(database_server: DatabaseServer, schema: str) -> None:
    """Two deployments at once: one works, the other waits and finds everything done; nobody fails."""

    def run(_: int) -> int:
        with _open(database_server, schema) as connection:
            return len(migrate(connection, MIGRATIONS).steps)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [0, 0, 0, len(STEPS)]


def test_waiting_for_the_lock_has_an_end(database_server: DatabaseServer, schema: str, tmp_path: Path) -> None:
    """Whoever waits in vain is told what for."""
    begun, over = threading.Event(), threading.Event()
    (tmp_path / "0001_slow.sql").write_text("-- step: Slow.\nDO SLEEP(0);\n")

    def wait(_step: StepReport) -> None:
        begun.set()
        over.wait(30)

    def hold() -> None:
        with _open(database_server, schema) as connection:
            migrate(connection, tmp_path, report=wait)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert begun.wait(30)
        with (
            _open(database_server, schema) as connection,
            pytest.raises(MigrationError, match="Another migration run has held the lock for 1 s"),
        ):
            migrate(connection, tmp_path, lock_wait_seconds=1)
    finally:
        over.set()
        thread.join()


def test_a_dry_run_changes_nothing_at_all(database_server: DatabaseServer, schema: str) -> None:
    """Not even the table of what was done."""
    with _open(database_server, schema) as connection:
        report = migrate(connection, MIGRATIONS, dry_run=True)
        assert len(report.steps) == len(STEPS)
        assert {step.outcome for step in report.steps} == {"pending"}
        tables = {
            row["t"]
            for row in _rows(
                connection, "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = DATABASE()"
            )
        }
        assert not tables & {"schema_migration", "integration_log", "integration_credential"}


def test_a_database_in_use_keeps_its_rows(database_server: DatabaseServer, schema: str) -> None:
    """173 tables, settings of others in `configuration`, users and integrations: nothing of theirs changes."""
    with _open(database_server, schema) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = DATABASE()")
        for number in range(173 - cursor.fetchone()["n"]):
            cursor.execute(
                f"CREATE TABLE other_{number} (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, status_id INT NULL,"
                f" CONSTRAINT fk_other_{number}_status FOREIGN KEY (status_id) REFERENCES status (id))"
            )
        cursor.execute("INSERT INTO configuration_type (id, code, name) VALUES (50, 'RATING', 'R'), (51, 'UI', 'U')")
        cursor.execute("INSERT INTO configuration (configuration_type_id, created_by) VALUES (50, 1), (50, 1), (51, 1)")
        cursor.execute("INSERT INTO user_type (id, code, name) VALUES (7, 'AGENT', 'Agent')")
        cursor.execute("INSERT INTO user (id, user_type_id, username) VALUES (900, 7, 'someone')")
        theirs = "FROM configuration WHERE configuration_type_id IN (50, 51) ORDER BY id"
        columns = "id, configuration_type_id, created_by, created_at, updated_at"
        before = _rows(connection, f"SELECT {columns} {theirs}")
        migrate(connection, MIGRATIONS)
        assert _rows(connection, f"SELECT {columns} {theirs}") == before
        kept = _rows(connection, f"SELECT config_key AS k, scope AS s {theirs}")
        assert kept == [{"k": f"legacy.{row['id']}", "s": "SYSTEM"} for row in before]


def test_without_program_1_nothing_is_set_for_it(database_server: DatabaseServer, schema: str) -> None:
    """The design's example values for a program are no business of a carrier that has no such program."""
    with _open(database_server, schema) as connection:
        with connection.cursor() as cursor:
            for table in ("policy", "quote", "program"):
                cursor.execute(f"DELETE FROM {table}" + (" WHERE id = 1" if table == "program" else ""))
        migrate(connection, MIGRATIONS)
        assert _rows(connection, "SELECT id FROM configuration WHERE scope = 'PROGRAM'") == []
        assert _rows(connection, "SELECT id FROM map_integration_configuration") == []


@pytest.mark.parametrize(
    "sql",
    [
        "(configuration_type_id, config_key, scope, scope_id) SELECT id, 'x', 'SYSTEM', 1",
        "(configuration_type_id, config_key, scope) SELECT id, 'x', 'PROGRAM'",
        "(configuration_type_id, config_key, scope) SELECT id, 'x', 'PLANET'",
        "(configuration_type_id, config_key) SELECT id, 'base_url'",
    ],
    ids=["system with id", "program without id", "unknown scope", "second system value"],
)
def test_rows_that_mean_nothing_are_refused(database_server: DatabaseServer, schema: str, sql: str) -> None:
    """The database itself keeps the rule, whoever writes."""
    with _open(database_server, schema) as connection:
        migrate(connection, MIGRATIONS)
        with connection.cursor() as cursor, pytest.raises((pymysql.IntegrityError, pymysql.OperationalError)):
            cursor.execute(f"INSERT INTO configuration {sql} FROM configuration_type WHERE code = 'DCS_CONNECTION'")


def test_concurrent_writers_of_one_system_value_leave_one_row(database_server: DatabaseServer, schema: str) -> None:
    """A NULL scope id does not open the door for a second row."""
    with _open(database_server, schema) as connection:
        migrate(connection, MIGRATIONS)

    def insert(_: int) -> bool:
        with _open(database_server, schema) as connection, connection.cursor() as cursor:
            try:
                cursor.execute(
                    "INSERT INTO configuration (configuration_type_id, config_key, config_value)"
                    " SELECT id, 'max_wait_ms', '1' FROM configuration_type WHERE code = 'DCS_LIMITS'"
                )
            except pymysql.IntegrityError:
                return False
        return True

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(insert, range(32))) == 1


def test_the_schema_is_the_same_on_both_servers() -> None:
    """No statement that only one of them understands, and none that puts a secret into SQL."""
    forbidden = ("if not exists", "if exists", "returning", "create or replace table", "aes_encrypt", "delimiter")
    for file in MIGRATIONS.glob("*.sql"):
        text = file.read_text().lower()
        assert [word for word in forbidden if word in text.replace("where not exists", "")] == [], file.name
