"""A log column holds valid JSON of a bounded size, whatever it is made from."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration_hub.integration_log.projection import as_json, bounded

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(_TEXTS, inner, max_size=5),
    max_leaves=60,
)
_DOCUMENTS = st.dictionaries(_TEXTS, _VALUES, max_size=6)
LEAST_BYTES = len(as_json({"omitted": "too large for the log"}))


@given(document=_DOCUMENTS, max_bytes=st.integers(LEAST_BYTES, 2_000))
def test_the_result_is_an_object_within_the_limit(document: dict[str, Any], max_bytes: int) -> None:
    """For any document; the size is that of its UTF-8 bytes."""
    text = bounded(document, max_bytes)
    assert len(text.encode()) <= max_bytes
    assert isinstance(json.loads(text), dict)


@given(document=_DOCUMENTS)
def test_what_fits_is_not_changed(document: dict[str, Any]) -> None:
    """At the limit itself, too."""
    whole = as_json(document)
    assert json.loads(bounded(document, max(len(whole.encode()), LEAST_BYTES))) == document


@given(document=_DOCUMENTS, max_bytes=st.integers(LEAST_BYTES, 2_000))
def test_lists_keep_their_first_entries_and_say_how_many_were_omitted(document: dict[str, Any], max_bytes: int) -> None:
    """Nothing else is changed, at any depth."""
    result = json.loads(bounded(document, max_bytes))
    if result != {"omitted": "too large for the log"}:
        _assert_cut(result, document)


def _assert_cut(result: Any, value: Any) -> None:
    if isinstance(value, dict):
        assert list(result) == list(value)
        for name, inner in value.items():
            _assert_cut(result[name], inner)
    elif isinstance(value, list) and len(result) <= len(value) and result != value[: len(result)]:
        kept = result if len(result) == len(value) and not _is_omission(result[-1], value, result) else result[:-1]
        if len(kept) < len(value):
            assert result[-1] == {"omitted": len(value) - len(kept)}
        for one, other in zip(kept, value, strict=False):
            _assert_cut(one, other)
    elif isinstance(value, list):
        omitted = [{"omitted": 0}] if len(result) > len(value) else []
        assert result == value + omitted
    else:
        assert result == value


def _is_omission(last: Any, value: list[Any], result: list[Any]) -> bool:
    return bool(last == {"omitted": len(value) - len(result) + 1})


@pytest.mark.parametrize(
    ("max_bytes", "kept"), [(10_000, 40), (600, 20), (300, 10), (160, 5), (100, 2), (60, 1), (30, 0)]
)
def test_as_many_entries_are_kept_as_fit(max_bytes: int, kept: int) -> None:
    """In steps: 20, 10, 5, 2, 1, none."""
    entries = [f"entry number {number:07}" for number in range(40)]
    result = json.loads(bounded({"a": entries}, max_bytes))["a"]
    assert result == (entries if kept == 40 else [*entries[:kept], {"omitted": 40 - kept}])


def test_a_document_that_cannot_be_cut_to_fit_says_so() -> None:
    """A single long text, for example; half of one could be read as the whole."""
    assert json.loads(bounded({"a": "x" * 100}, 100)) == {"omitted": "too large for the log"}


def test_text_stays_readable() -> None:
    """Operators read the column."""
    assert as_json({"name": "Ñ", "number": 1}) == '{"name":"Ñ","number":1}'
