"""The migrations as a Lambda: by hand as a dry run, and for CloudFormation, which has to get an answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.support.hub import Hub
from tests.support.paths import EVENTS


class _CloudFormation:
    """Listens where CloudFormation would wait for the answer of a custom resource."""

    def __init__(self) -> None:
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
        self.url = f"http://127.0.0.1:{self._server.server_port}/answer?signature=example"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def cloudformation() -> Iterator[_CloudFormation]:
    """One that listens."""
    listening = _CloudFormation()
    yield listening
    listening.close()


def _event(name: str, **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return document | changes


def test_a_dry_run_tells_that_nothing_is_pending(hub: Hub) -> None:
    """The bundle's database is up to date."""
    invocation = hub.bundle.functions["migrations"].invoke(_event("migrations-dry-run"))
    assert not invocation.error, invocation.payload
    assert invocation.json() == {"dry_run": True, "applied": 0, "skipped": 0, "pending": 0, "steps": []}


@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_cloudformation_gets_its_answer(hub: Hub, cloudformation: _CloudFormation, request_type: str) -> None:
    """With its own ids in it, and the same physical id each time; deleting the stack changes nothing."""
    event = _event("migrations-deployment", ResponseURL=cloudformation.url, RequestType=request_type)
    invocation = hub.bundle.functions["migrations"].invoke(event)
    assert not invocation.error, invocation.payload
    (answer,) = cloudformation.answers
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "integration-hub-schema")
    assert all(answer[name] == event[name] for name in ("StackId", "RequestId", "LogicalResourceId"))


def test_cloudformation_hears_of_a_failure(hub: Hub, cloudformation: _CloudFormation) -> None:
    """A migration that was changed after it had been applied fails the deployment, with the reason."""
    with hub.altered_migration("0001_system_user"):
        hub.bundle.functions["migrations"].invoke(_event("migrations-deployment", ResponseURL=cloudformation.url))
    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert "0001_system_user was changed" in answer["Reason"]
