"""The vendor, the database or the function itself fails: the caller is told what to do, and nothing is lost."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.support.hub import Hub


@pytest.fixture(autouse=True)
def _the_next_call_works(running: Hub) -> Iterator[None]:
    """Holds after every fault of this file, once the vendor is well again."""
    yield
    assert running.post().status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "code", "outcome"),
    [
        ("slow=30", 504, "VENDOR_TIMED_OUT", "UNKNOWN"),
        ("drip=1", 504, "VENDOR_TIMED_OUT", "UNKNOWN"),
        ("silence", 504, "VENDOR_TIMED_OUT", "UNKNOWN"),
        ("reset", 502, "VENDOR_UNAVAILABLE", "UNKNOWN"),
        ("cut=50", 502, "VENDOR_UNAVAILABLE", "UNKNOWN"),
        ("server-error", 502, "VENDOR_UNAVAILABLE", "REJECTED"),
        ("stack-trace", 502, "VENDOR_UNAVAILABLE", "REJECTED"),
        ("unavailable", 502, "VENDOR_UNAVAILABLE", "REJECTED"),
        ("inner=500", 502, "VENDOR_UNAVAILABLE", "REJECTED"),
        ("timed-out", 504, "VENDOR_TIMED_OUT", "UNKNOWN"),
        ("inner-timed-out", 504, "VENDOR_TIMED_OUT", "UNKNOWN"),
        ("bad-request", 422, "VENDOR_REJECTED", "REJECTED"),
        ("firewall", 422, "VENDOR_REJECTED", "REJECTED"),
        ("inner=400", 422, "VENDOR_REJECTED", "REJECTED"),
        ("redirect", 502, "VENDOR_RESPONSE_INVALID", "REJECTED"),
        ("not-found", 502, "VENDOR_RESPONSE_INVALID", "REJECTED"),
        ("garbage", 502, "VENDOR_RESPONSE_INVALID", "UNKNOWN"),
    ],
)
def test_a_vendor_fault_is_told_and_on_record(hub: Hub, fault: str, status: int, code: str, outcome: str) -> None:
    """One row, closed, that says truthfully whether something may have been bought."""
    hub.post()  # warm
    hub.bundle.simulator.switch_on(fault)
    rows = hub.row_count()
    answer = hub.post(timeout_ms=1500)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert problem["fallback"] == "MANUAL_ENTRY_REQUIRED"
    assert problem.get("may_be_charged", False) is (outcome == "UNKNOWN")
    assert hub.row_count() == rows + 1
    row = hub.row(problem["call_id"])
    assert row["cost"] == (Decimal("2.50") if outcome == "UNKNOWN" else 0)
    assert (row["outcome"], row["error_code"], row["is_success"]) == (outcome, code, 0)
    assert row["closed_at"]
    assert row["response_time_ms"] <= 1500 + 500


def test_a_callers_patience_may_stand_in_a_header(hub: Hub) -> None:
    """As a proxy in front of the hub would set it."""
    hub.post()  # warm
    hub.bundle.simulator.switch_on("silence")
    answer = hub.post_with_headers({"X-Timeout-Ms": "700"})
    assert answer.status_code == 504
    assert hub.last_row()["response_time_ms"] <= 700 + 500


def test_the_row_is_closed_before_lambda_ends_the_function(hub: Hub) -> None:
    """A caller that states no time-out gets an answer all the same, and so does the log."""
    driver = hub.bundle.functions["driver"].definition
    hub.bundle.simulator.switch_on("silence")
    with hub.bundle.function_of(replace(driver, name="hasty", timeout_seconds=4)) as hasty:
        ended = hasty.invoke(hub.event("driver"))
    assert ended.error_type == "VendorTimedOut"
    assert ended.duration_seconds < 4
    assert (hub.last_row()["outcome"], hub.last_row()["error_code"]) == ("UNKNOWN", "VENDOR_TIMED_OUT")


@pytest.mark.parametrize("fault", ["tls-untrusted", "tls-reset"])
def test_a_connection_that_never_stood_bought_nothing(hub: Hub, fault: str) -> None:
    """A stranger's certificate is refused before the login leaves."""
    hub.refresh()
    hub.bundle.simulator.switch_on(fault)
    arrived = len(hub.arrivals())
    problem = hub.post(timeout_ms=3000).json()
    assert problem["code"] == "VENDOR_UNAVAILABLE", problem
    assert hub.row(problem["call_id"])["outcome"] == "FAILED"
    assert len(hub.arrivals()) == arrived


def test_a_vendor_that_is_down_bought_nothing(hub: Hub) -> None:
    """Nobody listens at the configured port."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
    function = hub.bundle.functions["driver"]
    allowed = dict(function.definition.environment)["VENDOR_HOSTS"]
    hub.configure("CONNECTION", "base_url", f"https://127.0.0.1:{port}")
    problem = hub.post().json()
    # Not even tried: the host is not on the function's allow-list.
    assert problem["code"] == "CONFIGURATION_MISSING"
    assert hub.row(problem["call_id"])["outcome"] in {"FAILED", "UNKNOWN"}
    assert str(port) not in allowed


def test_a_refused_login_is_not_tried_again_with_the_same_password(hub: Hub) -> None:
    """One arrival: a second one with the same password could lock the account."""
    hub.bundle.simulator.switch_on("unauthorized", calls=1)
    arrived = len(hub.arrivals())
    problem = hub.post().json()
    assert problem["code"] == "VENDOR_AUTH_REFUSED"
    assert len(hub.arrivals()) == arrived + 1
    assert hub.row(problem["call_id"])["outcome"] == "REJECTED"


def test_a_new_password_ends_a_lock_at_once(hub: Hub) -> None:
    """A warm function reads a locked login again, and a new ciphertext is a new login, whatever its version says."""
    driver = replace(hub.bundle.functions["driver"].definition, name="warm")
    with hub.bundle.function_of(driver) as warm:
        assert not warm.invoke(hub.event("driver")).error
        hub.bundle.simulator.switch_on("unauthorized", calls=2)
        codes = [hub.post().json()["code"] for _ in range(3)]
        assert codes == ["VENDOR_AUTH_REFUSED", "VENDOR_AUTH_REFUSED", "LOGIN_LOCKED"]
        hub.store_login()
        assert not warm.invoke(hub.event("driver")).error
    hub.forget_locked_logins()
    hub.refresh()
    hub.verify_logins()


def test_the_longest_version_of_a_login_closes_its_row(hub: Hub) -> None:
    """It goes into the row, and a row that cannot be closed loses the answer that it keeps."""
    hub.store_login(version="v" * 64)
    hub.refresh()
    row = hub.row(hub.post().json()["call_id"])
    assert (row["outcome"], len(row["credential_version"])) == ("ANSWERED", 32)
    hub.store_login()
    hub.refresh()
    hub.verify_logins()


def test_callers_in_a_hurry_do_not_stop_the_others(hub: Hub) -> None:
    """A vendor that needs one second is not down because some callers wait for less."""
    hub.configure("RETRY", "breaker_failure_threshold", "2")
    hub.post()  # warm
    hub.bundle.simulator.switch_on("slow=1")
    codes = [hub.post(timeout_ms=700).json()["code"] for _ in range(4)]
    assert codes == ["VENDOR_TIMED_OUT"] * 4
    assert hub.post().status_code == 200


def test_a_charged_attempt_is_told_whatever_came_after_it(hub: Hub) -> None:
    """The caller of a retried call is told what its first attempt may cost."""
    hub.fill_retry_budget()
    hub.configure("RETRY", "retry_lost_answers", "true")
    hub.configure("RETRY", "max_retries", "1")
    hub.bundle.simulator.switch_on("slow=2, timed-out", calls=1)
    answer = hub.post_while(lambda: hub.bundle.simulator.switch_on("unavailable", calls=1))
    problem = answer.json()
    assert (problem["code"], problem["may_be_charged"]) == ("VENDOR_UNAVAILABLE", True)
    assert hub.row(problem["call_id"])["outcome"] == "UNKNOWN"


def test_an_outage_of_a_moment_is_retried_and_each_attempt_is_on_record(hub: Hub) -> None:
    """The retry budget of earlier calls pays for it."""
    hub.fill_retry_budget()
    hub.bundle.simulator.switch_on("unavailable", calls=2)
    answer = hub.post()
    assert answer.status_code == 200
    row = hub.row(answer.json()["call_id"])
    assert (row["outcome"], row["retry_count"]) == ("ANSWERED", 2)
    assert '"VENDOR_UNAVAILABLE"' in row["attempts"]


def test_a_retry_that_was_refused_says_why_on_record(hub: Hub) -> None:
    """The fleet's budget is spent, so the error of the first attempt stands."""
    hub.spend_retry_budget()
    hub.bundle.simulator.switch_on("unavailable", calls=1)
    row = hub.row(hub.post().json()["call_id"])
    (attempt,) = json.loads(row["attempts"])
    assert (attempt["error"], attempt["retry_refused"]) == ("VENDOR_UNAVAILABLE", "RETRY_BUDGET_SPENT")


def test_nothing_is_sent_that_nobody_could_wait_for(hub: Hub) -> None:
    """After the pause that the vendor asks for there would be time to be charged, and none to hear the answer."""
    hub.fill_retry_budget()
    hub.bundle.simulator.switch_on("unavailable=1", calls=1)
    arrived = len(hub.arrivals())
    problem = hub.post(timeout_ms=1430).json()
    assert (problem["code"], problem.get("may_be_charged")) == ("VENDOR_UNAVAILABLE", None)
    assert len(hub.arrivals()) == arrived + 1
    assert hub.row(problem["call_id"])["outcome"] == "REJECTED"


def test_a_killed_function_leaves_an_open_row_that_maintenance_closes(hub: Hub) -> None:
    """Not nothing: the row says that a call was begun and what it may cost; the key that it holds buys nothing more."""
    key = "killed in the middle"
    hub.bundle.simulator.switch_on("slow=5", calls=1)
    arrived, function = len(hub.arrivals()), hub.bundle.functions["driver"]
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(function.invoke(hub.event("driver", idempotency_key=key))))
    thread.start()
    hub.wait_for_arrival(after=arrived)
    (pid,) = function.busy().values()
    os.kill(pid, 9)
    thread.join()
    assert results[0].error_type == "Runtime.ExitError"
    row = hub.row(hub.arrivals()[-1]["call_id"])
    assert (row["outcome"], row["is_success"], row["closed_at"]) == ("OPEN", None, None)
    assert (row["quote_id"], row["cost"]) == (4711, Decimal("2.50"))
    hub.maintain()  # what earlier tests left
    for minutes, outcome in ((14, "OPEN"), (2, "ABANDONED")):
        hub.age_calls(minutes * 60, call_id=row["call_id"])
        assert hub.maintain()["abandoned_calls"] == (outcome == "ABANDONED")
        now = hub.row(row["call_id"])
        assert (now["outcome"], now["cost"]) == (outcome, Decimal("2.50"))
    assert (now["is_success"], now["error_code"], now["closed_at"] is not None) == (0, "ABANDONED", True)
    assert hub.maintain()["abandoned_calls"] == 0
    assert hub.post(key=key).json()["code"] == "OUTCOME_UNKNOWN"
    assert len(hub.arrivals()) == arrived + 1


def test_without_the_database_no_call_is_made(hub: Hub) -> None:
    """No row, no call; the caller may come again, and does so with success when the database is back."""
    arrived = len(hub.arrivals())
    hub.bundle.server.kill()
    try:
        answer = hub.post()
        assert answer.status_code == 503
        problem = answer.json()
        assert (problem["code"], problem["retryable"]) == ("DATABASE_UNAVAILABLE", True)
        hub.refresh()
        assert hub.post().json()["code"] == "DATABASE_UNAVAILABLE"  # also from the start
        assert len(hub.arrivals()) == arrived
    finally:
        hub.bundle.server.start()


def test_a_database_that_goes_away_in_the_middle_costs_no_answer(hub: Hub) -> None:
    """The answer was paid for, so the caller gets it; the row stays open and the log says what it should say."""
    hub.post()
    hub.bundle.simulator.switch_on("slow=1", calls=1)
    answer = hub.post_while(hub.bundle.server.kill)
    hub.bundle.server.start()
    assert answer.status_code == 200
    call_id = answer.json()["call_id"]
    assert hub.row(call_id)["outcome"] == "OPEN"
    assert any("could not be settled" in line and call_id in line for line in hub.log().splitlines())


def test_a_database_that_hangs_in_the_middle_costs_no_answer(hub: Hub) -> None:
    """It is not waited for beyond what the function has left: Lambda would end it, and the answer with it."""
    hub.post()
    hub.bundle.simulator.switch_on("slow=1.5", calls=1)
    try:
        answer = hub.post_while(hub.bundle.server.freeze, timeout_ms=2500)
    finally:
        hub.bundle.server.thaw()
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() < 2.5 + 1.5
    call_id = answer.json()["call_id"]
    assert any("could not be settled" in line and call_id in line for line in hub.log().splitlines())


def test_a_rotated_database_password_is_read_again(hub: Hub) -> None:
    """A connection that is refused with the cached password is tried once with the stored one."""
    hub.post()
    hub.rotate_database_password("Another-Example-1")
    hub.bundle.server.restart()
    assert hub.post().status_code == 200


def test_a_limit_that_is_used_up_says_which_and_until_when(hub: Hub) -> None:
    """429 with Retry-After and RateLimit headers; the row says that nothing was sent; the vendor saw one call."""
    hub.configure("LIMITS", "requests_per_minute", "1", program=3)
    hub.admit_program(3)
    assert hub.post("vehicle-tag", program_id=3).status_code == 200
    arrived = len(hub.arrivals())
    refused = hub.post("vehicle-tag", program_id=3)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["retryable"]) == (429, "RATE_LIMITED", True)
    assert 55 <= int(refused.headers["Retry-After"]) <= 62
    assert refused.headers["RateLimit-Policy"] == '"program";q=1;w=60'
    assert refused.headers["RateLimit"] == f'"program";r=0;t={refused.headers["Retry-After"]}'
    assert problem["fallback"] == "MANUAL_ENTRY_REQUIRED"
    assert (hub.last_row()["outcome"], hub.last_row()["error_code"]) == ("REFUSED", "RATE_LIMITED")
    direct = hub.bundle.functions["vehicle"].invoke(hub.event("vehicle-tag", program_id=3))
    assert direct.json()["errorType"] == "RateLimited"
    assert len(hub.arrivals()) == arrived
