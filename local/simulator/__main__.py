"""Command line of the simulator: serve, or list the people and faults that it knows."""

import argparse
import contextlib
import json
import signal
import tempfile
from pathlib import Path
from threading import Event

from local.simulator import DEFAULT_SEED, Credentials, Simulator
from local.simulator.listing import faults, people


def main() -> None:
    """Serve until SIGTERM or SIGINT, after one line of JSON that says where; or print a list."""
    usual = Credentials()
    parser = argparse.ArgumentParser("python -m local.simulator", description="The vendor DCS on this machine.")
    parser.add_argument("command", nargs="?", default="serve", choices=["serve", "people", "faults"])
    parser.add_argument("--port", type=int, default=0, help="HTTPS port; 0 takes any")
    parser.add_argument("--admin-port", type=int, default=0, help="port of the administration (HTTP); 0 takes any")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="the same seed gives the same people")
    parser.add_argument("--directory", type=Path, help="for certificates and the call log; else a temporary one")
    for part in ("account", "user", "password"):
        parser.add_argument(f"--{part}", default=getattr(usual, part), help="default: the demo login")
    wanted = parser.parse_args()
    if wanted.command == "people":
        print(people(wanted.seed))
    elif wanted.command == "faults":
        print(faults())
    else:
        _serve(wanted, Credentials(wanted.account, wanted.user, wanted.password))


def _serve(wanted: argparse.Namespace, login: Credentials) -> None:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with contextlib.ExitStack() as stack:
        if wanted.directory:
            wanted.directory.mkdir(parents=True, exist_ok=True)
        directory = wanted.directory or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="simulator-")))
        simulator = Simulator(directory, seed=wanted.seed, login=login, port=wanted.port, admin_port=wanted.admin_port)
        stack.enter_context(simulator)
        ready = {
            "url": simulator.url,
            "ca_file": str(simulator.ca_file),
            "call_log": str(simulator.call_log),
            "admin_url": simulator.admin_url,
        }
        print(json.dumps(ready), flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
