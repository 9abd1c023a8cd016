"""The JSON form of Criminal answers, turned into the tree that the XML would give (B15).

The manual says only that the XML is converted. Both conversions that fit this are read, also mixed:

    A, literal      {"CriminalResponse": {"CriminalProfiles": {"CriminalProfile": [{...}, {...}]}, ...}}
    B, a contract   {"CriminalProfiles": [{...}, {...}], ...}

A list of one may be a plain object; empty may be "", null or missing; numbers may have no quotes. A key that
occurs twice in an object gives two elements, as in XML: where only one makes sense, neither value is taken.
"""

import json
from collections import Counter
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, SubElement

from dcs.quirks import JSON_LISTS
from integration_hub.errors import VendorResponseInvalid

_ITEMS = {name.casefold(): item for name, item in JSON_LISTS.items()}
_BESIDE_ITEMS = frozenset({"searchsource", "totaloffenses", "totaloffeneses"})  # B5: of the wrapper itself


class _Object(list[tuple[str, Any]]):
    """A JSON object with its keys in order, repeated ones included."""


def tree(body: bytes, root: str, max_depth: int) -> tuple[Element, bool, Counter[str]]:
    """Return the tree, whether it is rooted in `root`, and what was tolerated. Raises VendorResponseInvalid."""
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
        json.dumps(value, ensure_ascii=False).encode()  # half of a character pair is no text
    except (ValueError, RecursionError):  # bad UTF-8, bad JSON and bad texts are ValueErrors
        raise VendorResponseInvalid("The answer is not well-formed JSON") from None
    if not isinstance(value, _Object):
        raise VendorResponseInvalid("The answer is JSON, but not an object")
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
    """Add the members of an object as elements; `depth` is how much deeper the answer may go."""
    if depth <= 0:
        raise VendorResponseInvalid("The answer is nested too deeply")
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
    """Whether the items stand directly in their list (shape B), be it an array or a single object."""
    if not isinstance(value, _Object):
        return isinstance(value, list)
    keys = {key.casefold() for key, _ in value} - _BESIDE_ITEMS
    return bool(keys) and item.casefold() not in keys


def _add(parent: Element, name: str, value: Any, depth: int, tolerances: Counter[str]) -> None:
    node = SubElement(parent, name)
    if isinstance(value, _Object):
        _fill(node, value, depth - 1, tolerances)
    elif isinstance(value, list):
        for entry in value:
            if depth <= 0:
                raise VendorResponseInvalid("The answer is nested too deeply")
            _add(node, name, entry, depth - 1, tolerances)
    elif isinstance(value, bool):
        node.text = "true" if value else "false"
    elif value is not None:
        node.text = value
