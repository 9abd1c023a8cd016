"""What the requests of all DCS operations share: checked texts, the search address, and the writer.

The manuals state neither lengths nor a number of entries per call, so the limits here are ours: generous for
people, small enough that no mistake becomes an expensive call.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from dcs.normal_forms import AddressStatus
from integration_hub.errors import ConfigurationMissing
from integration_hub.integration import FollowUp, Requester, VendorRequest
from integration_hub.privacy import RESTRICTED, BirthDate, City, HubModel, LicenseNumber, PersonName, Street, ZipCode

MAX_ENTRIES = 50
"""Drivers, persons, VINs or plates per call. Ours: the manuals state no bound for a request."""

_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "
    "OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI"
)
STATES = frozenset(_STATES.split())
EARLIEST_BIRTH = date(1900, 1, 1)
XML = "application/xml; charset=utf-8"
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LOOKS_LIKE_A_NUMBER = re.compile(r"[\d\W_]{7,}", re.ASCII)


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds a control character or one that XML cannot carry")
    return value


def _iso(value: object) -> date:
    """Take no number for a date: 19840417 would pass as seconds since 1970."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("must be a date written YYYY-MM-DD")


def _birth(value: date) -> date:
    if not EARLIEST_BIRTH <= value < date.today():  # noqa: DTZ011 - a birth date has no time zone
        raise ValueError("must be in the past and not before 1900")
    return value


def _state(value: str) -> str:
    if value not in STATES:
        raise ValueError("must be the two-letter code of a US state, district or territory")
    return value


def _key(value: str) -> str:
    if _LOOKS_LIKE_A_NUMBER.fullmatch(value):
        raise ValueError("must not look like a licence number; put a letter before a long number, as in D-1234567")
    return value


def compact(value: str) -> str:
    """Write a number, VIN or plate in upper case without blanks and dashes, as it is sent and compared."""
    return re.sub(r"[\s-]", "", value).upper()


def _compact(value: object) -> object:
    return compact(value) if isinstance(value, str) else value


def _text(length: int) -> tuple[StringConstraints, AfterValidator]:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=length), AfterValidator(_printable)


CityText = Annotated[City, *_text(50)]
Compacted = BeforeValidator(_compact)
"""Upper case, no blanks, no dashes: how plates, VINs and licence numbers are sent."""

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,50}$"), AfterValidator(_key)]
"""The caller's own key of a person, unique in the request and meaningless outside it."""

NameText = Annotated[PersonName, *_text(60)]
NumberText = Annotated[LicenseNumber, Compacted, StringConstraints(pattern=r"^[A-Z0-9*]{1,25}$")]
PastDate = Annotated[BirthDate, BeforeValidator(_iso), AfterValidator(_birth)]
StateCode = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True), AfterValidator(_state)]
StreetText = Annotated[Street, *_text(100)]
UnitText = Annotated[Street, *_text(20)]
ZipText = Annotated[ZipCode, StringConstraints(pattern=r"^[0-9]{5}$")]


class SearchAddress(HubModel):
    """The policy address (vendor manuals: SearchAddress)."""

    street: StreetText = Field(description="house number and street")
    apartment: UnitText | None = Field(None, description="apartment or unit; travels in the street line")
    city: CityText
    state: StateCode
    zip_code: ZipText
    zip_plus4: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$"), RESTRICTED] | None = None

    @property
    def street_line(self) -> str:
        """The street with the apartment, as the vendor wants it: `2718 Fictional Oaks Dr Apt 314`."""
        if self.apartment is None:
            return self.street
        named = self.apartment.startswith("#") or " " in self.apartment
        return f"{self.street} {self.apartment if named else f'Apt {self.apartment}'}"


def without_apartment(request: Any, result: Any) -> FollowUp[Any] | None:
    """Suggest the same search without an apartment that the vendor does not know (vendor manuals: ANNF)."""
    if result.address_status is not AddressStatus.APARTMENT_NOT_FOUND or request.address.apartment is None:
        return None
    address = request.address.model_copy(update={"apartment": None})
    return FollowUp(request.model_copy(update={"address": address}), reason=result.address_status.value)


def unique(values: Iterable[str], what: str) -> None:
    """Refuse repeated keys: the answer could not be told apart, and may be in upper case (C5)."""
    seen = [value.casefold() for value in values]
    if len(set(seen)) != len(seen):
        raise ValueError(f"must not name the same {what} twice")


type Part = tuple[str, "str | list[Part] | None"]
"""One element: its name, and its text or its children. None leaves the element out."""


def requester(who: Requester) -> Part:
    """Write TransactionInfo, which every request carries once (B11)."""
    parts: list[Part] = [
        ("DepartmentId", who.department_id),
        ("UserId", who.user_id),
        ("UserName", who.user_name),
    ]
    for name, value in parts:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise ConfigurationMissing(f"{name} of TransactionInfo must be a printable text")
    return "TransactionInfo", parts


def address(where: SearchAddress) -> Part:
    """Write SearchAddress."""
    return "SearchAddress", [
        ("Address", where.street_line),
        ("City", where.city),
        ("State", where.state),
        ("ZipCode", where.zip_code),
        ("ZipPlus4", where.zip_plus4),
    ]


def flag(value: bool) -> str:  # noqa: FBT001 - a flag is what is written
    """Write a flag as the samples do."""
    return "Yes" if value else "No"


def day(value: date) -> str:
    """Write a date as the samples do, MM/DD/YYYY."""
    return f"{value:%m/%d/%Y}"


def xml(root: str, parts: list[Part]) -> VendorRequest:
    """Write a request as XML, in the order given."""
    node = Element(root)
    _write(node, parts)
    return VendorRequest(tostring(node, encoding="utf-8", xml_declaration=True), XML, "application/xml")


def _write(parent: Element, parts: list[Part]) -> None:
    for name, content in parts:
        if content is None:
            continue
        node = SubElement(parent, name)
        if isinstance(content, str):
            node.text = content
        else:
            _write(node, content)


def literal(parts: list[Part]) -> dict[str, Any]:
    """Write a request as the literal conversion of its XML into JSON (shape A): repeated elements become a list."""
    document: dict[str, Any] = {}
    for name, content in parts:
        if content is None:
            continue
        value = content if isinstance(content, str) else literal(content)
        if name in document:
            known = document[name]
            document[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            document[name] = value
    return document
