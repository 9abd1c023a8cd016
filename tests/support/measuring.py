"""Measurements of a running bundle: the vendor's share of a call, and statements that the database server received."""

from typing import Self

from local.bundle import SimulatorProcess
from local.database import DatabaseServer


def last_vendor_seconds(simulator: SimulatorProcess) -> float:
    """Return how long the simulator worked on the last call, from its arrival to the last byte of the answer."""
    ended = next(entry for entry in reversed(simulator.calls()) if entry["event"] == "ended")
    return float(ended["duration_ms"]) / 1000


class StatementCounter:
    """Counts the statements of all clients of a server on one connection, so that reading the count adds one."""

    def __init__(self, server: DatabaseServer) -> None:
        self._connection = server.admin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def read(self) -> int:
        """Return the number of statements since the server started."""
        with self._connection.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
            (_, count) = cursor.fetchone() or ("", 0)
        return int(count)
