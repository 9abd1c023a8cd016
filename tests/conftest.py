"""The servers that tests share: one of each kind per test process, with TLS, stopped whatever happens.

HUB_SERVERS selects the database servers: `all` (the default), `any` (one that is installed), `mariadb` or `mysql`.
"""

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.database import DatabaseServer, Flavour, HubDatabase, available_flavour, create_hub_database, program
from local.guard import Guard
from local.tls import Authority

_NUMBERS = itertools.count(1)

# For code that runs in the test's own process; the template gives functions theirs.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "IntegrationHubTests")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "tests")


def _flavours() -> list[Flavour]:
    match os.environ.get("HUB_SERVERS", "all"):
        case "all":
            return list(Flavour)
        case "any":
            return [flavour for flavour in Flavour if program(flavour)][:1] or [available_flavour()]
        case name if name.upper() in Flavour.__members__:
            return [Flavour[name.upper()]]
        case name:
            raise pytest.UsageError(f"HUB_SERVERS={name} must be all, any, mariadb or mysql")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of each server together and the slow ones of each first.

    Each of two processes then begins with one server, and no long test remains for the end.
    """
    flavours = list(Flavour)

    def order(item: pytest.Item) -> tuple[int, bool]:
        callspec = getattr(item, "callspec", None)  # only parametrized tests have it
        flavour = callspec.params.get("database_server") if callspec else None
        place = flavours.index(flavour) if isinstance(flavour, Flavour) else len(flavours)
        return place, item.get_closest_marker("slow") is None

    items.sort(key=order)


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """Stops the processes that tests start, also when the test process is killed."""
    with Guard() as guard:
        yield guard


@pytest.fixture(scope="session")
def server_directory(guard: Guard) -> Path:
    """A directory with a short path, because it contains sockets."""
    directory = Path(tempfile.mkdtemp(prefix="hub-"))
    guard.watch_directory(directory)
    return directory


@pytest.fixture(scope="session", params=_flavours(), ids=lambda flavour: flavour.value)
def database_server(request: pytest.FixtureRequest, guard: Guard, server_directory: Path) -> Iterator[DatabaseServer]:
    """A running server of each selected kind; a missing program is an error that names the remedy, never a skip."""
    flavour: Flavour = request.param
    # A new directory each time: a test process may return to a kind of server that it has stopped.
    directory = Path(tempfile.mkdtemp(dir=server_directory, prefix=f"{flavour.name.lower()}-"))
    with DatabaseServer(flavour, directory / "s", Authority(directory), guard=guard) as server:
        yield server


@pytest.fixture
def hub_database(database_server: DatabaseServer) -> HubDatabase:
    """A migrated schema of its own, with demo data and the three accounts."""
    return create_hub_database(database_server, f"hub{next(_NUMBERS)}")
