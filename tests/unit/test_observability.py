"""What the hub's events become in logs and metrics. Metrics are lines of a call's log."""

import json
from collections.abc import Iterator

import pytest

from integration_hub import events, observability
from integration_hub.errors import ConfigurationMissing, FieldProblem, ProgramUnknown, RequestInvalid
from integration_hub.observability import Reporter, metrics

# B5 occurs nowhere but in criminal records.
READ = events.ResponseRead(on_record={"C5": 2}, tolerances={"C5": 2, "B5": 1}, unknown_elements={"CriminalNovelty": 1})
ENDED = events.CallEnded(
    call_id="c1",
    integration="DCS_DRIVER_API",
    operation="HouseholdDrivers",
    program_id=1,
    references={"quote_id": 4711},
    purpose="UNDERWRITING",
    outcome="ANSWERED",
    error_code=None,
    response_code=200,
    response_time_ms=40,
    attempts=2,
)
SETTLEMENT_LOST = events.SettlementLost("c1", {"outcome": "ANSWERED"})
TROUBLES = [
    (SETTLEMENT_LOST, "LogRowsUnclosed", 1),
    (events.CallsAbandoned(3), "CallsAbandoned", 3),
    (events.AdmissionResultLost("DCS:Criminal:TEST"), "AdmissionResultsLost", 1),
    (events.ConfigurationRowIgnored(7, "DCS_RETRY.max_retries", "SYSTEM", "must be"), "ConfigurationRowsIgnored", 1),
    (events.InternalFailure(KeyError("CANARY")), "InternalErrors", 1),
]


@pytest.fixture(autouse=True)
def _no_metrics() -> Iterator[None]:
    """Metrics are kept per process."""
    metrics.clear_metrics()
    yield
    metrics.clear_metrics()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """What is logged: level or message with the values."""
    logged: list[tuple[str, dict[str, object]]] = []
    for level in ("info", "warning", "error"):
        monkeypatch.setattr(
            observability.logger,
            level,
            lambda message, _severity=level, **values: logged.append((f"{_severity}: {message}", values)),
        )
    return logged


def _counted() -> dict[str, float]:
    return {name: sum(found["Value"]) for name, found in metrics.metric_set.items()}


def test_what_reveals_a_criminal_record_is_reported_for_twenty_responses_together() -> None:
    """With one call it would say that this person has one; over many it shows that the vendor changed."""
    report = Reporter()
    for _ in range(19):
        report(READ)
        assert set(metrics.metric_set) == {"Tolerated.C5"}
    metrics.clear_metrics()
    report(READ)
    assert _counted() == {"Tolerated.C5": 2, "Tolerated.B5": 20, "Unknown.CriminalNovelty": 20}
    metrics.clear_metrics()
    report(READ)
    assert set(metrics.metric_set) == {"Tolerated.C5"}


def test_a_part_of_a_count_that_reveals_nothing_is_not_counted_twice() -> None:
    """The rest waits for the other responses."""
    report = Reporter()
    for _ in range(20):
        report(events.ResponseRead(on_record={"B15": 1}, tolerances={"B15": 3}, unknown_elements={}))
    assert _counted() == {"Tolerated.B15": 20 + 40}


def test_unmapped_values_are_reported_with_those_counts() -> None:
    """A new code in a criminal record would reveal it, too."""
    report = Reporter()
    report(events.ValuesUnmapped({"category": 2}))
    assert _counted() == {}
    for _ in range(20):
        report(events.ResponseRead({}, {}, {}))
    assert _counted() == {"Unmapped.category": 2}


def test_a_call_is_one_line_and_metrics_by_its_outcome(lines: list[tuple[str, dict[str, object]]]) -> None:
    """With the carrier's references, so that a quote's calls are found."""
    Reporter()(ENDED)
    assert _counted() == {"Calls": 1, "VendorAttempts": 2, "VendorTime": 40}
    assert metrics.dimension_set["Outcome"] == "ANSWERED"
    ((message, values),) = lines
    assert message == "info: call ended"
    assert values["quote_id"] == 4711
    assert values["response_time_ms"] == 40


def test_each_call_has_metrics_of_its_own(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A second search is a call; metrics of the first are written before its dimensions are replaced."""
    monkeypatch.setattr(metrics.provider, "namespace", "Hub")
    report = Reporter()
    report(ENDED)
    report(ENDED)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [one["Calls"] for one in written] == [[1.0]]
    assert _counted()["Calls"] == 1


@pytest.mark.parametrize(("event", "metric", "count"), TROUBLES, ids=lambda value: type(value).__name__)
def test_trouble_is_an_error_that_an_operator_is_alarmed_about(
    event: events.Trouble, metric: str, count: int, lines: list[tuple[str, dict[str, object]]]
) -> None:
    """The alarm is on NeedsOperator; each kind has a metric of its own beside it."""
    Reporter()(event)
    assert _counted() == {metric: count, "NeedsOperator": 1}
    ((message, _),) = lines
    assert message.startswith("error: ")


def test_an_internal_failure_is_reported_without_its_message(lines: list[tuple[str, dict[str, object]]]) -> None:
    """The message of a foreign exception may quote a value."""
    try:
        raise KeyError("CANARY")  # noqa: TRY301 - it needs a traceback
    except KeyError as error:
        Reporter()(events.InternalFailure(error))
    ((_, values),) = lines
    assert values["error_type"] == "KeyError"
    assert "CANARY" not in str(values)
    assert __file__ in str(values["places"])


def test_what_operators_did_is_logged(lines: list[tuple[str, dict[str, object]]]) -> None:
    """Who, and why."""
    report = Reporter()
    report(events.SettingChanged({"key": "DCS_MAPPING.criminal"}, "ann", "new codes"))
    report(events.OperatorActed({"action": "unlock-login", "by": "ann"}))
    assert lines == [
        ("info: setting changed", {"key": "DCS_MAPPING.criminal", "by": "ann", "reason": "new codes"}),
        ("info: operator acted", {"action": "unlock-login", "by": "ann"}),
    ]
    assert _counted() == {}


def test_a_problem_is_an_error_only_where_it_lasts_until_an_operator_acts(
    lines: list[tuple[str, dict[str, object]]],
) -> None:
    """And what the caller sent wrong is not logged, because it may hold anything."""
    observability.problem_reported(ProgramUnknown("Program 7 does not exist."))
    assert _counted() == {"Problems": 1}
    observability.problem_reported(ConfigurationMissing("x"))
    assert _counted() == {"Problems": 2, "NeedsOperator": 1}
    observability.problem_reported(RequestInvalid("CANARY", fields=[FieldProblem("a", "CANARY")]))
    assert [message.partition(":")[0] for message, _ in lines] == ["warning", "error", "warning"]
    assert [values["detail"] for _, values in lines] == ["Program 7 does not exist.", "x", None]
