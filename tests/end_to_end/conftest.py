"""A running bundle per database server: real functions, real HTTPS to the simulator, real KMS calls."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from local.bundle import Bundle
from local.database import DatabaseServer
from local.guard import Guard

ROOT = Path(__file__).parents[2]
_NUMBERS = itertools.count(1)
_SETTING = ("config_value", "config_metadata", "status_id")
PATHS = {"driver": "drivers", "vehicle": "vehicles", "criminal": "criminal"}


def shows(text: str, value: str) -> bool:
    """Whether a text holds a value; a few digits not as part of a longer number, such as a moment or a digest."""
    if not value.isdigit() or len(value) >= 8:
        return value in text
    return re.search(rf"(?<![0-9a-f])(?<!\d\.){value}(?![0-9a-f])", text) is not None


class Hub:
    """The bundle as its callers and its operators meet it."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    @staticmethod
    def event(name: str, **changes: Any) -> dict[str, Any]:
        """Return an example event, with some members replaced; None leaves a member out."""
        document: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
        document.update(changes)
        return {key: value for key, value in document.items() if value is not None}

    def post(
        self, name: str = "driver", *, raw: bytes | None = None, key: str | None = None, **changes: Any
    ) -> requests.Response:
        """Send an inquiry through the gateway, under an idempotency key if there is one."""
        function = name.partition("-")[0]
        body = raw if raw is not None else json.dumps(self.event(name, **changes)).encode()
        url = f"{self.bundle.gateway.url}/api/v1/dcs/{PATHS[function]}"
        headers = {"Content-Type": "application/json", **({} if key is None else {"Idempotency-Key": key})}
        return requests.post(url, data=body, headers=headers, timeout=60)

    def last_row(self) -> dict[str, Any]:
        """Return the newest row of integration_log."""
        return self.bundle.rows("SELECT * FROM integration_log ORDER BY id DESC LIMIT 1")[0]

    def last_id(self) -> int:
        """Return the id of the newest row, 0 before the first."""
        (newest,) = self.bundle.rows("SELECT COALESCE(MAX(id), 0) AS id FROM integration_log")
        return int(newest["id"])

    def rows_of(self, correlation_id: str) -> list[dict[str, Any]]:
        """Return the rows of a correlation id, oldest first."""
        return self.bundle.rows(
            "SELECT * FROM integration_log WHERE correlation_id = %s ORDER BY id", (correlation_id,)
        )

    def row_count(self) -> int:
        """Return how many rows there are."""
        return int(self.bundle.rows("SELECT COUNT(*) AS n FROM integration_log")[0]["n"])

    def arrivals(self) -> list[dict[str, Any]]:
        """Return the calls that reached the simulator, by its own log."""
        return [entry for entry in self.bundle.simulator.calls() if entry["event"] == "arrived"]

    def configure(self, kind: str, key: str, value: str, *, program: int | None = None) -> None:
        """Store one setting for this test, for all programs or for one, and have it seen at once."""
        scope = "SYSTEM" if program is None else "PROGRAM"
        self.bundle.set_value(kind, key, value, scope=scope, scope_id=program)
        self.refresh()

    def admit_program(self, program_id: int) -> None:
        """Give a program what it needs to call: an account and a department."""
        self.configure("CREDENTIALS", "account_number", self.bundle.simulator.login[0], program=program_id)
        self.configure("CREDENTIALS", "department_id", "UW-07", program=program_id)

    def set_retry_tokens(self, tokens: int) -> None:
        """Fill or empty the retry budget of driver look-ups, which is there after the first one."""
        self.post()
        self.bundle.change("UPDATE circuit_breaker SET retry_tokens = %s", (tokens,))

    def verify_logins(self) -> None:
        """Have the login of each integration accepted: until then few calls at once may use it."""
        for name in ("driver", "vehicle-vin", "criminal"):
            assert self.post(name).status_code == 200

    def refresh(self) -> None:
        """Make the functions forget what they cached, as time would."""
        for function in self.bundle.functions.values():
            function.discard_idle()


@pytest.fixture(scope="session")
def running(database_server: DatabaseServer, server_directory: Path, guard: Guard) -> Iterator[Hub]:
    """One bundle for all tests of a server."""
    name = f"e2e{next(_NUMBERS)}"
    directory = server_directory / name
    directory.mkdir()
    with Bundle(database_server, directory, guard, name=name) as bundle:
        bundle.set_value("RETRY", "retry_delay_ms", "10")
        bundle.set_value("LIMITS", "requests_per_minute", "600")
        bundle.set_value("LIMITS", "requests_per_minute", "600", scope="PROGRAM", scope_id=1)
        bundle.set_value("RETRY", "breaker_failure_threshold", "100")
        for operation in ("household_drivers", "household_vehicles", "vehicle_vin", "vehicle_tag"):
            bundle.set_value("CACHE", operation, "0")  # every test buys its own answers, but those about reuse
        yield Hub(bundle)


@pytest.fixture
def hub(running: Hub) -> Iterator[Hub]:
    """The bundle with nothing broken in it, before and after: faults end and settings return to what they were."""
    before = _settings(running.bundle)
    yield running
    running.bundle.simulator.switch_off()
    after = _settings(running.bundle)
    for row_id in after.keys() - before.keys():
        running.bundle.change("DELETE FROM configuration WHERE id = %s", (row_id,))
    for row_id in after.keys() & before.keys():
        if after[row_id] != before[row_id]:
            assignments = ", ".join(f"{column} = %s" for column in _SETTING)
            running.bundle.change(f"UPDATE configuration SET {assignments} WHERE id = %s", (*before[row_id], row_id))
    if after != before:
        running.refresh()


def _settings(bundle: Bundle) -> dict[int, tuple[Any, ...]]:
    rows = bundle.rows(f"SELECT id, {', '.join(_SETTING)} FROM configuration")
    return {row["id"]: tuple(row[column] for column in _SETTING) for row in rows}
