#!/usr/bin/env python3
"""Rewrite the generated tables of the documents from the code: `make docs`.

A table stands between `<!-- generated: name -->` and `<!-- end -->`. tests/unit/test_docs.py fails when one is stale.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from dcs.criminal import CRIMINAL
from dcs.drivers import DRIVER
from dcs.vehicles import VEHICLE
from integration_hub import errors
from integration_hub.administration import ACTS
from integration_hub.configuration.keys import KEYS

DOCS = Path(__file__).parent
INTEGRATIONS = (DRIVER, VEHICLE, CRIMINAL)
_BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def error_table() -> str:
    """Every error that a caller can get, in the order of integration_hub.errors."""
    return _table(
        ("code", "name", "status", "retryable", "alarm", "when"),
        (
            (
                f"`{found.code}`",
                f"`{found.__name__}`",
                str(found.http_status),
                _yes(found.retryable),
                _yes(found.needs_operator),
                _sentence(found),
            )
            for found in _descendants(errors.IntegrationError)
        ),
    )


def setting_table() -> str:
    """Every configuration key that is not of a single operation: the hub's, then the vendor's."""
    # Before a vendor declares its own keys, all are the hub's.
    vendor_keys = [key for integration in INTEGRATIONS for key in getattr(integration, "settings", ())]
    keys = {(key.kind, key.name): key for key in (*KEYS, *vendor_keys)}
    return _table(
        ("type", "key", "value", "default", "purpose"),
        (
            (f"`DCS_{key.kind}`", f"`{key.name}`", key.form, _default(key.default), key.help)
            for key in sorted(keys.values(), key=lambda key: key.kind)
        ),
    )


def operation_table() -> str:
    """The settings of each vendor operation."""
    return _table(
        ("operation", "path in `DCS_CONNECTION`", "price in `DCS_PRICE`", "hours in `DCS_CACHE`"),
        (
            (operation.name, f"`{operation.setting_name}_path`", f"`{operation.setting_name}`", _hours(operation))
            for integration in INTEGRATIONS
            for operation in integration.operations
        ),
    )


def act_table() -> str:
    """Every act of the function `admin`."""
    return _table(("act", "effect"), ((f"`{name}`", _sentence(act)) for name, act in ACTS.items()))


TABLES: Mapping[str, Callable[[], str]] = {
    "errors": error_table,
    "settings": setting_table,
    "operations": operation_table,
    "acts": act_table,
}


def with_tables(page: str) -> str:
    """Return the page with each of its generated tables written anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", page)


def main() -> None:
    """Rewrite every page that has generated tables."""
    for file in sorted(DOCS.glob("*.md")):
        page = file.read_text(encoding="utf-8")
        if (written := with_tables(page)) != page:
            file.write_text(written, encoding="utf-8")


def _descendants(root: type[errors.IntegrationError]) -> Iterable[type[errors.IntegrationError]]:
    for child in root.__subclasses__():
        yield child
        yield from _descendants(child)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _sentence(documented: type) -> str:
    """Return the first paragraph of a docstring as the text of a cell."""
    return " ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split()).rstrip(".")


def _yes(value: bool) -> str:  # noqa: FBT001 - the only thing that it is asked
    return "yes" if value else "no"


def _default(value: object) -> str:
    if value is None:
        return "-"
    return {"": "empty", "True": "true", "False": "false"}.get(str(value), str(value))


def _hours(operation: object) -> str:
    # `reuse` until the vendor package declares `cache`.
    policy = getattr(operation, "cache", None) or getattr(operation, "reuse", None)
    return "never cached" if policy is None else f"`{getattr(operation, 'setting_name', '')}` ({policy.hours})"


if __name__ == "__main__":
    main()
