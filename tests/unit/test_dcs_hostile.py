"""Hostile and broken answers are refused by name, in bounded memory, and nothing is fetched."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import hostile_documents

ROOT = Path(__file__).parents[2]
MEMORY = 150_000_000  # bytes; thirty times the largest answer that is read


@pytest.fixture(scope="module")
def outcome() -> tuple[list[list[str]], int, int]:
    """Read all documents in a process of its own; return its lines, its peak of memory and the attempts to connect."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        run = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "support" / "hostile_documents.py"), str(port)],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(["layers/hub", "."])},
            cwd=ROOT,
            start_new_session=True,
            timeout=60,
        )
        connections = 0
        try:
            listener.accept()[0].close()
            connections += 1
        except BlockingIOError:
            pass
    *lines, last = run.stdout.splitlines()
    peak, reached = last.split()
    return [line.split("\t") for line in lines], int(peak), connections + int(reached)


def test_every_hostile_document_is_refused_by_name(outcome: tuple[list[list[str]], int, int]) -> None:
    """More than forty documents, and not one is read."""
    lines, _, _ = outcome
    assert len(lines) == len(list(hostile_documents.documents(1))) > 40
    assert [line for line in lines if line[0] != "VendorResponseInvalid"] == []


def test_refusals_quote_nothing(outcome: tuple[list[list[str]], int, int]) -> None:
    """What stands in an answer may be personal, so the detail of an error never repeats it."""
    lines, _, _ = outcome
    assert [
        line for line in lines for text in ("secret", "passwd", "Maintenance", "Forbidden") if text in line[2]
    ] == []


def test_memory_is_bounded_and_nothing_is_fetched(outcome: tuple[list[list[str]], int, int]) -> None:
    """No document makes the parser grow without bound or open a connection."""
    _, peak, connections = outcome
    assert peak < MEMORY
    assert connections == 0
