"""What only many calls show: retries that do not become a storm, one payment for a hundred, an invoice that agrees."""

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.support.fleet import Fleet, at_once, fleet
from tests.support.hub import Hub

# A minute's limit is at most 600 calls; what counts here are the calls, so the gates forget between portions.
PORTION = 200
NAMES = ("HouseholdDrivers", "HouseholdVehicles", "VehicleVin", "VehicleTag", "Criminal")
EVENTS = ("driver", "vehicle-household", "vehicle-vin", "vehicle-tag", "criminal")
# Not among them: those that lock the login, and those that cost minutes.
FAULTS = (
    *("server-error", "stack-trace", "bad-gateway", "unavailable", "unavailable-empty", "too-many=0.01", "inner=503"),
    *("bad-request", "bad-format", "firewall", "not-found", "redirect", "inner=400", "inner=500"),
    *(
        "timed-out",
        "inner-timed-out",
        "timed-out-empty",
        "reset",
        "cut",
        "cut=0",
        "length-long",
        "truncated",
        "chunked",
        "huge=6",
    ),
    *("empty", "html", "json", "garbage", "nul", "bom", "utf16", "wrong-charset", "wrong-type", "no-type", "namespace"),
    *("deep", "dtd", "xxe", "billion-laughs", "gzip", "gzip-broken", "headers"),
    *("duplicate", "missing-id", "wrong-id", "unknown-elements", "slow=0.05"),
)


@pytest.fixture
def many(hub: Hub) -> Iterator[Fleet]:
    """A fleet, and no daily limit."""
    hub.configure("LIMITS", "daily_limit", "10000000")
    hub.configure("RETRY", "retry_delay_ms", "2")
    with fleet(hub.bundle) as running:
        yield running


def _events(hub: Hub, name: str, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    return itertools.repeat((name.partition("-")[0], hub.event(name)), number)


def _portions(hub: Hub, number: int) -> Iterator[int]:
    while number > 0:
        hub.reset_rate_limits()
        yield min(PORTION, number)
        number -= PORTION


def _force(hub: Hub, operation: str, state: str) -> None:
    act = hub.event("admin-force-breaker", operation=operation, state=state)
    assert not hub.bundle.functions["admin"].invoke(act).error


def test_a_vendor_that_is_down_is_not_stormed(hub: Hub, many: Fleet) -> None:
    """1,000 requests become at most 1,200 calls: the retries of the whole fleet come out of one budget."""
    hub.bundle.simulator.switch_on("unavailable")
    assert many.ask(_events(hub, "vehicle-vin", 1)).total() == 1  # there is a budget from here on
    hub.set_retry_tokens(0)
    _force(hub, "VehicleVin", "CLOSED")
    arrived = len(hub.arrivals())
    ended: Counter[str] = Counter()
    for portion in _portions(hub, 1000):
        ended += many.ask(_events(hub, "vehicle-vin", portion))
    _force(hub, "VehicleVin", "AUTOMATIC")
    assert ended == {"VendorUnavailable": 1000}
    assert 1150 <= len(hub.arrivals()) - arrived <= 1200


def test_the_breaker_spares_a_vendor_that_is_down(hub: Hub, many: Fleet) -> None:
    """With the settings as delivered hardly any of 200 requests reaches it."""
    hub.configure("RETRY", "breaker_failure_threshold", "5")
    hub.bundle.simulator.switch_on("unavailable")
    arrived = len(hub.arrivals())
    ended = many.ask(_events(hub, "vehicle-tag", 200))
    hub.close_circuit_breakers()
    assert set(ended) <= {"VendorUnavailable", "CircuitOpen"}
    assert ended["CircuitOpen"] > 150
    assert 5 <= len(hub.arrivals()) - arrived <= 5 + 4 * 2


def test_a_hundred_at_once_with_one_key_pay_once(hub: Hub) -> None:
    """A hundred processes get one answer, which was bought once."""
    assert hub.post("vehicle-vin", key="bought-before").status_code == 200
    hub.bundle.simulator.switch_on("slow=2")
    arrived, correlation_id = len(hub.arrivals()), "a-hundred-at-once"
    before = hub.event("vehicle-vin", idempotency_key="bought-before")
    event = hub.event("vehicle-vin", idempotency_key="a-hundred", correlation_id=correlation_id)
    answers = at_once(hub.bundle, "vehicle", event, 100, after=before)
    assert len(answers) == 100
    assert len(set(answers)) == 1
    assert len(hub.arrivals()) == arrived + 1
    rows = hub.rows_of(correlation_id)
    assert Counter(row["outcome"] for row in rows) == {"ANSWERED": 1, "REPLAYED": 99}
    assert sum(row["cost"] for row in rows) == Decimal("0.90")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_vendors_invoice_agrees_with_our_costs_to_the_cent(hub: Hub, many: Fleet) -> None:
    """10,000 calls of all operations through all faults; every call's cost is what the vendor charged for it."""
    chance = random.Random(4711)  # noqa: S311 - the same mixture each time
    for operation in NAMES:
        _force(hub, operation, "CLOSED")
    before, invoice = hub.last_id(), hub.bundle.simulator.invoice()["total_cents"]
    first_entry = len(hub.bundle.simulator.calls())
    ended: Counter[str] = Counter()
    faults = itertools.cycle(FAULTS)
    for portion in _portions(hub, 10_000):
        hub.bundle.simulator.switch_on(next(faults), calls=portion // 2)
        mixture = [chance.choice(EVENTS) for _ in range(portion)]
        ended += many.ask((name.partition("-")[0], hub.event(name)) for name in mixture)
        hub.bundle.simulator.switch_off()
    for operation in NAMES:
        _force(hub, operation, "AUTOMATIC")
    assert ended.total() == 10_000
    assert len(ended) >= 4
    rows = hub.rows_after(before)
    assert len(rows) == 10_000
    assert Counter(row["outcome"] for row in rows).keys() >= {"ANSWERED", "REJECTED", "UNKNOWN"}
    charged = _charged(hub.bundle.simulator.calls()[first_entry:])
    assert {row["call_id"]: row["cost"] for row in rows} == {row["call_id"]: charged[row["call_id"]] for row in rows}
    # A call of an earlier test, to which the vendor still owed an answer, may have come onto the invoice meanwhile.
    earlier = charged.pop("", Decimal(0))
    total = Decimal(hub.bundle.simulator.invoice()["total_cents"] - invoice) / 100 - earlier
    assert sum(row["cost"] for row in rows) == total
    assert total > 0


def test_what_the_vendor_never_read_is_the_only_difference(hub: Hub) -> None:
    """A connection that is reset before the request was read looks like any other; our cost is the higher one."""
    hub.bundle.simulator.switch_on("reset-early", calls=1)
    invoice = hub.bundle.simulator.invoice()["total_cents"]
    call_id = hub.post("vehicle-vin").json()["call_id"]
    assert hub.bundle.simulator.invoice()["total_cents"] == invoice
    row = hub.row(call_id)
    assert (row["outcome"], row["cost"]) == ("UNKNOWN", Decimal("0.90"))


def _charged(entries: list[dict[str, Any]]) -> dict[str, Decimal]:
    """Add up the vendor's prices per call of ours; under no name those of calls that arrived before."""
    calls = {entry["sequence"]: entry["call_id"] for entry in entries if entry["event"] == "arrived"}
    charged: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if entry["event"] == "ended":
            charged[calls.get(entry["sequence"], "")] += Decimal(entry["price_cents"]) / 100
    return charged
