"""Converts the JSON form of Criminal responses to the tree of the XML form (B15).

The manual states only that the XML is converted. Both plausible conversions are read, also mixed:

    A, literal   {"CriminalResponse": {"CriminalProfiles": {"CriminalProfile": [{...}, {...}]}, ...}}
    B, arrays    {"CriminalProfiles": [{...}, {...}], ...}

A list of one item may be a plain object; empty may be "", null or missing; numbers may be without quotes. A key that
occurs twice in an object gives two elements, as in XML: where only one is allowed, neither value is used.
"""

import json
from collections import Counter
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, SubElement

from dcs.quirks import JSON_LISTS
from integration_hub.errors import VendorResponseInvalid

_ITEMS = {name.casefold(): item for name, item in JSON_LISTS.items()}
_WRAPPER_ELEMENTS = frozenset({"searchsource", "totaloffenses", "totaloffeneses"})  # B5: elements of the wrapper itself


class _Object(list[tuple[str, Any]]):
    """A JSON object with its keys in order, including repeated ones."""


def tree(body: bytes, root: str, max_depth: int) -> tuple[Element, bool, Counter[str]]:
    """Return the tree, whether it is a `root` document, and the tolerances. Raises VendorResponseInvalid."""
    tolerances: Counter[str] = Counter()

    def number(digits: str) -> str:
        tolerances["B15"] += 1
        return digits

    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_Object,
            parse_int=number,
            parse_float=number,
            parse_constant=_refuse,
        )
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is not text
    except (ValueError, RecursionError):  # ValueError: invalid UTF-8, JSON or text
        raise VendorResponseInvalid("The response is not well-formed JSON.") from None
    if not isinstance(value, _Object):
        raise VendorResponseInvalid("The response is JSON, but not an object.")
    rooted = len(value) == 1 and value[0][0].casefold() == root.casefold()
    content = value[0][1] if rooted else value
    node = Element(root)
    if isinstance(content, _Object):
        _fill(node, content, max_depth, tolerances)
    known = {child.tag.casefold() for child in node}
    return node, rooted or not known.isdisjoint({*_ITEMS, "responsestatuscode"}), tolerances


def _refuse(_constant: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _fill(parent: Element, content: _Object, depth: int, tolerances: Counter[str]) -> None:
    """Add the members of an object as elements; `depth` is the number of further levels allowed."""
    if depth <= 0:
        raise VendorResponseInvalid("The response is nested too deeply.")
    for key, value in content:
        item = _ITEMS.get(key.casefold())
        if item is not None and _is_list_of_items(value, item):
            tolerances["B15"] += 1
            wrapper = SubElement(parent, key)
            for entry in value if isinstance(value, list) and not isinstance(value, _Object) else [value]:
                _add(wrapper, item, entry, depth, tolerances)
        elif isinstance(value, list) and not isinstance(value, _Object):
            for entry in value:
                _add(parent, key, entry, depth, tolerances)
        else:
            _add(parent, key, value, depth, tolerances)


def _is_list_of_items(value: Any, item: str) -> bool:
    """Whether the value is the items themselves (form B), as an array or a single object."""
    if not isinstance(value, _Object):
        return isinstance(value, list)
    keys = {key.casefold() for key, _ in value} - _WRAPPER_ELEMENTS
    return bool(keys) and item.casefold() not in keys


def _add(parent: Element, name: str, value: Any, depth: int, tolerances: Counter[str]) -> None:
    node = SubElement(parent, name)
    if isinstance(value, _Object):
        _fill(node, value, depth - 1, tolerances)
    elif isinstance(value, list):
        for entry in value:
            if depth <= 0:
                raise VendorResponseInvalid("The response is nested too deeply.")
            _add(node, name, entry, depth - 1, tolerances)
    elif isinstance(value, bool):
        node.text = "true" if value else "false"
    elif value is not None:
        node.text = value
