"""The servers that tests share: one of each kind for the whole run, with TLS, ended whatever happens."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.database import DatabaseServer, Flavour, HubDatabase, create_hub_database
from local.guard import Guard
from local.tls import Authority

_NUMBERS = itertools.count(1)

# For code that runs in the test's own process; the template gives functions theirs.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "IntegrationHubTests")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "tests")


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """Ends what the tests start, also when they are killed."""
    with Guard() as guard:
        yield guard


@pytest.fixture(scope="session")
def server_directory(guard: Guard) -> Path:
    """A short path, because sockets lie in it."""
    directory = Path(tempfile.mkdtemp(prefix="hub-"))
    guard.watch_directory(directory)
    return directory


@pytest.fixture(scope="session", params=list(Flavour), ids=lambda flavour: flavour.value)
def database_server(request: pytest.FixtureRequest, guard: Guard, server_directory: Path) -> Iterator[DatabaseServer]:
    """A running server of each kind; a missing one is an error that names its remedy, never a skip."""
    flavour: Flavour = request.param
    # Of its own each time: a test process may come back to a kind of server that it had ended.
    directory = Path(tempfile.mkdtemp(dir=server_directory, prefix=f"{flavour.name.lower()}-"))
    with DatabaseServer(flavour, directory / "s", Authority(directory), guard=guard) as server:
        yield server


@pytest.fixture
def hub_database(database_server: DatabaseServer) -> HubDatabase:
    """A schema of its own, migrated, with a little data and both accounts."""
    return create_hub_database(database_server, f"hub{next(_NUMBERS)}")
