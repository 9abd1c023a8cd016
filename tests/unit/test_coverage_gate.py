"""The coverage gate names every minimum that is not reached."""

from tests.support.coverage_gate import COMPLETE, HUB, Summary, shortfalls


def _summary(*, lines: int = 10, branches: int = 4) -> Summary:
    return {"covered_lines": lines, "num_statements": 10, "covered_branches": branches, "num_branches": 4}


def _files(**changed: Summary) -> dict[str, Summary]:
    complete = {f"{prefix}part.py" if prefix.endswith("/") else prefix: _summary() for prefix in COMPLETE}
    return {**complete, **{f"{HUB}{name}.py": summary for name, summary in changed.items()}}


def test_full_coverage_passes() -> None:
    """Nothing is reported."""
    assert shortfalls(_files(pipeline=_summary())) == []


def test_lines_and_branches_have_a_minimum_each() -> None:
    """A file outside the complete parts lowers both totals."""
    low = {f"file{number}": _summary(lines=9, branches=0) for number in range(5)}
    kinds = [shortfall.partition(", at least")[0].rpartition(" ")[2] for shortfall in shortfalls(_files(**low))]
    assert kinds == ["lines", "branches"]


def test_complete_parts_allow_no_gap() -> None:
    """One missing branch of 100 files is reported with its path."""
    files = _files(**{f"file{number}": _summary() for number in range(100)})
    files[COMPLETE[0] + "part.py"] = _summary(branches=3)
    assert shortfalls(files) == [f"{COMPLETE[0]}part.py: 3 of 4 branches, all required"]


def test_a_renamed_part_is_reported() -> None:
    """A prefix that matches no file would otherwise pass."""
    files = {path: summary for path, summary in _files().items() if not path.startswith(COMPLETE[1])}
    assert shortfalls(files) == [f"{COMPLETE[1]}: no measured file"]
