"""What metrics tell, which are lines of a call's log."""

from dataclasses import dataclass, field

import pytest

from integration_hub import observability
from integration_hub.observability import metrics


@dataclass
class Read:
    """The counts of an answer; B5 occurs nowhere but in criminal records."""

    tolerances: dict[str, int] = field(default_factory=lambda: {"C5": 2, "B5": 1})
    tolerances_on_record: dict[str, int] = field(default_factory=lambda: {"C5": 2})
    unknown_elements: dict[str, int] = field(default_factory=lambda: {"CriminalNovelty": 1})


def test_what_tells_of_a_criminal_record_is_told_of_twenty_answers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside one call it would say that this person has one; over many it shows that the vendor changed."""
    monkeypatch.setattr(observability, "_together", observability._Together())
    metrics.clear_metrics()
    for _ in range(19):
        observability.reading_counted(Read())
        assert set(metrics.metric_set) == {"Tolerated.C5"}
    metrics.clear_metrics()
    observability.reading_counted(Read())
    told = {name: sum(found["Value"]) for name, found in metrics.metric_set.items()}
    assert told == {"Tolerated.C5": 2, "Tolerated.B5": 20, "Unknown.CriminalNovelty": 20}
    metrics.clear_metrics()
    observability.reading_counted(Read())
    assert set(metrics.metric_set) == {"Tolerated.C5"}
    metrics.clear_metrics()
