"""Events and contexts as Lambda passes them, for handlers that run in the test's own process."""

import json
from pathlib import Path
from typing import Any

from samcli.lib.generated_sample_events.events import Events

_EVENTS = Path(__file__).parents[2] / "events"
# As `sam local generate-event` takes them.
SAM_EVENTS = {
    "REST API": ("apigateway", "aws-proxy"),
    "HTTP API": ("apigateway", "http-api-proxy"),
    "load balancer": ("alb", "request"),
}


class InvocationContext:
    """The context of an invocation that has 35 s left, with what Powertools reads besides."""

    aws_request_id = "00000000-0000-4000-8000-000000000009"
    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:test"

    def get_remaining_time_in_millis(self) -> int:
        """Return 35 s."""
        return 35_000


def example(name: str, **changes: Any) -> dict[str, Any]:
    """Return an example of events/, with some members replaced."""
    document: dict[str, Any] = json.loads((_EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return document | changes


def sam_event(kind: str, document: Any) -> dict[str, Any]:
    """Return the SAM CLI's sample event of a kind (SAM_EVENTS) with this document as its body, in Base64."""
    service, name = SAM_EVENTS[kind]
    events = Events()
    tags = events.event_mapping[service][name]["tags"]
    values = {tag: found.get("default") for tag, found in tags.items()} | {"body": json.dumps(document)}
    event: dict[str, Any] = json.loads(events.generate_event(service, name, values))
    return event


def rest_event(document: Any, *, headers: dict[str, list[str]] | None = None, **context: Any) -> dict[str, Any]:
    """Return a REST API's event with the essential members only; `context` are those of requestContext."""
    several = headers or {}
    return {
        "httpMethod": "POST",
        "headers": {name: values[-1] for name, values in several.items()},
        "multiValueHeaders": several,
        "requestContext": context,
        "body": document if isinstance(document, str) else json.dumps(document),
        "isBase64Encoded": False,
    }
