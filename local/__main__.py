"""Command line of the local bundle.

    python -m local run [--port N]          start everything, make one look-up, serve until Ctrl-C
    python -m local demo                    the same once, with every vendor operation, then stop
    python -m local invoke FUNCTION EVENT   run one event file through one function

`make run` and `make demo` set everything up first.
"""

import argparse
import json
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn

import requests

from local.bundle import ROOT, Bundle
from local.database import DatabaseError, DatabaseServer, available_flavour
from local.guard import Guard
from local.tls import Authority

_EVENTS = (
    ("drivers", "driver.json"),
    ("vehicles", "vehicle-household.json"),
    ("vehicles", "vehicle-vin.json"),
    ("vehicles", "vehicle-tag.json"),
    ("criminal", "criminal.json"),
)
_ROW = """
SELECT id, call_id, correlation_id, policy_id, quote_id, driver_id, vehicle_id, program_id, purpose, request_type,
       outcome, response_code, response_time_ms, retry_count, cost, opened_at, closed_at, request_data, response_data
FROM integration_log WHERE call_id = %s
"""


@contextmanager
def running(port: int) -> Iterator[Bundle]:
    """Start everything in a new directory; the guard stops and removes all of it, also after a crash."""
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="dcs-hub-"))
        guard = stack.enter_context(Guard())
        guard.watch_directory(directory)
        say("starting a database server, AWS APIs, the vendor simulator and the functions ...")
        started = time.monotonic()
        server = DatabaseServer(available_flavour(), directory / "database", Authority(directory), guard=guard)
        stack.enter_context(server)
        bundle = stack.enter_context(Bundle(server, directory, guard, gateway_port=port))
        say(f"ready after {time.monotonic() - started:.1f} s\n")
        say(f"  database     {server.flavour.value} {server.version} on {server.host}:{server.port}")
        say(f"  AWS APIs     {bundle.aws.endpoint_url}")
        say(f"  simulator    {bundle.simulator.url}")
        say(f"  gateway      {bundle.gateway.url}\n")
        yield bundle


def say(text: str = "") -> None:
    """Print a line and flush it."""
    print(text, flush=True)


def look_up(bundle: Bundle, path: str, event: str) -> requests.Response:
    """Send an example event through the gateway."""
    document = json.loads((ROOT / "events" / event).read_text(encoding="utf-8"))
    return requests.post(f"{bundle.gateway.url}/api/v1/dcs/{path}", json=document, timeout=40)


def show_first_look_up(bundle: Bundle) -> bool:
    """Make a driver look-up, print answer and log row; return whether it succeeded."""
    say("A household driver look-up: POST /api/v1/dcs/drivers with events/driver.json\n")
    answer = look_up(bundle, *_EVENTS[0])
    say(f"HTTP {answer.status_code}")
    say(json.dumps(answer.json(), indent=2))
    (row,) = bundle.rows(_ROW, (answer.headers["X-Call-Id"],))
    say("\nThe row of integration_log that it left, with personal data masked:\n")
    for name, value in row.items():
        say(f"  {name:<17} {value if value is not None else '-'}")
    return answer.status_code == HTTPStatus.OK


def show_other_operations(bundle: Bundle) -> bool:
    """Make the other look-ups, print one line per log row; return whether all succeeded."""
    say("\nThe other operations, each with its row:\n")
    statuses = [look_up(bundle, path, event).status_code for path, event in _EVENTS[1:]]
    for row in bundle.rows("SELECT * FROM integration_log ORDER BY id"):
        say(
            f"  {row['id']:>2}  {row['request_type']:<18} quote {row['quote_id']}  {row['outcome']:<9}"
            f" {row['response_code']}  {row['response_time_ms']:>4} ms  {row['correlation_id']}"
        )
    arrived = sum("arrived" in entry.get("event", "") for entry in bundle.simulator.calls())
    say(f"\nThe vendor simulator's own log: {arrived} calls arrived.")
    return all(status == HTTPStatus.OK for status in statuses)


def show_curl_lines(bundle: Bundle) -> None:
    """Print lines to paste into another terminal."""
    say("\nTry it from another terminal:\n")
    for path, event in _EVENTS:
        file = shlex.quote(f"@{ROOT / 'events' / event}")
        say(f"  curl -s -H 'Content-Type: application/json' -d {file} {bundle.gateway.url}/api/v1/dcs/{path}")


def run(port: int) -> int:
    """Serve until Ctrl-C or a signal to end."""
    with running(port) as bundle:
        show_first_look_up(bundle)
        show_curl_lines(bundle)
        say(f"\nLogs of the functions: {bundle.log_directory}\nServing; Ctrl-C ends it and leaves nothing behind.")
        signal.pause()
    return 0


def demo() -> int:
    """Show everything once."""
    with running(0) as bundle:
        first = show_first_look_up(bundle)
        others = show_other_operations(bundle)
    return 0 if first and others else 1


def invoke(function: str, event: Path) -> int:
    """Run one event through one function, as a direct caller would; print what it returns."""
    try:
        document: Any = json.loads(event.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        say(f"{event} is not a readable JSON file: {error}")
        return 2
    with running(0) as bundle:
        if function not in bundle.functions:
            say(f"There is no function {function}; there are {', '.join(sorted(bundle.functions))}.")
            return 2
        invocation = bundle.functions[function].invoke(document)
        say(json.dumps(invocation.json(), indent=2))
        say("\nIts log:\n")
        for line in invocation.log_lines:
            say(f"  {line}")
    return 1 if invocation.error else 0


def main() -> int:
    """Run the command line; return the exit status, also after SIGINT, SIGTERM and SIGHUP."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The bundle on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="start everything, make one look-up, serve until Ctrl-C")
    run_parser.add_argument("--port", type=int, default=8080, help="gateway's port; another one if it is in use")
    commands.add_parser("demo", help="the same once, with every vendor operation, then stop")
    invoke_parser = commands.add_parser("invoke", help="run one event file through one function")
    invoke_parser.add_argument("function", help="driver, vehicle, criminal, admin, log_maintenance or migrations")
    invoke_parser.add_argument("event", type=Path, help="a file in events/ or your own")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        match options.command:
            case "run":
                return run(options.port)
            case "demo":
                return demo()
            case _:
                return invoke(options.function, options.event)
    except KeyboardInterrupt:
        say("\nended")
        return 0
    except DatabaseError as error:
        say(str(error))
        return 1


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
