"""One database connection per execution environment, replaced when it turns out to be dead.

There is no ping before use: it would cost every call a round trip to find out what the statement itself
finds out. Autocommit only, and no SET statement while serving, so that a connection proxy need not pin.

A database that hangs must not take a call's answer with it: no statement waits longer than until `end_by`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pymysql
from pymysql.cursors import DictCursor

from integration_hub.errors import DatabaseUnavailable
from integration_hub.models import Deadline

if TYPE_CHECKING:
    from pymysql.connections import Connection

type Row = dict[str, Any]
type Parameters = Sequence[Any] | Mapping[str, Any]

# Client: lost (2006, 2013, 2055, and 0 for "already closed"). Server: shutting down (1053), killed (1927, 3169,
# 4031), time-out of an idle session (4031), read-only after a failover (1290, 1836).
_LOST = frozenset({0, 1053, 1290, 1836, 1927, 2006, 2013, 2055, 3169, 4031})
_LOGIN_REFUSED = 1045
# Rolled back as if never sent: waited too long for a lock, or chosen to end a deadlock. The connection is fine.
_ROLLED_BACK = frozenset({1205, 1213})
_TRIES = 4
# One statement of ours takes milliseconds; a database that takes longer is away.
_STATEMENT_SECONDS = 4.0
# What a statement is given when its time is over: enough for a database that is well.
_LEAST_SECONDS = 0.05
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Written:
    """What a writing statement did. `last_id` is 0 where no row was numbered."""

    rows: int
    last_id: int


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How many rows a statement changed in portions; `finished` is false where time was up before all were."""

    rows: int
    finished: bool


class Connect(Protocol):
    """Opens a connection; `fresh` asks for the login to be read anew because the last one was refused."""

    def __call__(self, *, fresh: bool, seconds: float) -> "Connection[DictCursor]":
        """Return an open connection in autocommit mode; each wait for the server lasts at most so long."""
        ...


class Database:
    """Runs single statements on a connection that is opened when it is needed."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: Connection[DictCursor] | None = None
        self._end: Deadline | None = None
        self.statements = 0
        """How many statements were sent, for the benchmark's count of round trips."""

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a reading statement; raise DatabaseUnavailable when there is no answer."""

        def read(cursor: DictCursor) -> list[Row]:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

        return self._run(read)

    def write(self, sql: str, parameters: Parameters = ()) -> Written:
        """Run a writing statement that is safe to repeat.

        When the connection is lost nobody knows whether the statement was carried out, so it is sent once more.
        Errors of integrity are the caller's to understand and pass through as PyMySQL raises them.
        """

        def change(cursor: DictCursor) -> Written:
            rows = cursor.execute(sql, parameters)
            return Written(rows, cursor.lastrowid or 0)

        return self._run(change)

    def write_batches(self, sql: str, until: Deadline) -> BatchResult:
        """Repeat a writing statement that changes at most `%(batch)s` rows, until none are left or time is up.

        Each row stays locked until its statement ends, so a statement for all of them would be in everybody's way.
        """
        rows = 0
        while until.remaining() > 0:
            written = self.write(sql, {"batch": _BATCH}).rows
            rows += written
            if written < _BATCH:
                return BatchResult(rows, finished=True)
        return BatchResult(rows, finished=False)

    def end_by(self, deadline: Deadline) -> None:
        """Let no statement from now on wait longer than this; without it each may wait 4 s, twice."""
        self._end = deadline

    def close(self) -> None:
        """Forget the connection; the next statement opens another."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.open:
            connection.close()

    def _run[T](self, statement: Callable[[DictCursor], T]) -> T:
        """Carry out a statement, anew after a rollback a few times, and once on another connection."""
        reused = self._connection is not None
        for _ in range(_TRIES):
            try:
                return self._once(statement, self._seconds(again=reused))
            except (pymysql.OperationalError, pymysql.InterfaceError) as error:
                problem = error
            if _code(problem) in _ROLLED_BACK:
                continue
            self.close()
            if not (reused and _code(problem) in _LOST):
                break
            reused = False
        raise _unavailable(problem) from None

    def _seconds(self, *, again: bool) -> float:
        """Return how long to wait for the server; half of what is left where it may be asked again after that."""
        left = self._end.remaining() if self._end else math.inf
        return min(_STATEMENT_SECONDS, max(left / 2 if again else left, _LEAST_SECONDS))

    def _once[T](self, statement: Callable[[DictCursor], T], seconds: float) -> T:
        if self._connection is None:
            self._connection = self._opened(seconds)
        wait_at_most(self._connection, seconds)
        self.statements += 1
        with self._connection.cursor() as cursor:
            return statement(cursor)

    def _opened(self, seconds: float) -> "Connection[DictCursor]":
        try:
            return self._connect(fresh=False, seconds=seconds)
        except pymysql.OperationalError as error:
            if _code(error) != _LOGIN_REFUSED:
                raise
            return self._connect(fresh=True, seconds=seconds)  # the password may have been rotated since it was cached


def wait_at_most(connection: "Connection[DictCursor]", seconds: float | None) -> None:
    """Bound every later wait for the server; None: no bound.

    PyMySQL takes the bounds when a connection is made and reads them before each wait; it has no setter. A test that
    freezes the server fails should a later version read them elsewhere.
    """
    # type: the stubs leave private names out. noqa: there is no public one.
    connection._read_timeout = connection._write_timeout = seconds  # type: ignore[attr-defined]  # noqa: SLF001


def _code(error: pymysql.MySQLError) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _unavailable(error: pymysql.MySQLError) -> DatabaseUnavailable:
    """Keep the number only: a server's sentence can quote values and account names."""
    return DatabaseUnavailable(f"The hub's database does not answer (error {_code(error)}); nothing was bought.")
