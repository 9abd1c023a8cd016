"""Writes the requests of all operations: TransactionInfo, SearchAddress, and the XML and JSON forms."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from dcs.fields import SearchAddress
from dcs.settings import DEPARTMENT_ID, USER_ID, USER_NAME
from integration_hub.configuration_key import Key, Settings
from integration_hub.errors import ConfigurationMissing
from integration_hub.vendor.message import VendorRequest

type Part = tuple[str, "str | list[Part] | None"]
"""One element: its name, and its text or its children. None omits the element."""

_TRANSACTION_INFO: Mapping[str, Key[str]] = {
    "DepartmentId": DEPARTMENT_ID,
    "UserId": USER_ID,
    "UserName": USER_NAME,
}


def transaction_info(settings: Settings) -> Part:
    """Return TransactionInfo, which states who asks; every request carries it once (B11).

    Raises ConfigurationMissing for a setting that is absent or that XML cannot carry.
    """
    parts: list[Part] = []
    for name, key in _TRANSACTION_INFO.items():
        value = settings[key]
        if not value.strip() or not value.isprintable():
            raise ConfigurationMissing(f"{key.name} must be printable text: it is sent as {name} in TransactionInfo.")
        parts.append((name, value))
    return "TransactionInfo", parts


def address(where: SearchAddress) -> Part:
    """Return SearchAddress."""
    return "SearchAddress", [
        ("Address", where.street_line),
        ("City", where.city),
        ("State", where.state),
        ("ZipCode", where.zip_code),
        ("ZipPlus4", where.zip_plus4),
    ]


def flag(value: bool) -> str:  # noqa: FBT001 - a flag is what is written
    """Return a flag as the samples write it, Yes or No."""
    return "Yes" if value else "No"


def day(value: date) -> str:
    """Return a date as the samples write it, MM/DD/YYYY."""
    return f"{value:%m/%d/%Y}"


def xml_request(root: str, parts: list[Part]) -> VendorRequest:
    """Return a request as XML, its elements in the given order."""
    node = Element(root)
    _append(node, parts)
    body = tostring(node, encoding="utf-8", xml_declaration=True)
    return VendorRequest(body, content_type="application/xml; charset=utf-8", accept="application/xml")


def _append(parent: Element, parts: list[Part]) -> None:
    for name, content in parts:
        if content is None:
            continue
        node = SubElement(parent, name)
        if isinstance(content, str):
            node.text = content
        else:
            _append(node, content)


def json_request(root: str, parts: list[Part]) -> VendorRequest:
    """Return a request as the literal conversion of its XML into JSON; the media type is not documented."""
    body = json.dumps({root: _json_object(parts)}, ensure_ascii=False).encode()
    return VendorRequest(body, content_type="application/json", accept="application/json")


def _json_object(parts: list[Part]) -> dict[str, Any]:
    """Convert elements to members; repeated elements become an array."""
    members: dict[str, Any] = {}
    for name, content in parts:
        if content is None:
            continue
        value = content if isinstance(content, str) else _json_object(content)
        if name in members:
            earlier = members[name]
            members[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            members[name] = value
    return members
