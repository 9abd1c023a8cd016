"""The running hub, as its callers and operators use it in end-to-end tests."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from local.aws import put_secret
from tests.support.database_acts import DatabaseActs
from tests.support.paths import EVENTS
from tests.support.waiting import eventually

PATHS = {"driver": "drivers", "vehicle": "vehicles", "criminal": "criminal"}


class Hub(DatabaseActs):
    """Calls through the gateway, what the vendor received, and settings."""

    @staticmethod
    def event(name: str, **changes: Any) -> dict[str, Any]:
        """Return an example event with some members replaced; None leaves a member out."""
        document: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
        document.update(changes)
        return {key: value for key, value in document.items() if value is not None}

    @staticmethod
    def path(name: str = "driver") -> str:
        """Return the gateway's path for an example event."""
        return f"/api/v1/dcs/{PATHS[name.partition('-')[0]]}"

    # Callers

    def post(
        self, name: str = "driver", *, raw: bytes | None = None, key: str | None = None, **changes: Any
    ) -> requests.Response:
        """Send a request through the gateway, with an idempotency key if one is given."""
        body = raw if raw is not None else json.dumps(self.event(name, **changes)).encode()
        headers = {"Content-Type": "application/json", **({} if key is None else {"Idempotency-Key": key})}
        return requests.post(f"{self.bundle.gateway.url}{self.path(name)}", data=body, headers=headers, timeout=60)

    def post_with_headers(self, headers: dict[str, str], **changes: Any) -> requests.Response:
        """Send the driver example with further headers."""
        url = f"{self.bundle.gateway.url}{self.path()}"
        return requests.post(url, json=self.event("driver", **changes), headers=headers, timeout=60)

    def post_while(self, act: Callable[[], object], **changes: Any) -> requests.Response:
        """Send a request, run `act` as soon as the vendor has received it, and return the answer."""
        arrived = len(self.arrivals())
        answers: list[requests.Response] = []
        thread = threading.Thread(target=lambda: answers.append(self.post(**changes)))
        thread.start()
        self.wait_for_arrival(after=arrived)
        act()
        thread.join()
        return answers[0]

    def arrivals(self) -> list[dict[str, Any]]:
        """Return the calls that reached the simulator, from its own log."""
        return [entry for entry in self.bundle.simulator.calls() if entry["event"] == "arrived"]

    def wait_for_arrival(self, *, after: int) -> None:
        """Wait until more than `after` calls have reached the simulator."""
        assert eventually(lambda: len(self.arrivals()) > after), "no call reached the simulator"

    # Operators

    def configure(self, kind: str, key: str, value: str, *, program: int | None = None) -> None:
        """Store one setting for this test, for all programs or for one, effective at once."""
        scope = "SYSTEM" if program is None else "PROGRAM"
        self.bundle.set_value(kind, key, value, scope=scope, scope_id=program)
        self.refresh()

    def admit_program(self, program_id: int) -> None:
        """Give a program the settings without which it cannot call: an account and a department."""
        self.configure("CREDENTIALS", "account_number", self.bundle.simulator.login[0], program=program_id)
        self.configure("CREDENTIALS", "department_id", "UW-07", program=program_id)

    def fill_retry_budget(self) -> None:
        """Fill the retry budget of driver look-ups."""
        self.post()  # the budget exists from the first call on
        self.set_retry_tokens(1000)

    def spend_retry_budget(self) -> None:
        """Leave no retry in the budget of driver look-ups."""
        self.post()
        self.set_retry_tokens(0)

    def verify_logins(self) -> None:
        """Have the vendor accept each integration's login once; until then few calls at once may use it."""
        for name in ("driver", "vehicle-vin", "criminal"):
            assert self.post(name).status_code == 200

    def store_login(self, **options: str) -> None:
        """Encrypt the simulator's login anew and store it."""
        _, username, password = self.bundle.simulator.login
        self.bundle.store_login(username, password, **options)

    def rotate_database_password(self, password: str) -> None:
        """Change the password of the handlers' database account, in the database and in Secrets Manager."""
        username = self.bundle.database.runtime.username
        self.change_database_password(username, password)
        secret = json.dumps({"username": username, "password": password})
        put_secret(self.bundle.aws, f"{self.bundle.database.name}-handlers", secret)

    def refresh(self) -> None:
        """Restart the functions, so that they have nothing cached."""
        for function in self.bundle.functions.values():
            function.discard_idle()

    def log_file(self, function: str = "driver") -> Path:
        """Return the file with everything that a function has printed."""
        return self.bundle.log_directory / f"{self.bundle.functions[function].definition.name}.log"

    def log(self, function: str = "driver") -> str:
        """Return everything that a function has printed."""
        return self.log_file(function).read_text()

    def maintain(self) -> dict[str, Any]:
        """Run log maintenance and return what it did."""
        report: dict[str, Any] = self.bundle.functions["log_maintenance"].invoke({}).json()
        return report
