"""The vendor simulator as one object: start it, call it, switch faults, read what it saw."""

from dataclasses import asdict
from pathlib import Path
from typing import Self

from local.simulator.admin import Admin
from local.simulator.call_log import Call, CallLog, Invoice
from local.simulator.decision import Vendor
from local.simulator.login import Credentials, Login
from local.simulator.population import Population, populate
from local.simulator.server import Server
from local.simulator.switches import Switches

DEFAULT_SEED = 42


class Simulator:
    """DCS on this machine: HTTPS on 127.0.0.1, with a certificate of a private authority made for this run.

    `directory` takes the certificates and the call log and must exist; ports of 0 are chosen by the system. Use it as a
    context manager, or call `close`.
    """

    def __init__(
        self,
        directory: Path,
        *,
        seed: int = DEFAULT_SEED,
        login: Credentials | None = None,
        port: int = 0,
        admin_port: int = 0,
    ) -> None:
        self.population: Population = populate(seed)
        self.login = Login(login or Credentials())
        self._switches = Switches()
        self._log = CallLog(directory / "calls.jsonl")
        self._server = Server(directory, port, Vendor(self.population, self.login, self._switches), self._log)
        self._admin = Admin(self, admin_port)
        self._server.start()
        self.ca_file: Path = self._server.ca_file
        self.call_log: Path = self._log.path
        self.url = f"https://127.0.0.1:{self._server.port}"
        self.admin_url = self._admin.url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def calls(self) -> tuple[Call, ...]:
        """Every call so far, in the order of arrival. The end of a call that is still running is None."""
        return self._log.calls()

    def invoice(self) -> Invoice:
        """What the calls so far cost."""
        return self._log.invoice()

    def switch_on(
        self, faults: str, *, calls: int | None = None, seconds: float | None = None, operation: str | None = None
    ) -> None:
        """Switch faults on (`name=argument`, with commas): for the next calls, for seconds, or until cleared.

        Raises:
            UnknownFault: for an unknown name, argument or operation.

        """
        self._switches.on(faults, calls=calls, seconds=seconds, operation=operation)

    def clear(self) -> None:
        """Switch all faults off. A locked account or an expired password stays until `change_password`."""
        self._switches.clear()

    def change_password(self, password: str) -> None:
        """Change the password, as the vendor's customer does on its web site. It also ends a lock."""
        self.login.change_password(password)

    def state(self) -> dict[str, object]:
        """What is going on, without secrets."""
        calls = self.calls()
        return {
            "url": self.url,
            "connections": self._server.connections,
            "calls": len(calls),
            "running": sum(call.end is None for call in calls),
            "login": {
                "account": self.login.account,
                "refusals": self.login.refusals,
                "locked": self.login.locked,
                "expired": self.login.expired,
            },
            "faults": self._switches.shown(),
            "invoice": asdict(self.invoice()),
        }

    def close(self) -> None:
        """Stop serving, end every connection and close the log."""
        self._server.stop()
        self._admin.close()
        self._log.close()
