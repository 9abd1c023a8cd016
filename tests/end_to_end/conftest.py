"""A running bundle per database server: real functions, real HTTPS to the simulator, real KMS calls."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.bundle import Bundle
from local.database import DatabaseServer
from local.guard import Guard
from tests.support.coverage import measured_functions
from tests.support.hub import Hub

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def running(database_server: DatabaseServer, server_directory: Path, guard: Guard) -> Iterator[Hub]:
    """One bundle for all tests of a server."""
    name = f"e2e{next(_NUMBERS)}"
    directory = server_directory / name
    directory.mkdir()
    with Bundle(database_server, directory, guard, name=name, **measured_functions()) as bundle:
        bundle.set_value("RETRY", "retry_delay_ms", "10")
        bundle.set_value("LIMITS", "requests_per_minute", "600")
        bundle.set_value("LIMITS", "requests_per_minute", "600", scope="PROGRAM", scope_id=1)
        bundle.set_value("RETRY", "breaker_failure_threshold", "100")
        for operation in ("household_drivers", "household_vehicles", "vehicle_vin", "vehicle_tag"):
            bundle.set_value("CACHE", operation, "0")  # only the tests of the response cache switch it on
        yield Hub(bundle)


@pytest.fixture
def hub(running: Hub) -> Iterator[Hub]:
    """The bundle without faults and with its usual settings, before and after the test."""
    before = running.settings()
    yield running
    running.bundle.simulator.switch_off()
    if running.restore_settings(before):
        running.refresh()
