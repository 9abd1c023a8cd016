"""From an event to a call: what is accepted, what each problem is called, and how much work that may be."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dcs.criminal import CRIMINAL
from dcs.drivers import DRIVER
from dcs.vehicles import VEHICLE
from integration_hub.administration import ACTS, Act, SetMapping
from integration_hub.errors import CallFailed, IntegrationError, RequestInvalid
from integration_hub.handler.document import MAX_DOCUMENT_BYTES, MAX_PROBLEMS
from integration_hub.handler.validation import parse_call, parse_document
from integration_hub.models.call import Call
from integration_hub.vendor.contract import Integration
from tests.support import lambda_events
from tests.support.lambda_events import SAM_EVENTS, InvocationContext, rest_event, sam_event

EVENT = lambda_events.example("vehicle-vin")
CONTEXT = InvocationContext()


def _refused(event: Any, integration: Integration = VEHICLE) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        parse_call(integration, event, CONTEXT)
    assert isinstance(caught.value.error, RequestInvalid)
    assert caught.value.call_id
    assert not caught.value.may_be_charged
    return caught.value


def _fields(failed: CallFailed) -> list[str]:
    return [problem.field for problem in failed.error.fields]


def _searching(**search: Any) -> dict[str, Any]:
    return {**EVENT, "search": search}


# --- what is accepted ---


@pytest.mark.parametrize("kind", SAM_EVENTS)
def test_the_same_document_is_the_same_call_from_everywhere(kind: str) -> None:
    """REST API, HTTP API, load balancer and direct invocation."""
    direct, over_http = (parse_call(VEHICLE, event, CONTEXT) for event in (EVENT, sam_event(kind, EVENT)))
    for call in (direct, over_http):
        assert (call.program_id, call.operation.name) == (1, "VehicleVin")
        assert call.correlation_id == "quote-4711-vin-lookup"
    assert direct.search == over_http.search
    assert direct.call_id != over_http.call_id


def test_the_only_operation_need_not_be_named_and_ids_are_made() -> None:
    """A correlation id says whose workflow it is."""
    event = lambda_events.example("criminal")
    del event["operation"], event["correlation_id"]
    call = parse_call(CRIMINAL, event, CONTEXT)
    assert call.operation.name == "Criminal"
    assert call.correlation_id.startswith("dcs-criminal-api-quote-4711-")


def test_the_trace_belongs_to_the_call() -> None:
    """So that the row and the vendor's request can name it."""
    assert parse_call(VEHICLE, rest_event(EVENT, headers={"X-Amzn-Trace-Id": ["Root=1"]}), CONTEXT).trace_id == "Root=1"


@pytest.mark.parametrize(
    ("waiting", "timeout_ms", "expected"),
    [(None, None, 27.5), (4, None, 23.5), (0, 20_000, 18.5), (0, 1_000, 0.8)],
    ids=["the gateway's", "cold start", "time-out", "short time-out"],
)
def test_a_call_ends_before_its_caller_stops_waiting(
    waiting: float | None, timeout_ms: int | None, expected: float
) -> None:
    """Time is left to close the row and to answer; directly invoked, until Lambda ends the function."""
    context: dict[str, Any] = {} if waiting is None else {"requestTimeEpoch": round((time.time() - waiting) * 1000)}
    call = parse_call(VEHICLE, rest_event({**EVENT, "timeout_ms": timeout_ms}, **context), CONTEXT)
    assert call.deadline.remaining() == pytest.approx(expected, abs=0.3)
    if timeout_ms is None:
        assert parse_call(VEHICLE, EVENT, CONTEXT).deadline.remaining() == pytest.approx(33.5, abs=0.3)


# --- headers ---


def _with_headers(**headers: list[str]) -> dict[str, Any]:
    return rest_event(
        {name: value for name, value in EVENT.items() if name != "correlation_id"},
        headers={name.replace("_", "-"): values for name, values in headers.items()},
    )


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (["order-1"], "order-1"),
        (['"order-1"'], "order-1"),
        (["order-1", '"order-1"'], "order-1"),
        (['"order-1", "order-1"'], "order-1"),
        ([' "order-1" '], "order-1"),
        (["order,1"], "order,1"),
        (['"order,1"'], "order,1"),
        ([r'"a\"b\\c"'], r'a"b\c'),
        ([""], None),
        (['""'], None),
    ],
)
def test_an_idempotency_key_is_the_same_quoted_and_bare(values: list[str], key: str | None) -> None:
    """The IETF's draft quotes it, and a proxy may repeat or join header lines."""
    assert parse_call(VEHICLE, _with_headers(Idempotency_Key=values), CONTEXT).idempotency_key == key


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Idempotency-Key", ["a", "b"]),
        ("Idempotency-Key", ['"a", "b"']),
        ("Idempotency-Key", ['"a']),
        ("Idempotency-Key", ['"a"b']),
        ("Idempotency-Key", ["k" * 301]),
        ("Idempotency-Key", ["é"]),
        ("X-Timeout-Ms", ["1000", "2000"]),
        ("X-Timeout-Ms", ["soon"]),
        ("X-Timeout-Ms", ["499"]),
        ("X-Correlation-Id", ["a b"]),
        ("X-Correlation-Id", ["one", "other"]),
    ],
)
def test_a_header_that_cannot_be_used_is_named(header: str, values: list[str]) -> None:
    """400, as for a field; nothing of its value is repeated."""
    failed = _refused(_with_headers(**{header.replace("-", "_"): values}))
    assert _fields(failed) == [header]
    assert all(value not in str(failed.error.fields) for value in values if len(value) > 3)


def test_a_header_and_a_field_must_agree() -> None:
    """Equal in both places is fine."""
    event = {**EVENT, "timeout_ms": 8000}
    assert parse_call(VEHICLE, rest_event(event, headers={"X-Timeout-Ms": ["8000"]}), CONTEXT)
    assert _fields(_refused(rest_event(event, headers={"X-Timeout-Ms": ["9000"]}))) == ["timeout_ms"]


# --- what is refused ---


@pytest.mark.parametrize("event", [None, [], 7, "text", True], ids=["null", "list", "number", "text", "boolean"])
def test_an_event_that_is_no_object_is_refused(event: Any) -> None:
    """With a call id, so that the caller can quote it."""
    assert _fields(_refused(event)) == ["(event)"]


@pytest.mark.parametrize(
    "body",
    ["", "  ", "{", "[]", "null", "7", '"text"', "[" * 100_000, '{"a": 1e999}', "{" + "9" * 5000, "\ud800",
     '{"a": ' + "9" * 5000 + "}", " " * MAX_DOCUMENT_BYTES + "{}", "\ufeff{}"],
    ids=["empty", "blank", "cut", "list", "null", "number", "text", "deep", "infinite", "digits", "surrogate",
         "long number", "large", "byte order mark"],
)  # fmt: skip
def test_a_body_that_is_no_document_is_refused(body: str) -> None:
    """Nothing of it is repeated."""
    _refused(rest_event(body))


def test_the_ids_that_are_known_go_with_the_error() -> None:
    """From the header, else from the document where it states one that can be used."""
    broken = {**EVENT, "program_id": "1"}
    assert _refused(broken).correlation_id == "quote-4711-vin-lookup"
    assert _refused(rest_event("{", headers={"X-Correlation-Id": ["thread-1"]})).correlation_id == "thread-1"
    assert _refused({**broken, "correlation_id": "has blanks"}).correlation_id is None
    assert _refused(None).correlation_id is None


def test_only_the_items_of_a_list_are_named_not_the_list() -> None:
    """Pydantic also calls it too short, because no item is valid."""
    assert _fields(_refused(_searching(vins=["x", 7]))) == ["search.vins.0", "search.vins.1"]
    assert _fields(_refused(_searching(vins=[]))) == ["search.vins"]
    assert _fields(_refused(_searching(vins=["1ZZTESTA9KX000101"] * 51))) == ["search.vins"]


def test_twenty_problems_are_listed_and_the_rest_is_counted() -> None:
    """An answer stays small whatever was sent."""
    failed = _refused(_searching(vins=["x"] * 50))
    assert _fields(failed) == [f"search.vins.{number}" for number in range(MAX_PROBLEMS)]
    assert failed.error.detail.endswith("search.vins.4 and 45 more.")


_PERSON = "ROBERTA TESTER 1984-04-17"


@pytest.mark.parametrize("name", [_PERSON, "Zoë", "roberta_tester", "a" * 1001, "", "0", "\ud800"])
@pytest.mark.parametrize(
    "place",
    [
        lambda event, name: event | {name: 1},
        lambda event, name: event | {"references": {name: 1}},
        lambda event, name: event | {"search": event["search"] | {name: 1}},
        lambda event, name: event | {"search": event["search"] | {"address": {name: {name: [name]}}}},
        lambda event, name: event | {"search": event["search"] | {"drivers": [{name: name}]}},
        lambda event, name: event | {"search": event["search"] | {name: ["x"] * 101}},
        lambda event, name: event | {"permissible_purpose": name},
        lambda event, name: event | {"operation": name},
    ],
    ids=["top", "references", "search", "address", "driver", "long list", "purpose", "operation"],
)
def test_what_was_sent_as_a_name_or_a_choice_is_not_repeated(
    place: Callable[[dict[str, Any], str], dict[str, Any]], name: str
) -> None:
    """Direct callers' errors are printed by the runtime, and a name may be anybody's: only declared ones appear."""
    error = _refused(place(lambda_events.example("driver"), name), DRIVER).error
    told = error.detail + str(error.fields)
    if len(name) > 1:
        assert name not in told
    allowed = {"permissible_purpose", "operation", "(document)", "(unknown field)", "search", "address", "drivers",
               "references", "street", "city", "state", "zip_code", "id", "first_name", "last_name",
               "birth_date"}  # fmt: skip
    for problem in error.fields:
        assert all(part in allowed or part.isdigit() for part in problem.field.split("."))
        if name == "0":
            assert problem.field.split(".")[-1] != "0"


# --- other functions' documents ---


def test_a_document_of_another_function() -> None:
    """Strict as a call's."""
    event = lambda_events.example("admin-set-mapping")
    assert isinstance(parse_document(SetMapping, event), SetMapping)
    with pytest.raises(RequestInvalid) as caught:
        parse_document(SetMapping, event | {"level_id": "1", _PERSON: 1})
    assert {problem.field for problem in caught.value.fields} == {"level_id", "(unknown field)"}
    wrongs: list[Any] = [None, [], 7, "text"]
    for wrong in wrongs:
        with pytest.raises(RequestInvalid, match="must be a JSON object"):
            parse_document(SetMapping, wrong)


def test_the_largest_mapping_fits_the_limits() -> None:
    """100 fields of 95 values each, nearly the 64 KB that a mapping may have."""
    fields = {f"f{n}": {"source": "vehicles.vin", "values": {str(v): "" for v in range(95)}} for n in range(100)}
    event = lambda_events.example("admin-set-mapping", mapping={"version": "1", "fields": fields})
    assert len(json.dumps(event["mapping"])) > 60_000
    assert parse_document(SetMapping, event).mapping["version"] == "1"


# --- bounded work ---

_BASE = {"program_id": 1, "permissible_purpose": "UNDERWRITING"}
_LONG = MAX_DOCUMENT_BYTES - 500


def _vehicle(operation: str, **search: Any) -> dict[str, Any]:
    return {**_BASE, "operation": operation, "search": search}


def _many(item: Any) -> list[Any]:
    return [item] * (_LONG // (len(json.dumps(item)) + 2))


def _keys(count: int = 17_000) -> dict[str, Any]:
    return {f"k{number}": 1 for number in range(count)}


_HOSTILE: dict[str, tuple[Integration, Any]] = {
    "bad VINs": (VEHICLE, _vehicle("VehicleVin", vins=_many("x" * 8))),
    "numbers as VINs": (VEHICLE, _vehicle("VehicleVin", vins=_many(1))),
    "wrong check digits": (VEHICLE, _vehicle("VehicleVin", vins=_many("1ZZTESTA9KX000102"))),
    "bad tags": (VEHICLE, _vehicle("VehicleTag", tags=_many("!"))),
    "empty drivers": (DRIVER, {**_BASE, "search": {"address": {}, "drivers": _many({})}}),
    "empty persons": (CRIMINAL, {**_BASE, "search": {"persons": _many({})}}),
    "unknown keys": (VEHICLE, _vehicle("VehicleTag", tags=["T"]) | _keys()),
    "unknown keys below the limit": (VEHICLE, _vehicle("VehicleTag", tags=["T"]) | _keys(9_900)),
    "unknown keys in the search": (VEHICLE, _vehicle("VehicleTag", tags=["T"], **_keys())),
    "unknown keys in drivers": (DRIVER, {**_BASE, "search": {"address": {}, "drivers": [_keys(200)] * 49}}),
    "long texts": (VEHICLE, _vehicle("VehicleVin", vins=["- " * (_LONG // 2)])),
    "long numbers": (VEHICLE, _vehicle("VehicleVin", vins=_many(int("1" * 4000)))),
    "long key": (VEHICLE, _vehicle("VehicleTag", tags=["T"], **{"k" * _LONG: 1})),
    "deep lists": (VEHICLE, _vehicle("VehicleTag", tags=["T"], deep=json.loads("[" * 900 + "]" * 900))),
    "full lists of bad items": (
        DRIVER, {**_BASE, "search": {"address": {}, "drivers": [{"id": 1}] * 100, "padding": "x" * 200_000}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_document_gets_a_bounded_refusal(name: str) -> None:
    """At most twenty problems for 256 KB, whatever is in them; `make bench` measures the time (refusal_ratio_256kb)."""
    integration, document = _HOSTILE[name]
    body = json.dumps(document).ljust(_LONG)
    assert len(body) <= MAX_DOCUMENT_BYTES
    event = rest_event(body)
    assert len(_refused(event, integration).error.fields) <= MAX_PROBLEMS


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", ['"' + "\\" * 200_000, '"' + 'a", "' * 60_000, '"' * 200_000, " " * 200_000 + "x"])
def test_a_long_header_is_refused(text: str) -> None:
    """Its length alone is a reason; the test's own time-out ends a parser that backtracks."""
    event = _with_headers(Idempotency_Key=[text])

    def parse() -> None:
        with pytest.raises(CallFailed):
            parse_call(VEHICLE, event, CONTEXT)

    if text.strip() == "x":
        assert parse_call(VEHICLE, event, CONTEXT).idempotency_key == "x"
    else:
        parse()


# --- any JSON at all ---

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)
_NAMES = st.sampled_from(
    ["httpMethod", "requestContext", "version", "headers", "multiValueHeaders", "body", "isBase64Encoded",
     "requestTimeEpoch", "timeEpoch", "elb", "operation", "program_id", "permissible_purpose", "search",
     "references", "correlation_id", "timeout_ms", "idempotency_key", "force_refresh", "vins", "tags", "address",
     "X-Timeout-Ms", "Idempotency-Key", "X-Amzn-Trace-Id"]
)  # fmt: skip
_VALUES = st.sampled_from(
    ["2.0", "VehicleVin", "UNDERWRITING", 1, 10**400, "{}", json.dumps(EVENT), "e30=", ["1ZZTESTA9KX000101"]]
)
_EVENT_LIKE = st.recursive(
    _JSON | _VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES | st.text(), inner, max_size=8),
    max_leaves=30,
)
_HTTP = st.fixed_dictionaries(
    {"httpMethod": st.just("POST"), "requestContext": st.just({}) | _EVENT_LIKE},
    optional={
        "body": st.none() | st.text() | st.just(json.dumps(EVENT)) | _EVENT_LIKE.map(json.dumps) | _EVENT_LIKE,
        "headers": st.none() | st.dictionaries(_NAMES, st.text()) | _EVENT_LIKE,
        "multiValueHeaders": st.none() | st.dictionaries(_NAMES, st.lists(st.text())) | _EVENT_LIKE,
        "isBase64Encoded": st.booleans() | _EVENT_LIKE,
        "version": st.just("2.0"),
    },
)
_CHANGED = st.dictionaries(_NAMES, _EVENT_LIKE, max_size=4).map(lambda changes: {**EVENT, **changes})


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(event=_JSON | _EVENT_LIKE | _HTTP | _CHANGED)
@example(event={"httpMethod": "POST", "requestContext": None})
@example(event={"version": "2.0", "requestContext": {"timeEpoch": 10**400}})
def test_any_event_is_a_call_or_a_refusal(event: Any) -> None:
    """No event is an internal error."""
    for integration in (VEHICLE, CRIMINAL):
        outcome: Call | IntegrationError
        try:
            outcome = parse_call(integration, event, CONTEXT)
        except CallFailed as failed:
            outcome = failed.error
        assert isinstance(outcome, Call | RequestInvalid)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(event=_JSON | _EVENT_LIKE, action=st.sampled_from(list(ACTS)))
def test_any_event_is_an_act_or_a_refusal(event: Any, action: str) -> None:
    """The same for operators."""
    for tried in (event, {**event, "action": action} if isinstance(event, dict) else event):
        outcome: Act | IntegrationError
        try:
            outcome = parse_document(ACTS[action], tried)
        except IntegrationError as error:
            outcome = error
        assert isinstance(outcome, ACTS[action] | RequestInvalid)
