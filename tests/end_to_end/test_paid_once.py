"""The same request is paid for once, the same question is not bought twice, and a lost answer not bought again."""

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.hub import Hub
from tests.support.personal_data import PERSONAL, shows
from tests.support.waiting import eventually


@pytest.fixture
def bought(hub: Hub) -> Callable[[], int]:
    """How many calls have reached the vendor since the test began."""
    before = len(hub.arrivals())
    return lambda: len(hub.arrivals()) - before


@pytest.fixture
def reuse(hub: Hub) -> Iterator[None]:
    """Answers may be used again; those of other tests are gone."""
    hub.forget_cached_responses()
    for operation in ("household_drivers", "household_vehicles", "vehicle_vin"):
        hub.configure("CACHE", operation, "24")
    yield
    hub.forget_cached_responses()


def _key() -> str:
    return f"quote-4711/{uuid.uuid4()}"


@pytest.mark.parametrize("name", ["driver", "vehicle-vin", "criminal"])
def test_the_same_key_gives_the_same_answer(hub: Hub, bought: Callable[[], int], name: str) -> None:
    """Byte for byte, marked by a header and a row of its own that cost nothing."""
    key, correlation_id = _key(), str(uuid.uuid4())
    first, again = (hub.post(name, key=key, correlation_id=correlation_id) for _ in range(2))
    assert first.status_code == again.status_code == 200, again.text
    assert again.content == first.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert bought() == 1
    paid, replayed = hub.rows_of(correlation_id)
    assert (paid["outcome"], replayed["outcome"], replayed["is_success"]) == ("ANSWERED", "REPLAYED", 1)
    assert replayed["source_call_id"] == paid["call_id"] == first.json()["call_id"]
    assert paid["cost"] > 0
    assert (replayed["cost"], replayed["attempts"]) == (0, "[]")
    assert replayed["quote_id"] == 4711


def test_a_direct_caller_names_the_key_in_the_document(hub: Hub, bought: Callable[[], int]) -> None:
    """As a state machine makes it from its execution and step; header and field are one thing."""
    event = hub.event("driver", idempotency_key=_key())
    first, again = (hub.bundle.functions["driver"].invoke(event) for _ in range(2))
    assert first.payload == again.payload
    assert hub.post(key=f'"{event["idempotency_key"]}"').json() == first.json()
    differing = hub.post(key="another", idempotency_key=event["idempotency_key"])
    assert (differing.status_code, differing.json()["errors"][0]["field"]) == (400, "idempotency_key")
    assert bought() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 301, "schlüssel"])
def test_a_key_that_cannot_be_one_is_refused(hub: Hub, bought: Callable[[], int], key: str) -> None:
    """In the document; an empty header is no key at all."""
    answer = hub.post(idempotency_key=key)
    if key == " ":
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "idempotency_key")
    assert bought() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"references": {"quote_id": 4711}},
        {"permissible_purpose": "CLAIMS"},
        {"search": None, "operation": "VehicleTag"},
    ],
)
def test_another_request_under_the_same_key_is_a_conflict(
    hub: Hub, bought: Callable[[], int], changes: dict[str, Any]
) -> None:
    """Another body, purpose, reference or operation: nobody gets the wrong answer, and nothing is bought."""
    key = _key()
    assert hub.post("vehicle-vin", key=key).status_code == 200
    if changes.get("operation"):
        changes = hub.event("vehicle-tag")
    answer = hub.post("vehicle-vin", key=key, **changes)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "IDEMPOTENCY_KEY_REUSED"), problem
    assert "fallback" not in problem
    assert bought() == 1


def test_a_key_is_its_programs_own(hub: Hub, bought: Callable[[], int]) -> None:
    """Two programs that count alike do not get each other's answers."""
    hub.admit_program(2)
    key = _key()
    mine, theirs = (hub.post("vehicle-vin", key=key, program_id=program) for program in (1, 2))
    assert mine.json()["call_id"] != theirs.json()["call_id"]
    assert bought() == 2


def test_requests_at_once_wait_for_the_one_that_asks(hub: Hub, bought: Callable[[], int]) -> None:
    """Eight processes, one call, eight equal answers."""
    hub.bundle.simulator.switch_on("slow=1")
    key = _key()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: hub.post("vehicle-vin", key=key), range(8)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].status_code == 200
    assert bought() == 1


def test_who_cannot_wait_is_told_to_come_again(hub: Hub, bought: Callable[[], int]) -> None:
    """409 with Retry-After before the caller's own time-out; the first call is not disturbed."""
    hub.bundle.simulator.switch_on("slow=2", calls=1)
    key = _key()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(hub.post, "vehicle-vin", key=key)
        assert eventually(bought)
        hasty = hub.post("vehicle-vin", key=key, timeout_ms=800)
        assert not first.done()
        assert (hasty.status_code, hasty.json()["code"]) == (409, "REQUEST_IN_PROGRESS")
        assert hasty.headers["Retry-After"] == "1"
        assert first.result().status_code == 200
    assert hub.post("vehicle-vin", key=key).content == first.result().content
    assert bought() == 1


@pytest.mark.parametrize("fault", ["reset", "cut=50", "garbage", "timed-out", "silence"])
def test_a_lost_answer_is_not_paid_for_again(hub: Hub, bought: Callable[[], int], fault: str) -> None:
    """The same key says so from then on; a new key asks knowingly."""
    hub.post()  # warm
    before = bought()
    hub.bundle.simulator.switch_on(fault)
    key = _key()
    first = hub.post(key=key, timeout_ms=1000).json()
    assert first["may_be_charged"] is True
    hub.bundle.simulator.switch_off()
    again = hub.post(key=key)
    problem = again.json()
    assert (again.status_code, problem["code"], problem["retryable"]) == (409, "OUTCOME_UNKNOWN", False)
    assert first["call_id"] in problem["detail"]
    assert problem["fallback"] == "MANUAL_ENTRY_REQUIRED"
    assert bought() == before + 1
    assert hub.post(key=_key()).status_code == 200


@pytest.mark.parametrize("fault", ["unavailable", "bad-request", "tls-reset"])
def test_a_request_that_bought_nothing_may_be_sent_again(hub: Hub, fault: str) -> None:
    """Under the same key: there is nothing to pay twice."""
    hub.refresh()  # a kept connection would not meet the fault of the handshake
    hub.bundle.simulator.switch_on(fault)
    key = _key()
    assert hub.post(key=key, timeout_ms=2000).status_code >= 400
    hub.bundle.simulator.switch_off()
    assert hub.post(key=key).status_code == 200


def test_a_killed_call_is_lost_and_never_repeated_silently(hub: Hub, bought: Callable[[], int]) -> None:
    """Its row stays open; once no call can live so long, the key says that the answer is lost."""
    hub.bundle.simulator.switch_on("slow=5", calls=1)
    key, function = _key(), hub.bundle.functions["driver"]
    event = hub.event("driver", idempotency_key=key)
    thread = threading.Thread(target=function.invoke, args=(event,))
    thread.start()
    assert eventually(bought)
    (pid,) = function.busy().values()
    os.kill(pid, 9)
    thread.join()
    assert hub.post(key=key, timeout_ms=1000).json()["code"] == "REQUEST_IN_PROGRESS"
    hub.age_calls(61)
    assert hub.post(key=key).json()["code"] == "OUTCOME_UNKNOWN"
    assert bought() == 1
    hub.age_calls(30 * 86_400)
    assert hub.post(key=key).status_code == 200
    assert bought() == 2


def test_a_second_search_is_paid_once_as_well(hub: Hub, bought: Callable[[], int]) -> None:
    """It has a key of its own, made from the caller's."""
    hub.configure("CONNECTION", "second_search", "true")
    search = hub.event("driver")["search"]
    search["address"]["apartment"] = "9999"
    key = _key()
    first, again = (hub.post(key=key, search=search) for _ in range(2))
    assert first.json()["second_search"]["result"] is not None
    assert first.content == again.content
    assert bought() == 2


def test_a_replay_buys_no_second_search(hub: Hub, bought: Callable[[], int]) -> None:
    """Also where the setting came later: the same key gives the same answer."""
    search = hub.event("driver")["search"]
    search["address"]["apartment"] = "9999"
    key = _key()
    first = hub.post(key=key, search=search)
    hub.configure("CONNECTION", "second_search", "true")
    assert hub.post(key=key, search=search).content == first.content
    assert bought() == 1


def test_without_the_key_of_kept_answers_a_replay_says_so(hub: Hub, bought: Callable[[], int]) -> None:
    """The request is not called another one, and is not paid again."""
    key = _key()
    assert hub.post("vehicle-vin", key=key).status_code == 200
    hub.delete_cache_key()
    hub.refresh()
    problem = hub.post("vehicle-vin", key=key).json()
    assert (problem["code"], problem["may_be_charged"]) == ("OUTCOME_UNKNOWN", True)
    assert "has expired" in problem["detail"]
    assert bought() == 1


@pytest.mark.usefixtures("reuse")
def test_a_recent_answer_is_used_again_and_says_so(hub: Hub, bought: Callable[[], int]) -> None:
    """For another quote too; not for another program, purpose or question, nor where the caller wants it new."""
    first = hub.post("vehicle-vin", references={"quote_id": 4711}).json()
    again = hub.post("vehicle-vin", references={"vehicle_id": 1}).json()
    assert first["cached"] is None
    assert again["cached"]["call_id"] == first["call_id"]
    assert again["result"] == first["result"]
    assert again["call_id"] != first["call_id"]
    row = hub.last_row()
    assert (row["call_id"], row["outcome"], row["source_call_id"]) == (again["call_id"], "CACHED", first["call_id"])
    assert (row["cost"], row["quote_id"], row["vehicle_id"]) == (0, None, 1)
    assert bought() == 1
    hub.admit_program(2)
    for changes in ({"program_id": 2}, {"permissible_purpose": "CLAIMS"}, {"force_refresh": True}):
        assert hub.post("vehicle-vin", **changes).json()["cached"] is None
    assert bought() == 4


@pytest.mark.usefixtures("reuse")
def test_what_must_be_new_is_new(hub: Hub, bought: Callable[[], int]) -> None:
    """Criminal records, and driver searches that ask for them."""
    search = hub.event("driver")["search"]
    search["drivers"][0]["criminal_history"] = True
    for _ in range(2):
        assert hub.post("criminal").status_code == 200
        assert hub.post(search=search).status_code == 200
    assert bought() == 4


@pytest.mark.usefixtures("reuse")
def test_an_old_answer_is_not_used(hub: Hub, bought: Callable[[], int]) -> None:
    """Neither past its lifetime, nor past the time it was kept for, whichever is shorter now."""
    first = hub.post("vehicle-vin").json()
    hub.age_answer(first["call_id"], 24 * 3600)
    second = hub.post("vehicle-vin").json()
    assert second["cached"] is None
    hub.expire_cached_responses(second["call_id"])
    assert hub.post("vehicle-vin").json()["cached"] is None
    assert bought() == 3


@pytest.mark.usefixtures("reuse")
def test_a_key_remembers_an_answer_that_was_reused(hub: Hub, bought: Callable[[], int]) -> None:
    """The same request again tells the same, with the same mark, also when the source is gone."""
    source = hub.post("vehicle-vin").json()
    key = _key()
    first = hub.post("vehicle-vin", key=key)
    hub.forget_cached_responses(source["call_id"])
    again = hub.post("vehicle-vin", key=key)
    assert first.json()["cached"]["call_id"] == source["call_id"]
    assert again.content == first.content
    fresh = hub.post("vehicle-vin", key=key, force_refresh=True)
    assert (fresh.status_code, fresh.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert bought() == 1


@pytest.mark.usefixtures("reuse")
def test_kept_answers_cannot_be_read_moved_or_changed(hub: Hub, bought: Callable[[], int]) -> None:
    """No name or number of the answer stands in the database, and a blob under another call is no answer."""
    answer = hub.post().json()
    kept = hub.cached(answer["call_id"])
    (driver, *_) = answer["result"]["licenses"]
    for text in (driver["license_number"], driver["last_name"]):
        assert text
        assert text.encode() not in kept["cached_response"]
        assert text.encode() not in kept["request_fingerprint"]
    assert hub.post().json()["cached"] is not None
    hub.move_cached_response(answer["call_id"])
    bought_again = hub.post().json()
    assert bought_again["cached"] is None
    hub.damage_cached_response(bought_again["call_id"])
    assert hub.post().json()["cached"] is None
    assert bought() == 3


def test_a_lock_that_delays_the_row_costs_nobody_the_key(hub: Hub, bought: Callable[[], int]) -> None:
    """The server may write the row after its caller was told that nothing was bought. Nothing is."""
    key = _key()
    with hub.locked("quote", 4711):
        refused = hub.post(key=key, timeout_ms=1000).json()
    assert (refused["code"], refused["retryable"]) == ("DATABASE_UNAVAILABLE", True)
    call_id = refused["call_id"]
    assert eventually(lambda: hub.has_row(call_id)), "the row was never written"
    assert not hub.was_admitted(call_id)
    # Withdrawn already where the server goes on with a statement whose client has left, else free after a minute.
    assert hub.row(call_id)["outcome"] in {"OPEN", "FAILED"}
    hub.age_calls(61, call_id=call_id)
    assert hub.post(key=key).status_code == 200
    assert bought() == 1


def test_a_call_that_lost_its_key_before_sending_sends_nothing(hub: Hub, bought: Callable[[], int]) -> None:
    """It was so slow that another one took the key over; only one of them may pay."""
    hub.post()
    key, before = _key(), bought()
    hub.occupy_login_trials()  # so that the call waits
    answers: list[Any] = []
    waiting = threading.Thread(target=lambda: answers.append(hub.post(key=key).json()))
    waiting.start()
    assert eventually(hub.take_over_waiting_key, seconds=4), "the call never waited"
    hub.free_login_trials()
    waiting.join()
    assert answers[0]["code"] == "REQUEST_IN_PROGRESS"
    assert bought() == before
    assert hub.post(key=key).status_code == 200
    assert bought() == before + 1


@pytest.mark.usefixtures("reuse")
def test_what_is_kept_and_what_is_asked_under_a_key_reach_no_log(hub: Hub) -> None:
    """Neither a person's data nor the key, which a caller may have made of them: in no column and no line."""
    key = "quote of Rosalind Testerman"
    log = hub.log_file()
    before, written = hub.last_id(), log.stat().st_size
    calls = [hub.post(key=key), hub.post(key=key), hub.post(), hub.post(key=key, permissible_purpose="CLAIMS")]
    assert [call.status_code for call in calls] == [200, 200, 200, 422]
    rows = hub.rows_after(before)
    assert len(rows) >= 3
    told = json.dumps(rows, default=str) + calls[-1].text + log.read_bytes()[written:].decode()
    for value in (*PERSONAL[:2], *PERSONAL[3:], "1984-04-17", key):
        assert not shows(told, value), value


@pytest.mark.usefixtures("reuse")
def test_the_key_of_kept_answers_is_made_once_and_bound_to_its_use(hub: Hub) -> None:
    """Without it the answers are gone, and the next call makes another; nobody fails."""
    assert hub.post("vehicle-vin").status_code == 200
    wrapped_key = hub.wrapped_cache_key()
    kms = hub.bundle.aws.client("kms")
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.decrypt(CiphertextBlob=wrapped_key, EncryptionContext={"use": "vendor-logins"})
    hub.delete_cache_key()
    hub.refresh()
    assert hub.post("vehicle-vin").json()["cached"] is None
    assert hub.wrapped_cache_key() != wrapped_key


@pytest.mark.usefixtures("reuse")
def test_a_key_that_kms_does_not_open_is_told_and_on_record(hub: Hub, bought: Callable[[], int]) -> None:
    """Nothing is bought that could be bought twice; without the row a new key is made."""
    assert hub.post("vehicle-vin").status_code == 200
    hub.damage_cache_key()
    hub.refresh()
    problem = hub.post("vehicle-vin").json()
    assert problem["code"] == "CREDENTIAL_UNAVAILABLE"
    assert "key of the response cache" in problem["detail"]
    row = hub.last_row()
    assert (row["call_id"], row["outcome"], row["error_code"]) == (problem["call_id"], "FAILED", problem["code"])
    assert bought() == 1
    assert hub.post("criminal").status_code == 200, "what keeps nothing needs no key"
    hub.delete_cache_key()
    hub.refresh()
    assert hub.post("vehicle-vin").status_code == 200


def test_maintenance_removes_what_has_expired_and_nothing_else(hub: Hub, bought: Callable[[], int]) -> None:
    """The answer, what it was an answer to, and the key; the record of the call stays."""
    hub.maintain()  # what earlier tests left
    keys = [_key() for _ in range(3)]
    calls = [hub.post("vehicle-vin", key=key).json()["call_id"] for key in keys]
    hub.expire_cached_responses(*calls[:2])
    assert hub.bundle.functions["log_maintenance"].invoke(hub.event("log-maintenance")).json() == {
        "abandoned_calls": 0,
        "expired_responses": 2,
        "finished": True,
    }
    assert hub.maintain()["expired_responses"] == 0
    for call_id in calls[:2]:
        assert set(hub.cached(call_id).values()) == {None}
        assert hub.row(call_id)["outcome"] == "ANSWERED"
    assert hub.cached(calls[2])["cached_response"]
    assert hub.post("vehicle-vin", key=keys[2]).headers["Idempotency-Replayed"] == "true"
    assert bought() == 3
