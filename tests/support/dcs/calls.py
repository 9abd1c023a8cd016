"""Calls of the DCS operations as the handler makes them from the requests in events/."""

import json
from dataclasses import replace
from typing import Any

from integration_hub.deadline import Deadline
from integration_hub.models.call import Call
from integration_hub.models.identifiers import References
from integration_hub.models.purpose import Purpose
from integration_hub.vendor.contract import AnyOperation, Integration
from tests.support.paths import EVENTS

QUOTE = References(quote_id=4711)


def call_of(operation: AnyOperation, integration: Integration, event: str, **changes: Any) -> Call:
    """Return the call of one event's search, for program 1 and a quote."""
    search = json.loads((EVENTS / f"{event}.json").read_text())["search"]
    call = Call(
        call_id="c1",
        correlation_id="x",
        integration=integration,
        operation=operation,
        program_id=1,
        purpose=Purpose.UNDERWRITING,
        references=QUOTE,
        search=operation.request.model_validate_json(json.dumps(search)),
        deadline=Deadline(0.0),
    )
    return replace(call, **changes)
