"""How long a call may take, from what Lambda, the gateway and the caller say."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from dcs.vehicles import VEHICLE
from integration_hub.entrypoint import received
from integration_hub.errors import RequestInvalid

EVENT = json.loads((Path(__file__).parents[2] / "events" / "vehicle-vin.json").read_text())


class Lambda:
    """A function that has 35 s left."""

    aws_request_id = "test"

    def get_remaining_time_in_millis(self) -> int:
        """Return 35 s."""
        return 35_000


def seconds(event: dict[str, Any]) -> float:
    """Return how long the call may take."""
    return received(VEHICLE, event, Lambda()).deadline.remaining()


def over_http(age: float | None, **changes: Any) -> dict[str, Any]:
    """Return the event of the gateway, which has been waiting for so long."""
    context = {} if age is None else {"requestTimeEpoch": round((time.time() - age) * 1000)}
    return {"httpMethod": "POST", "requestContext": context, "body": json.dumps({**EVENT, **changes})}


@pytest.mark.parametrize(
    ("waiting", "wish", "expected"),
    [
        (None, None, 27.5),
        (4, None, 23.5),
        (3600, None, 27.5),
        (-60, None, 27.5),
        (0, 20_000, 18.5),
        (0, 1_000, 0.8),
    ],
    ids=["the gateway's", "cold start", "recorded event", "slow clock", "wish", "short wish"],
)
def test_a_call_ends_before_whoever_waits_for_it(waiting: float | None, wish: int | None, expected: float) -> None:
    """There is time left to close the row and to answer; directly invoked, until Lambda ends the function."""
    assert seconds(over_http(waiting, timeout_ms=wish)) == pytest.approx(expected, abs=0.3)
    if wish is None:
        assert seconds({**EVENT, "timeout_ms": None}) == pytest.approx(33.5, abs=0.3)


@pytest.mark.parametrize("name", ["ROBERTA TESTER 1984-04-17", "a" * 41, "Zoë"])
def test_what_is_no_field_name_is_not_repeated(name: str) -> None:
    """Errors are logged, and what was sent as a name can be anybody's."""
    with pytest.raises(RequestInvalid) as caught:
        seconds({**EVENT, "search": {**EVENT["search"], name: 1}})
    told = caught.value.detail + str(caught.value.fields)
    assert name not in told
    assert "(not a field name)" in told
