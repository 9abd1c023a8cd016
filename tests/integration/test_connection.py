"""The database connection against a server that answers late or not at all."""

import threading
import time
from collections.abc import Iterator

import pytest

from integration_hub.db.connection import Database
from integration_hub.deadline import Deadline
from integration_hub.errors import DatabaseUnavailable
from local.database import DatabaseServer, HubDatabase
from tests.support.admission.target import Target


@pytest.fixture
def database(hub_database: HubDatabase) -> Iterator[Database]:
    """A connection that has been used before, as in a warm function."""
    hub, login = hub_database, hub_database.runtime
    database = Database(Target(hub.host, hub.port, login.username, login.password, hub.name, str(hub.ca_file)))
    assert database.query("SELECT 1 AS one") == [{"one": 1}]
    yield database
    database.close()


def test_a_server_that_hangs_is_waited_for_until_the_end_and_no_longer(
    database: Database, database_server: DatabaseServer
) -> None:
    """Both tries together take what is left; a try after the end takes a moment; then all is well again."""
    started = time.monotonic()
    by = Deadline(started + 1.0)
    database_server.freeze()
    try:
        with pytest.raises(DatabaseUnavailable):
            database.query("SELECT 1 AS one", by=by)
        assert 0.9 < time.monotonic() - started < 2.0
        with pytest.raises(DatabaseUnavailable):
            database.query("SELECT 1 AS one", by=by)
        assert time.monotonic() - started < 2.5
    finally:
        database_server.thaw()
    assert database.query("SELECT 1 AS one", by=Deadline(time.monotonic() + 10.0)) == [{"one": 1}]


def test_a_server_that_answers_late_but_in_time_is_not_given_up(
    database: Database, database_server: DatabaseServer
) -> None:
    """The bound is what is left of the call, not the least that a statement needs."""
    database_server.freeze()
    threading.Timer(1.0, database_server.thaw).start()
    assert database.query("SELECT 1 AS one", by=Deadline(time.monotonic() + 20.0)) == [{"one": 1}]
