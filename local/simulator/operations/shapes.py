"""The JSON form of a Criminal answer, in the shapes that the manual's one sentence allows.

A keeps the root and nests lists as the XML does; A-single writes a list of one as a plain object; B omits the root and
makes the wrapper the list.
"""

import json
from xml.etree.ElementTree import Element

SHAPES = ("A", "A-single", "B")
_ITEMS = {
    "CriminalProfiles": "CriminalProfile",
    "CriminalHistories": "CriminalHistory",
    "AliasNames": "AliasName",
    "AliasDobs": "AliasDob",
    "Offenses": "Offense",
}


def to_json(root: Element, shape: str) -> bytes:
    """Write an answer as JSON. An empty list is null, an empty text is empty."""
    content = _value(root, shape)
    document = content if shape == "B" else {root.tag: content}
    return json.dumps(document, indent=2).encode()


def _value(element: Element, shape: str) -> object:
    item = _ITEMS.get(element.tag)
    if not len(element):
        return None if item else element.text or ""
    if item is None or any(child.tag != item for child in element):
        return {child.tag: _value(child, shape) for child in element}
    entries = [_value(child, shape) for child in element]
    if shape == "B":
        return entries
    return {item: entries[0] if shape == "A-single" and len(entries) == 1 else entries}
