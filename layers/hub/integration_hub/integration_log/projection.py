"""JSON for log columns, bounded in size. Pure.

RDS Proxy pins a connection that has sent a statement above 16 KB, so what a call writes into its row is cut to fit:
lists keep their first entries and say how many were omitted. The exact response is in the response cache.
"""

import json
from typing import Any

_ENTRIES_TO_TRY = (20, 10, 5, 2, 1, 0)


def as_json(value: Any) -> str:
    """Serialise compactly and readably."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def bounded(document: dict[str, Any], max_bytes: int) -> str:
    """Return the document as JSON of at most `max_bytes`, with as many list entries as fit."""
    text = as_json(document)
    for entries in _ENTRIES_TO_TRY:
        if len(text.encode()) <= max_bytes:
            return text
        text = as_json(_cut(document, entries))
    return text if len(text.encode()) <= max_bytes else as_json({"omitted": "too large for the log"})


def _cut(value: Any, entries: int) -> Any:
    if isinstance(value, dict):
        return {key: _cut(item, entries) for key, item in value.items()}
    if isinstance(value, list) and len(value) > entries:
        return [*(_cut(item, entries) for item in value[:entries]), {"omitted": len(value) - entries}]
    if isinstance(value, list):
        return [_cut(item, entries) for item in value]
    return value
