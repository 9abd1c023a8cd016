"""The hub with the second vendor in it."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from integration_hub import wiring
from local.aws import LocalAws
from local.database import DatabaseServer, HubDatabase
from tests.second_vendor.hub import MvrHub
from tests.second_vendor.simulator import MvrSimulator


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """KMS and Secrets Manager."""
    with LocalAws() as running:
        yield running


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[MvrSimulator]:
    """MVR's test system, without calls and faults."""
    with MvrSimulator(tmp_path) as running:
        yield running


@pytest.fixture
def hub(
    database_server: DatabaseServer,
    hub_database: HubDatabase,
    aws: LocalAws,
    simulator: MvrSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MvrHub]:
    """A hub as in a fresh execution environment."""
    made = MvrHub(database_server, hub_database, aws, simulator)
    for name, value in made.variables.items():
        monkeypatch.setenv(name, value)
    boto3.setup_default_session()
    wiring.services.cache_clear()
    yield made
    wiring.services.cache_clear()
