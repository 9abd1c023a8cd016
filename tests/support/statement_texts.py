"""A database that keeps the text of each statement as PyMySQL would send it, and sends nothing."""

from typing import Any

from pymysql.connections import Connection

from integration_hub.db.connection import Database, Parameters, Row
from integration_hub.deadline import Deadline

_NO_SERVER_STATUS = 0


class StatementTexts(Database):
    """`texts` are the statements in the bytes of the connection's encoding; a query is answered with `rows`."""

    def __init__(self, *rows: Row) -> None:
        super().__init__(_not_opened)
        self.texts: list[bytes] = []
        self._rows = list(rows)
        self._literals: Connection[Any] = Connection(charset="utf8mb4", defer_connect=True)
        # What a server says when a connection is made; it decides how quotes are escaped.
        self._literals.server_status = _NO_SERVER_STATUS  # type: ignore[attr-defined]

    def query(self, sql: str, parameters: Parameters = (), *, by: Deadline | None = None) -> list[Row]:
        """Keep a reading statement."""
        self.write(sql, parameters, by=by)
        return self._rows

    def write(self, sql: str, parameters: Parameters = (), *, by: Deadline | None = None) -> int:
        """Keep a writing statement."""
        del by
        text = self._literals.cursor().mogrify(sql, parameters)
        self.texts.append(text.encode("utf-8", "surrogateescape"))
        return 1


def _not_opened(*, fresh: bool, seconds: float) -> Any:
    raise AssertionError((fresh, seconds))
