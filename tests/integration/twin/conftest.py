"""A twin for each test, and a client for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.twin import Twin
from tests.integration.twin.client import Client


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Twin]:
    """A running twin with the usual population."""
    with Twin(tmp_path) as running:
        yield running


@pytest.fixture
def client(twin: Twin) -> Client:
    """A client with the right login."""
    return Client(twin)
