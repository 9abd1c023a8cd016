"""Who may start a migration, and how CloudFormation gets its response; what a run does is in tests/integration."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from integration_hub import wiring
from integration_hub.db.migrate import MigrationError
from integration_hub.observability import metrics
from local.tls import Authority
from migrations.app import handler
from migrations.cloudformation import CustomResourceRequest, ResponseRefused, respond
from tests.support.lambda_events import InvocationContext, example, rest_event

CONTEXT = InvocationContext()
# Powertools warns where an invocation has nothing to count, as a run that succeeds.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


class _ReachedError(Exception):
    """The database would have been opened."""


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise _ReachedError

    monkeypatch.setattr(wiring, "migration_connection", refuse)
    monkeypatch.setattr(metrics, "namespace", "test")


@pytest.mark.parametrize(
    "event",
    [None, [], 7, "migrate", True, {}, {"action": None}, {"action": "Migrate"}, {"dry_run": True},
     {"action": "migrate", "dry_run": True}, {"action": ["migrate"]}, {"RequestType": "Create"},
     {"ResponseURL": "https://localhost/x"}, example("driver"), example("log-maintenance"),
     rest_event({"action": "migrate"})],
    ids=lambda event: json.dumps(event)[:40],
)  # fmt: skip
def test_an_unknown_event_never_starts_a_migration(event: Any) -> None:
    """It is refused with what was expected, before anything is opened."""
    if isinstance(event, dict) and "httpMethod" in event:
        assert handler(event, CONTEXT)["statusCode"] == 400
        return
    with pytest.raises(Exception, match="REQUEST_INVALID") as caught:
        handler(event, CONTEXT)
    problem = json.loads(str(caught.value))
    assert type(caught.value).__name__ == "RequestInvalid"
    assert problem["errors"]


@pytest.mark.parametrize("name", ["migrations-dry-run", "migrations-migrate"])
def test_the_examples_start_one(name: str) -> None:
    """Each gets as far as the database."""
    with pytest.raises(Exception, match="INTERNAL_ERROR"):
        handler(example(name), CONTEXT)


def test_an_operator_gets_the_reason_of_a_failed_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the migration wrote it: it names file and step, and says what to do."""

    def fail() -> None:
        raise MigrationError("0001 was changed")

    monkeypatch.setattr(wiring, "migration_connection", fail)
    with pytest.raises(MigrationError, match="0001 was changed"):
        handler(example("migrations-migrate"), CONTEXT)


@pytest.mark.parametrize(
    "change",
    [{"ResponseURL": "http://localhost/x"}, {"ResponseURL": "file:///etc/passwd"}, {"ResponseURL": 7},
     {"ResponseURL": None}, {"RequestType": "Drop"}, {"StackId": None}],
    ids=str,
)  # fmt: skip
def test_a_request_that_is_not_cloudformations_is_refused(change: dict[str, Any]) -> None:
    """Its response goes over HTTPS only."""
    with pytest.raises(Exception, match="REQUEST_INVALID") as caught:
        handler(example("migrations-deployment", **change), CONTEXT)
    assert [problem["field"] for problem in json.loads(str(caught.value))["errors"]] == list(change)


class _Listener:
    """Takes responses as CloudFormation's pre-signed address does, with `status` as its answer."""

    def __init__(self, authority: Authority) -> None:
        self.status = 200
        self.received: list[tuple[str, str | None, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.received.append((self.path, self.headers["Content-Type"], body))
                self.send_response(outer.status)
                self.send_header("Location", "https://127.0.0.1:9/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
                """Write nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        issued = authority.issue("cloudformation")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(issued.certificate, issued.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}/response?signature=a%2Fb"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Listener]:
    """One that this process trusts."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    listening = _Listener(authority)
    yield listening
    listening.close()


def test_the_response_is_what_cloudformation_signed_for(listener: _Listener) -> None:
    """The address as it is, an empty content type, its own ids; deleting opens no database."""
    event = example("migrations-deployment", RequestType="Delete", ResponseURL=listener.url, PhysicalResourceId="p")
    assert handler(event, CONTEXT) == {}
    ((path, content_type, response),) = listener.received
    assert path == "/response?signature=a%2Fb"
    assert content_type == ""
    assert response == {
        "Status": "SUCCESS",
        "Reason": "0 steps applied",
        "PhysicalResourceId": "p",
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }


def test_cloudformation_learns_of_a_defect_and_the_invocation_fails(listener: _Listener) -> None:
    """By type: the text of an unknown exception may quote anything."""
    with pytest.raises(Exception, match="INTERNAL_ERROR"):
        handler(example("migrations-deployment", ResponseURL=listener.url), CONTEXT)
    ((_, _, response),) = listener.received
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", "integration-hub-schema")
    assert "_ReachedError" in response["Reason"]


@pytest.mark.parametrize("status", [302, 403, 500])
def test_a_refused_response_is_an_error(listener: _Listener, status: int) -> None:
    """No redirect is followed, and the address is not in the text."""
    listener.status = status
    request = CustomResourceRequest.model_validate(example("migrations-deployment", ResponseURL=listener.url))
    with pytest.raises(ResponseRefused, match=str(status)) as caught:
        respond(request, succeeded=True, reason="x" * 5000)
    assert "signature" not in str(caught.value)
    ((_, _, response),) = listener.received
    assert len(response["Reason"]) == 1000


def test_an_address_that_is_not_trusted_gets_no_response(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is checked."""
    (tmp_path / "own").mkdir()
    other = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(other.ca_file))
    listening = _Listener(Authority(tmp_path / "own"))
    request = CustomResourceRequest.model_validate(example("migrations-deployment", ResponseURL=listening.url))
    try:
        with pytest.raises(ssl.SSLCertVerificationError):
            respond(request, succeeded=True, reason="x")
    finally:
        listening.close()
    assert not listening.received
