"""MVR through the whole pipeline, on both servers; no line of integration_hub knows it."""

import json
from pathlib import Path

import pytest

import integration_hub
from integration_hub.errors import LoginLocked, VendorAuthRefused, VendorTimedOut
from tests.second_vendor.hub import MvrHub
from tests.second_vendor.samples import PERSONAL
from tests.second_vendor.simulator import CLIENT

TOKEN = "POST /oauth/token 200"
REPORT = "GET /v1/reports/T0001234 200"
OTHER = {"license_number": "T0009999"}


def test_a_report(hub: MvrHub) -> None:
    """A token, a GET, a normalised result, and a row that says what it cost."""
    answer = hub.call()
    assert answer.result.model_dump()["name"] == "Rosalind Testerman"
    assert hub.simulator.paths() == [TOKEN, REPORT]
    assert hub.simulator.calls[1]["headers"]["X-Call-Id"] == answer.call_id
    assert hub.simulator.calls[1]["headers"]["X-Billing-Code"] == "MAIN"
    (row,) = hub.log_rows()
    assert (row["call_id"], row["request_type"], row["outcome"]) == (answer.call_id, "Report", "ANSWERED")
    assert (row["request_url"], str(row["cost"])) == (f"https://{hub.simulator.host}/v1/reports", "4.5000")


def test_not_found_is_a_result(hub: MvrHub) -> None:
    """And is never mistaken for a clear record."""
    answer = hub.call(search=OTHER)
    assert answer.result.model_dump()["found"] is False


def test_token_is_used_for_two_calls(hub: MvrHub) -> None:
    """One token request."""
    hub.call()
    hub.call(search=OTHER)
    assert hub.simulator.paths() == [TOKEN, REPORT, "GET /v1/reports/T0009999 200"]


def test_expired_token_is_renewed_once_and_refuses_no_credential(hub: MvrHub) -> None:
    """The call is answered, and nothing counts towards a lockout."""
    hub.call()
    hub.simulator.tokens.clear()
    hub.call(search=OTHER)
    other = "GET /v1/reports/T0009999"
    assert hub.simulator.paths()[2:] == [f"{other} 401", TOKEN, f"{other} 200"]
    assert hub.refusals() == 0


def test_token_that_is_refused_when_new_is_not_renewed_again(hub: MvrHub) -> None:
    """A vendor that refuses its own new token refuses the credential."""
    hub.simulator.faults += [401]
    with pytest.raises(VendorAuthRefused):
        hub.call()
    assert [path.split()[0] for path in hub.simulator.paths()] == ["POST", "GET"]
    assert hub.refusals() == 1


def test_wrong_secret_is_locked_after_two_refusals(hub: MvrHub) -> None:
    """The third call sends nothing."""
    hub.store_credential(CLIENT[0], "wrong")
    for _ in range(2):
        with pytest.raises(VendorAuthRefused):
            hub.call()
    with pytest.raises(LoginLocked):
        hub.call()
    assert hub.simulator.paths() == ["POST /oauth/token 401"] * 2
    assert [row["outcome"] for row in hub.log_rows()] == ["REJECTED", "REJECTED", "REFUSED"]


def test_order_is_polled_until_it_is_ready(hub: MvrHub) -> None:
    """One call, one row, one charge."""
    hub.simulator.pending_polls = 2
    answer = hub.call("OrderedReport")
    assert answer.result.model_dump()["found"] is True
    assert hub.simulator.paths() == [TOKEN, "POST /v1/orders 202", *["GET /v1/orders/o-17 200"] * 3]
    (row,) = hub.log_rows()
    assert (row["outcome"], str(row["cost"]), row["retry_count"]) == ("ANSWERED", "7.2500", 0)


def test_503_is_retried(hub: MvrHub) -> None:
    """As the retry policy says; the token is kept."""
    hub.set_value("RETRY", "retry_delay_ms", "1")
    hub.set_value("RETRY", "retry_budget_percent", "100")
    hub.simulator.faults.append(503)
    hub.call()
    assert hub.simulator.paths() == [TOKEN, "GET /v1/reports/T0001234 503", REPORT]
    (row,) = hub.log_rows()
    assert (row["outcome"], row["retry_count"], str(row["cost"])) == ("ANSWERED", 1, "4.5000")


def test_slow_response_may_be_charged(hub: MvrHub) -> None:
    """The deadline ends it, and the row says that the outcome is unknown."""
    hub.call(search=OTHER)
    hub.simulator.faults.append("slow")
    with pytest.raises(VendorTimedOut) as caught:
        hub.call(seconds=0.8)
    assert caught.value.may_be_charged
    assert hub.log_rows()[-1]["outcome"] == "UNKNOWN"


def test_idempotency_key_gets_the_first_answer(hub: MvrHub) -> None:
    """Without another request to the vendor."""
    first, second = hub.call(key="quote-4711"), hub.call(key="quote-4711")
    assert (first.replayed, second.replayed) == (False, True)
    assert second.model_dump() == first.model_dump()
    assert hub.simulator.paths() == [TOKEN, REPORT]


def test_recent_response_is_used_again(hub: MvrHub) -> None:
    """For the operation that has a cache policy, and not for the other."""
    first, second = hub.call(), hub.call()
    assert second.cached is not None
    assert second.cached.call_id == first.call_id
    assert [row["outcome"] for row in hub.log_rows()] == ["ANSWERED", "CACHED"]
    hub.call("OrderedReport")
    hub.call("OrderedReport")
    assert hub.simulator.paths().count("POST /v1/orders 202") == 2


def test_rows_name_nobody_and_hold_no_secret(hub: MvrHub) -> None:
    """Whatever happened: answered, ordered, refused by the vendor."""
    hub.call(key="Rosalind-Testerman")
    hub.call("OrderedReport")
    hub.simulator.faults += [400, 500]
    for search in (OTHER, {"license_number": "T0001234", "state": "OK"}):
        with pytest.raises(Exception, match="HTTP"):
            hub.call(search=search)
    rows = json.dumps(hub.log_rows(), default=repr)
    unwanted = [*PERSONAL, "Rosalind", "T0009999", "o-17", CLIENT[1], *hub.simulator.tokens]
    assert [text for text in unwanted if text in rows] == []


def test_the_hub_does_not_know_the_vendor() -> None:
    """Nor its way to authenticate: no module of integration_hub names it."""
    folder = Path(integration_hub.__file__).parent
    assert [file.name for file in folder.rglob("*.py") if "mvr" in file.read_text(encoding="utf-8").casefold()] == []
