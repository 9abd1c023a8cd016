"""docs/new-integration.md can be followed: its files, written where it says, make an integration that works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration_hub.db.migrate import read
from tests.second_vendor.page import CONTRACT_TEST, PAGE, ROOT, blocks, source


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The page's files, written in its order."""
    for path, text in blocks().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def _python(tree: Path, *arguments: str) -> str:
    """Run Python with the page's packages beside the repository's; return what it prints."""
    places = [tree / "layers/hub", tree / "functions", ROOT / "layers/hub", ROOT / "functions", ROOT]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places)), "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("path", [path for path in blocks() if path != CONTRACT_TEST])
def test_block_is_the_code_that_runs(path: str) -> None:
    """The second vendor's own, or a copy of the vehicle function's; `tests.second_vendor.page` writes it anew."""
    assert blocks()[path] == source(path)


def test_every_block_has_a_file_name() -> None:
    """So that no code of the page stays untried."""
    assert PAGE.read_text(encoding="utf-8").count("\n```") == 2 * len(blocks())


def test_contract_tests_of_the_page_pass(tree: Path) -> None:
    """Requests are encoded, responses parsed and decoded, by the packages that the page makes."""
    told = _python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, CONTRACT_TEST)
    assert "passed" in told


def test_function_of_the_page_can_be_imported(tree: Path) -> None:
    """It has a handler."""
    assert _python(tree, "-c", "from mvr_report.app import handler; print(callable(handler))") == "True\n"


def test_migration_of_the_page_can_be_read(tree: Path) -> None:
    """`test_pipeline` applies it."""
    (migration,) = read(tree / "functions/migrations/sql")
    assert migration.steps
