"""A simulator for each test, and a client for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.simulator import Simulator
from tests.support.simulator_client import Client


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A running simulator with the usual population."""
    with Simulator(tmp_path) as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> Client:
    """A client with the right login."""
    return Client(simulator)
