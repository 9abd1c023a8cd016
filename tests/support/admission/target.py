"""Where the fleet of a test finds its database; small enough to hand to other processes."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pymysql
from pymysql.cursors import DictCursor

if TYPE_CHECKING:
    from pymysql.connections import Connection


@dataclass(frozen=True)
class Target:
    """A schema and the hub's account there; calling it opens a connection as the hub does."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    ca_file: str

    def __call__(self, *, fresh: bool = False, seconds: float = 4.0) -> "Connection[DictCursor]":
        """Return a connection in autocommit mode; there is only one login, so `fresh` changes nothing."""
        del fresh
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=self.database,
            charset="utf8mb4",
            autocommit=True,
            cursorclass=DictCursor,
            ssl_ca=self.ca_file,
            ssl_verify_cert=True,
            ssl_verify_identity=True,
            connect_timeout=seconds,
            read_timeout=seconds,
            write_timeout=seconds,
        )
