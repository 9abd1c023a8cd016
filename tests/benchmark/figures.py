"""One measured number, and the table that people read."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """`floor` says what the value was compared with; `server` is empty where no database server matters."""

    name: str
    value: float
    unit: str
    floor: str
    server: str = ""
    goal: str = ""


def write(figures: Sequence[Figure], file: Path) -> None:
    """Write the figures as a JSON list of objects."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n", encoding="utf-8")


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as aligned text."""
    head = ("figure", "server", "value", "goal", "floor")
    rows = [head, *((it.name, it.server, f"{it.value:g} {it.unit}", it.goal, it.floor) for it in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
