"""Results as text for people and as plain values for the file."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def table(title: str, results: Sequence["DataclassInstance"]) -> str:
    """Return the results, all of one class, as aligned text with a title; a column for each field."""
    names = [field.name for field in fields(results[0])]
    rows = [names, *([_cell(getattr(result, name)) for name in names] for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(names))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(["", title, *lines])


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return " / ".join(f"{part:g}" for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items()) or "none"
    return ", ".join(value) if isinstance(value, list) else str(value)
