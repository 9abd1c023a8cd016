"""The commands of the documents that need the whole bundle."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.support.hub import Hub

ROOT = Path(__file__).parents[2]


def _command(page: str, beginning: str) -> list[str]:
    """Return the words of a page's command."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (command,) = re.findall(rf"^{re.escape(beginning)}.*$", text, re.MULTILINE)
    return shlex.split(command)


def test_the_curl_of_the_readme_is_answered(hub: Hub) -> None:
    """At this gateway's address instead of port 8080."""
    words = _command("README.md", "curl -s")
    words[-1] = words[-1].replace("http://127.0.0.1:8080", hub.bundle.gateway.url)
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    answer = json.loads(done.stdout)
    assert (answer["operation"], answer["result"]["search_status"]) == ("VehicleTag", "FOUND")


def test_a_function_can_be_invoked_with_an_event_file() -> None:
    """As the page about running locally says; it starts a bundle of its own."""
    words = _command("docs/local.md", ".venv/bin/python -m local invoke")
    done = subprocess.run(
        [sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=100, check=True
    )
    assert '"operation": "HouseholdDrivers"' in done.stdout
