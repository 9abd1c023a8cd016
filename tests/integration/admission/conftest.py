"""A schema of its own for admission's tests, one per server, emptied before each test."""

import itertools
from collections.abc import Iterator

import pytest

from local.database import DatabaseServer, create_hub_database
from tests.support.admission.clocked import ClockedDatabase, turn_clock_by_hand
from tests.support.admission.target import Target

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def migrated(database_server: DatabaseServer) -> Target:
    """Where the hub's own account finds the migrated schema."""
    hub = create_hub_database(database_server, f"admission{next(_NUMBERS)}")
    turn_clock_by_hand(database_server, hub)
    return Target(hub.host, hub.port, hub.runtime.username, hub.runtime.password, hub.name, str(hub.ca_file))


@pytest.fixture
def target(database_server: DatabaseServer, migrated: Target) -> Target:
    """The same with nothing admitted yet."""
    with database_server.admin(migrated.database) as connection, connection.cursor() as cursor:
        for table in ("rate_limit", "circuit_breaker", "credential_lockout"):
            cursor.execute(f"DELETE FROM {table}")
    return migrated


@pytest.fixture
def database(target: Target) -> Iterator[ClockedDatabase]:
    """A connection whose clock the test turns."""
    database = ClockedDatabase(target)
    yield database
    database.close()
