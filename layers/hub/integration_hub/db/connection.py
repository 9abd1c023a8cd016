"""One database connection per execution environment, replaced when it turns out to be dead.

There is no ping before use: it would cost every call a round trip to find out what the statement itself
finds out. Autocommit only, no SET statement while serving, and no statement of a call above 16 KB, so that RDS Proxy
does not pin the connection.

A database that hangs must not hold a call: no statement waits longer than its deadline.
"""

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pymysql
from pymysql.cursors import DictCursor

from integration_hub.deadline import Deadline
from integration_hub.errors import DatabaseUnavailable, IntegrationError

if TYPE_CHECKING:
    from pymysql.connections import Connection

type Row = dict[str, Any]
type Parameters = Sequence[Any] | Mapping[str, Any]

# Client: lost (2006, 2013, 2055, and 0 for "already closed"). Server: shutting down (1053), killed (1927, 3169,
# 4031), time-out of an idle session (4031), read-only after a failover (1290, 1836).
_NONSENSE = -1
_LOST = frozenset({_NONSENSE, 0, 1053, 1290, 1836, 1927, 2006, 2013, 2055, 3169, 4031})
_LOGIN_REFUSED = 1045
# Rolled back as if never sent: waited too long for a lock, chosen to end a deadlock, or read a row that changed since
# (MariaDB's innodb_snapshot_isolation). The connection is fine.
_ROLLED_BACK = frozenset({1020, 1205, 1213})
_TRIES = 4
# One statement of ours takes milliseconds; a database that takes longer is away.
_STATEMENT_SECONDS = 4.0
# What a statement is given when its time is over: enough for a database that is well.
_LEAST_SECONDS = 0.05
_BATCH = 500


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How many rows were changed in batches; `finished` is false where time was up before all were."""

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

    def query(self, sql: str, parameters: Parameters = (), *, by: Deadline | None = None) -> list[Row]:
        """Return the rows of a reading statement or of a procedure that is safe to repeat.

        No wait for the server lasts longer than `by`, or 4 s. Raises DatabaseUnavailable when there is no answer.
        Errors of integrity pass through as PyMySQL raises them.
        """

        def read(cursor: DictCursor) -> list[Row]:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

        return self._run(read, by)

    def write(self, sql: str, parameters: Parameters = (), *, by: Deadline | None = None) -> int:
        """Run a writing statement that is safe to repeat; return how many rows it changed.

        When the connection is lost, whether the statement was carried out is unknown, so it is sent once more.
        Raises as `query` does.
        """

        def change(cursor: DictCursor) -> int:
            return cursor.execute(sql, parameters)

        return self._run(change, by)

    def write_batches(self, sql: str, until: Deadline) -> BatchResult:
        """Repeat a writing statement that changes at most `%(batch)s` rows, until none are left or time is up.

        Each row stays locked until its statement ends, so one statement for all of them would block others.
        """
        rows = 0
        while until.remaining() > 0:
            written = self.write(sql, {"batch": _BATCH})
            rows += written
            if written < _BATCH:
                return BatchResult(rows, finished=True)
        return BatchResult(rows, finished=False)

    def close(self) -> None:
        """Forget the connection; the next statement opens another."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.open:
            with contextlib.suppress(Exception):  # the server may be anything by now
                connection.close()

    def _run[T](self, statement: Callable[[DictCursor], T], by: Deadline | None) -> T:
        """Carry out a statement; again after a rollback a few times, and once on a new connection."""
        reused = self._connection is not None
        for _ in range(_TRIES):
            try:
                return self._once(statement, self._seconds(by, again=reused))
            except (pymysql.OperationalError, pymysql.InterfaceError, pymysql.InternalError) as error:
                code = _code(error)
            except (IntegrationError, pymysql.MySQLError):
                raise  # integrity, data and programming errors are answers
            except Exception:  # noqa: BLE001 - a server that breaks off or talks nonsense: PyMySQL raises what it trips over
                code = _NONSENSE
            if code in _ROLLED_BACK:
                continue
            self.close()
            if not (reused and code in _LOST):
                break
            reused = False
        raise DatabaseUnavailable(f"The hub's database does not answer (error {code}); nothing was bought.") from None

    def _seconds(self, by: Deadline | None, *, again: bool) -> float:
        """Return how long to wait for the server; half of what is left where it may be asked again after that."""
        left = by.remaining() if by else math.inf
        return min(_STATEMENT_SECONDS, max(left / 2 if again else left, _LEAST_SECONDS))

    def _once[T](self, statement: Callable[[DictCursor], T], seconds: float) -> T:
        if self._connection is None:
            self._connection = self._opened(seconds)
        wait_at_most(self._connection, seconds)
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
