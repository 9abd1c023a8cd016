"""Reads requests as strictly as the vendor's tables allow: the simulator judges its client.

Not readable at all, or with the wrong root, is 403 (the vendor's "request data is not in the right format"). A missing,
repeated, unknown or wrong element is 400 ("a parameter is wrong or missing"). What stands in every request sample of
the manuals is taken as required. Reasons name the element, never its value.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from local.simulator.population.model import Name

_FLAGS = {"Yes": True, "No": False}
_WIDE_FLAGS = _FLAGS | {"True": True, "False": False, "1": True, "0": False}
_ITEMS = {"Persons": "Person"}


class Refused(Exception):
    """The request is at fault. `status` is 400 or 403; the text names the place."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """The policy address of a household search."""

    line: str
    state: str
    zip_code: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A person asked for. The last four only for HouseholdDrivers."""

    id: str
    name: Name
    birth: date
    birth_text: str
    number: str = ""
    household: bool = False
    criminal: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A request that passed: what is looked for, whatever the operation."""

    operation: str
    address: SearchAddress | None = None
    people: tuple[Subject, ...] = ()
    vins: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    criminal_for_new: bool = False
    json_shape: str = ""
    """A or B for a request in JSON, as `dcs-api` calls the two shapes that the manual leaves open."""

    @property
    def subject_count(self) -> int:
        """How many people, VINs or plates were asked for."""
        return len(self.people) + len(self.vins) + len(self.tags)


class _Node:
    """An element with its path, read child by child."""

    def __init__(self, element: Element, path: str) -> None:
        self.element, self.path = element, path

    def allow(self, *names: str) -> None:
        """Refuse children of other names."""
        for child in self.element:
            if child.tag not in names:
                raise Refused(400, f"{self.path}: unknown element")

    def find(self, name: str) -> "_Node | None":
        found = self.element.findall(name)
        if len(found) > 1:
            raise Refused(400, f"{self.path}/{name}: given more than once")
        return _Node(found[0], f"{self.path}/{name}") if found else None

    def child(self, name: str) -> "_Node":
        if (found := self.find(name)) is None:
            raise Refused(400, f"{self.path}/{name}: missing")
        return found

    def items(self, wrapper: str, item: str) -> list["_Node"]:
        """The entries of a list that must have at least one."""
        holder = self.child(wrapper)
        holder.allow(item)
        entries = [_Node(entry, f"{holder.path}/{item}[{number}]") for number, entry in enumerate(holder.element, 1)]
        if not entries:
            raise Refused(400, f"{holder.path}: at least one {item} is needed")
        return entries

    def optional(self, name: str) -> str:
        node = self.find(name)
        if node is None:
            return ""
        if len(node.element):
            raise Refused(400, f"{node.path}: text expected")
        return (node.element.text or "").strip()

    def text(self, name: str) -> str:
        if not (value := self.optional(name)):
            raise Refused(400, f"{self.path}/{name}: missing or empty")
        return value

    def matching(self, name: str, pattern: str, expected: str) -> str:
        value = self.text(name)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise Refused(400, f"{self.path}/{name}: {expected} expected")
        return value

    def flag(self, name: str, forms: dict[str, bool]) -> bool:
        value = self.text(name)
        if value not in forms:
            raise Refused(400, f"{self.path}/{name}: {'/'.join(forms)} expected")
        return forms[value]

    def birth(self) -> tuple[date, str]:
        value = self.matching("BirthDate", r"\d\d/\d\d/\d{4}", "MM/DD/YYYY")
        try:
            return datetime.strptime(value, "%m/%d/%Y").date(), value  # noqa: DTZ007 - a birth date has no time zone
        except ValueError:
            raise Refused(400, f"{self.path}/BirthDate: not a day of the calendar") from None


def read(operation: str, content_type: str, body: bytes) -> Search:
    """Read a request.

    Raises:
        Refused: with the vendor's status code for it.

    """
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/json" and operation == "Criminal":
        root, shape = _from_json(body)
    elif media == "application/xml":
        root, shape = _from_xml(body), ""
    else:
        raise Refused(403, "Content-Type: application/xml expected (Criminal also takes application/json)")
    if root.tag != f"{operation}Request":
        raise Refused(403, f"root element {operation}Request expected")
    node = _Node(root, operation + "Request")
    _transaction(node.child("TransactionInfo"))
    match operation:
        case "HouseholdDrivers":
            return _drivers(node)
        case "Criminal":
            return _criminal(node, shape)
        case _:
            return _vehicles(operation, node)


def _from_xml(body: bytes) -> Element:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Refused(403, "not well-formed XML without DTD") from None
    return root


def _from_json(body: bytes) -> tuple[Element, str]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(403, "not well-formed JSON") from None
    if not isinstance(document, dict):
        raise Refused(403, "a JSON object expected")
    shape = "A" if "CriminalRequest" in document else "B"
    content = document["CriminalRequest"] if shape == "A" else document
    if not isinstance(content, dict) or (shape == "A" and len(document) != 1):
        raise Refused(403, "root object CriminalRequest expected, alone")
    root = Element("CriminalRequest")
    _grow(root, content)
    return root, shape


def _grow(parent: Element, content: dict[str, Any]) -> None:
    for name, value in content.items():
        items = _ITEMS.get(name)
        if isinstance(value, list) and items:
            _grow(SubElement(parent, name), {items: value})
            continue
        for entry in value if isinstance(value, list) else [value]:
            child = SubElement(parent, name)
            if isinstance(entry, dict):
                _grow(child, entry)
            elif isinstance(entry, str):
                child.text = entry
            elif entry is not None:
                raise Refused(400, f"{name}: text expected")


def _transaction(node: _Node) -> None:
    node.allow("DepartmentId", "UserId", "UserName")
    for name in ("DepartmentId", "UserId", "UserName"):
        node.text(name)


def _address(node: _Node) -> SearchAddress:
    node.allow("Address", "City", "State", "ZipCode", "ZipPlus4")
    node.text("City")
    if node.optional("ZipPlus4"):
        node.matching("ZipPlus4", r"\d{4}", "four digits")
    return SearchAddress(
        node.text("Address"),
        node.matching("State", "[A-Za-z]{2}", "two letters"),
        node.matching("ZipCode", r"\d{5}", "five digits"),
    )


def _drivers(node: _Node) -> Search:
    node.allow("TransactionInfo", "NewDriverCriminalHistoryFlag", "SearchAddress", "Drivers")
    drivers = []
    for entry in node.items("Drivers", "Driver"):
        entry.allow(
            "Id", "FirstName", "LastName", "BirthDate", "DLState", "DLNumber", "HouseholdFlag", "CriminalHistoryFlag"
        )
        if entry.optional("DLState"):
            entry.matching("DLState", "[A-Za-z]{2}", "two letters")
        birth, text = entry.birth()
        drivers.append(
            Subject(
                entry.text("Id"),
                Name(entry.text("FirstName"), entry.text("LastName")),
                birth,
                text,
                number=entry.optional("DLNumber") if entry.optional("DLState").upper() in ("", "TX") else "",
                household=entry.flag("HouseholdFlag", _FLAGS),
                criminal=entry.flag("CriminalHistoryFlag", _FLAGS),
            )
        )
    _distinct(drivers)
    return Search(
        "HouseholdDrivers",
        _address(node.child("SearchAddress")),
        tuple(drivers),
        criminal_for_new=node.flag("NewDriverCriminalHistoryFlag", _WIDE_FLAGS),
    )


def _criminal(node: _Node, shape: str) -> Search:
    node.allow("TransactionInfo", "Persons")
    people = []
    for entry in node.items("Persons", "Person"):
        entry.allow("Id", "FirstName", "LastName", "BirthDate")
        birth, text = entry.birth()
        people.append(Subject(entry.text("Id"), Name(entry.text("FirstName"), entry.text("LastName")), birth, text))
    _distinct(people)
    return Search("Criminal", people=tuple(people), json_shape=shape)


def _vehicles(operation: str, node: _Node) -> Search:
    if operation == "VehicleTag":
        node.allow("TransactionInfo", "VehicleTags")
        tags = (entry.matching("Tag", "[A-Z0-9]{1,10}", "capitals and digits") for entry in _only(node, "Tag"))
        return Search(operation, tags=tuple(tags))
    household = operation == "HouseholdVehicles"
    node.allow("TransactionInfo", "VehicleVins", *(["SearchAddress"] if household else []))
    wanted = _only(node, "Vin") if not household or node.find("VehicleVins") else []
    vins = (entry.matching("Vin", "[A-HJ-NPR-Z0-9]{17}", "17 capitals and digits") for entry in wanted)
    return Search(operation, _address(node.child("SearchAddress")) if household else None, vins=tuple(vins))


def _only(node: _Node, name: str) -> list[_Node]:
    entries = node.items(f"Vehicle{name}s", f"Vehicle{name}")
    for entry in entries:
        entry.allow(name)
    return entries


def _distinct(people: list[Subject]) -> None:
    if len({person.id for person in people}) != len(people):
        raise Refused(400, "Id: must be unique in the request")
