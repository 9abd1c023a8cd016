"""Applies numbered SQL files, one statement a step, so that a run can stop anywhere and go on later.

A file is a list of steps. Each begins with `-- step: what it does`, may have guards such as
`-- unless: column configuration.config_key`, and holds one statement. DDL commits at once on every MySQL-family
server, so there is no transaction around a file: after each step its number is written down, and a step that was done
but not written down is skipped by its guard, or is harmless to repeat.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pymysql

if TYPE_CHECKING:
    from pymysql.connections import Connection
    from pymysql.cursors import DictCursor

_BOOKKEEPING = """
CREATE TABLE IF NOT EXISTS schema_migration (
  version VARCHAR(100) NOT NULL PRIMARY KEY,
  checksum CHAR(64) NOT NULL COMMENT 'SHA-256 of the file as it was applied',
  steps_done INT NOT NULL,
  steps INT NOT NULL,
  started_at DATETIME(6) NOT NULL,
  finished_at DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='What the hub''s migrations have done to this schema'
"""
_SQL_MODE = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,ONLY_FULL_GROUP_BY"
_STEP = re.compile(r"^-- step:[ \t]*(?P<title>.*\S)[ \t]*$", re.MULTILINE)
_GUARD = re.compile(r"^-- unless:[ \t]*(?P<kind>\w+)[ \t]+(?P<table>\w+)(?:\.(?P<name>\w+))?[ \t]*$")
_PRESENT = {
    "table": "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s",
    "column": "SELECT 1 FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s",
    "index": "SELECT 1 FROM information_schema.statistics"
    " WHERE table_schema = DATABASE() AND table_name = %s AND index_name = %s LIMIT 1",
    "procedure": "SELECT 1 FROM information_schema.routines"
    " WHERE routine_schema = DATABASE() AND routine_type = 'PROCEDURE' AND routine_name = %s",
    "constraint": "SELECT 1 FROM information_schema.table_constraints"
    " WHERE table_schema = DATABASE() AND table_name = %s AND constraint_name = %s",
}

_UNNAMED = frozenset({"table", "procedure"})
"""Guards that name the thing itself; the others name a table and something in it."""


class MigrationError(Exception):
    """The run cannot go on; the text names file and step and says what to do. What was done stays done."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Something whose presence means that the step has been done."""

    kind: str
    table: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One statement."""

    title: str
    sql: str
    guards: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    version: str
    checksum: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StepReport:
    """What was done about one step; `number` counts from 1."""

    version: str
    number: int
    title: str
    outcome: Literal["applied", "skipped", "pending"]

    def as_json(self) -> dict[str, Any]:
        """Return a form for logs."""
        return {"migration": self.version, "step": self.number, "title": self.title, "outcome": self.outcome}


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What a run did, or in a dry run would do."""

    dry_run: bool
    steps: tuple[StepReport, ...]

    def as_json(self) -> dict[str, Any]:
        """Return counts and the steps."""
        outcomes = [step.outcome for step in self.steps]
        counts = {outcome: outcomes.count(outcome) for outcome in ("applied", "skipped", "pending")}
        return {"dry_run": self.dry_run, **counts, "steps": [asdict(step) for step in self.steps]}


def read(folder: Path) -> list[Migration]:
    """Read all files in the order of their names; raise MigrationError for one that breaks the format."""
    return [_parsed(file) for file in sorted(folder.glob("*.sql"))]


def migrate(
    connection: "Connection[DictCursor]",
    folder: Path,
    *,
    dry_run: bool = False,
    lock_wait_seconds: int = 60,
    report: Callable[[StepReport], None] = lambda _step: None,
) -> MigrationReport:
    """Do what is pending and return what was done; one runner at a time per schema.

    A dry run changes nothing at all. Raises MigrationError for a statement that failed, for a finished file that was
    changed since, and when another runner keeps the lock for too long.
    """
    migrations = read(folder)
    session = _Session(connection)
    if dry_run:
        steps = list(_pending(session, migrations))
        for step in steps:
            report(step)
        return MigrationReport(dry_run=True, steps=tuple(steps))
    session.run(f"SET SESSION sql_mode = '{_SQL_MODE}', time_zone = '+00:00'")
    with _locked(session, lock_wait_seconds):
        session.run(_BOOKKEEPING)
        return MigrationReport(dry_run=False, steps=tuple(_applied(session, migrations, report)))


class _Session:
    """The connection, reduced to what is needed here."""

    def __init__(self, connection: "Connection[DictCursor]") -> None:
        connection.autocommit(True)
        self._connection = connection

    def run(self, sql: str, parameters: Sequence[Any] | None = None) -> tuple[tuple[Any, ...], ...]:
        # The plain cursor, whatever the connection's default; without parameters a % in the SQL is just a %.
        with self._connection.cursor(pymysql.cursors.Cursor) as cursor:
            cursor.execute(sql, parameters)
            return tuple(cursor.fetchall())

    def has(self, guard: Guard) -> bool:
        names = [guard.table] if guard.name is None else [guard.table, guard.name]
        return bool(self.run(_PRESENT[guard.kind], names))

    def done(self, migration: Migration) -> tuple[str, int, bool] | None:
        """Return checksum, number of steps done and whether it was finished; None if it was never begun."""
        rows = self.run(
            "SELECT checksum, steps_done, finished_at IS NOT NULL FROM schema_migration WHERE version = %s",
            [migration.version],
        )
        return (rows[0][0], rows[0][1], bool(rows[0][2])) if rows else None


@contextmanager
def _locked(session: _Session, wait_seconds: int) -> Iterator[None]:
    # The lock is the server's, so its name holds the schema's; it is at most 64 characters on MySQL.
    name = "CONCAT('hub_migrations_', LEFT(SHA2(DATABASE(), 256), 32))"
    ((taken,),) = session.run(f"SELECT GET_LOCK({name}, %s)", [wait_seconds])
    if taken != 1:
        raise MigrationError(
            f"Another migration run has held the lock for {wait_seconds} s. Wait until it has ended, then run again."
        )
    try:
        yield
    finally:
        session.run(f"SELECT RELEASE_LOCK({name})")


def _applied(
    session: _Session, migrations: list[Migration], report: Callable[[StepReport], None]
) -> Iterator[StepReport]:
    for migration in migrations:
        steps_done = _begun(session, migration)
        for number, step in enumerate(migration.steps[steps_done:], steps_done + 1):
            outcome: Literal["applied", "skipped"] = "applied"
            if any(session.has(guard) for guard in step.guards):
                outcome = "skipped"
            else:
                _run_step(session, migration, number, step)
            session.run(
                "UPDATE schema_migration SET steps_done = %s,"
                " finished_at = IF(steps_done = steps, UTC_TIMESTAMP(6), NULL) WHERE version = %s",
                [number, migration.version],
            )
            done = StepReport(migration.version, number, step.title, outcome)
            report(done)
            yield done


def _begun(session: _Session, migration: Migration) -> int:
    """Write down that the file is begun, and return how many of its steps are done already."""
    before = session.done(migration)
    if before is None:
        session.run(
            "INSERT INTO schema_migration (version, checksum, steps_done, steps, started_at)"
            " VALUES (%s, %s, 0, %s, UTC_TIMESTAMP(6))",
            [migration.version, migration.checksum, len(migration.steps)],
        )
        return 0
    checksum, steps_done, finished = before
    if checksum == migration.checksum:
        return steps_done
    _refuse_changed(migration, finished=finished)
    # An unfinished file may be mended. It starts over; guards skip what is there.
    session.run(
        "UPDATE schema_migration SET checksum = %s, steps = %s, steps_done = 0 WHERE version = %s",
        [migration.checksum, len(migration.steps), migration.version],
    )
    return 0


def _pending(session: _Session, migrations: list[Migration]) -> Iterator[StepReport]:
    bookkept = session.has(Guard("table", "schema_migration", None))
    for migration in migrations:
        before = session.done(migration) if bookkept else None
        steps_done = 0
        if before is not None:
            if before[0] == migration.checksum:
                steps_done = before[1]
            else:
                _refuse_changed(migration, finished=before[2])
        for number, step in enumerate(migration.steps[steps_done:], steps_done + 1):
            skipped = any(session.has(guard) for guard in step.guards)
            yield StepReport(migration.version, number, step.title, "skipped" if skipped else "pending")


def _refuse_changed(migration: Migration, *, finished: bool) -> None:
    if finished:
        raise MigrationError(
            f"{migration.version} was changed after it had been applied."
            " Restore it, and put the change into a new file."
        )


def _run_step(session: _Session, migration: Migration, number: int, step: Step) -> None:
    try:
        session.run(step.sql)
    except pymysql.MySQLError as error:
        what = " ".join(str(part) for part in error.args)
        raise MigrationError(
            f"{migration.version}, step {number} ({step.title}) failed: {what}."
            " The steps before it are done; fix the cause and run again."
        ) from error


def _parsed(file: Path) -> Migration:
    text = file.read_text(encoding="utf-8")
    heads = list(_STEP.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    if not heads:
        raise MigrationError(f"{file.name} has no step; each statement begins with a line '-- step: what it does'.")
    steps = tuple(_step(file, head["title"], text[head.end() : end]) for head, end in zip(heads, ends, strict=True))
    return Migration(file.stem, hashlib.sha256(text.encode()).hexdigest(), steps)


def _step(file: Path, title: str, body: str) -> Step:
    guards, sql = [], []
    for line in body.splitlines():
        if line.startswith("-- unless:"):
            match = _GUARD.match(line)
            if match is None or match["kind"] not in _PRESENT or (match["kind"] in _UNNAMED) != (match["name"] is None):
                raise MigrationError(f"{file.name}, step '{title}': the guard '{line}' cannot be read.")
            guards.append(Guard(match["kind"], match["table"], match["name"]))
        elif not line.lstrip().startswith("--"):
            sql.append(line)
    statement = "\n".join(sql).strip()
    if not statement:
        raise MigrationError(f"{file.name}, step '{title}': there is no statement.")
    return Step(title, statement.removesuffix(";"), tuple(guards))
