"""The migrations as a Lambda: by hand, and for CloudFormation, which has to get a response."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.guard import Guard
from local.runtime import Function, Invocation
from local.tls import Authority
from tests.support.hub import Hub
from tests.support.paths import EVENTS


class _CloudFormation:
    """Listens where CloudFormation would wait for the response of a custom resource."""

    def __init__(self, authority: Authority) -> None:
        self.ca_file = authority.ca_file
        self.answers: list[dict[str, Any]] = []
        answers = self.answers

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        issued = authority.issue("cloudformation")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(issued.certificate, issued.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}/response?signature=example"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def cloudformation(tmp_path: Path) -> Iterator[_CloudFormation]:
    """One that listens."""
    listening = _CloudFormation(Authority(tmp_path))
    yield listening
    listening.close()


def _event(name: str, **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return document | changes


def _deploy(hub: Hub, cloudformation: _CloudFormation, guard: Guard, event: dict[str, Any]) -> Invocation:
    """Invoke the function in an environment that trusts the listener."""
    environment = {**hub.bundle.aws_environment(), "SSL_CERT_FILE": str(cloudformation.ca_file)}
    with Function(hub.bundle.functions["migrations"].definition, guard=guard, environment=environment) as function:
        return function.invoke(event)


def test_a_dry_run_tells_that_nothing_is_pending(hub: Hub) -> None:
    """The bundle's database is up to date, and so is a run that applies what is pending."""
    for name, dry_run in (("migrations-dry-run", True), ("migrations-migrate", False)):
        invocation = hub.bundle.functions["migrations"].invoke(_event(name))
        assert not invocation.error, invocation.payload
        assert invocation.json() == {"dry_run": dry_run, "applied": 0, "skipped": 0, "pending": 0, "steps": []}


@pytest.mark.parametrize("event", [None, [], 7, {}, {"dry_run": True}, {"action": "drop"}], ids=str)
def test_an_unknown_event_changes_nothing(hub: Hub, event: Any) -> None:
    """Not even a step that is pending: the newest migration is made to look so."""
    newest = "(SELECT version FROM (SELECT MAX(version) AS version FROM schema_migration) AS newest)"
    before = hub.bundle.rows("SELECT * FROM schema_migration ORDER BY version")
    hub.bundle.change(f"UPDATE schema_migration SET steps_done = steps_done - 1 WHERE version = {newest}")
    try:
        pending = hub.bundle.rows("SELECT * FROM schema_migration ORDER BY version")
        invocation = hub.bundle.functions["migrations"].invoke(event)
        assert invocation.error_type == "RequestInvalid", invocation.payload
        assert hub.bundle.rows("SELECT * FROM schema_migration ORDER BY version") == pending
    finally:
        hub.bundle.change(f"UPDATE schema_migration SET steps_done = steps_done + 1 WHERE version = {newest}")
    assert hub.bundle.rows("SELECT * FROM schema_migration ORDER BY version") == before


@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_cloudformation_gets_its_response(
    hub: Hub, cloudformation: _CloudFormation, guard: Guard, request_type: str
) -> None:
    """With its own ids in it, and the same physical id each time; deleting the stack changes nothing."""
    event = _event("migrations-deployment", ResponseURL=cloudformation.url, RequestType=request_type)
    invocation = _deploy(hub, cloudformation, guard, event)
    assert not invocation.error, invocation.payload
    (answer,) = cloudformation.answers
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "integration-hub-schema")
    assert all(answer[name] == event[name] for name in ("StackId", "RequestId", "LogicalResourceId"))


def test_cloudformation_learns_of_a_failure(hub: Hub, cloudformation: _CloudFormation, guard: Guard) -> None:
    """A migration that was changed after it had been applied fails the deployment, with the reason."""
    with hub.altered_migration("0001_system_user"):
        _deploy(hub, cloudformation, guard, _event("migrations-deployment", ResponseURL=cloudformation.url))
    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert "0001_system_user was changed" in answer["Reason"]
