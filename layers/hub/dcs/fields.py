"""Field types that the requests of all operations share: validated text, dates, keys and the search address.

The manuals document neither lengths nor a number of entries per call. The limits are the hub's own: high enough for
real names and addresses, low enough to bound the cost of one call.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from integration_hub.privacy import RESTRICTED, BirthDate, City, HubModel, LicenseNumber, PersonName, Street, ZipCode

MAX_ENTRIES = 50
"""Maximum number of drivers, persons, VINs or plates per call."""

_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "
    "OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI"
)
STATES = frozenset(_STATES.split())
MIN_BIRTH_DATE = date(1900, 1, 1)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LICENSE_LIKE_NUMBER = re.compile(r"[\d\W_]{7,}", re.ASCII)


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must be printable text without control characters")
    return value


def _iso_date(value: object) -> date:
    """Accept YYYY-MM-DD only: pydantic would take 19840417 as seconds since 1970."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("must be a date in the form YYYY-MM-DD")


def _birth_date(value: date) -> date:
    if not MIN_BIRTH_DATE <= value < date.today():  # noqa: DTZ011 - a birth date has no time zone
        raise ValueError("must be in the past and not before 1900")
    return value


def _state(value: str) -> str:
    if value not in STATES:
        raise ValueError("must be the two-letter code of a US state, district or territory")
    return value


def _key(value: str) -> str:
    if _LICENSE_LIKE_NUMBER.fullmatch(value):
        raise ValueError("must not look like a licence number; put a letter before a long number, as in D-1234567")
    return value


def compact(value: str) -> str:
    """Return a number, VIN or plate in upper case without blanks and dashes: the form that is sent and compared."""
    return re.sub(r"[\s-]", "", value).upper()


def _compact(value: object) -> object:
    return compact(value) if isinstance(value, str) else value


def _text(max_length: int) -> tuple[StringConstraints, AfterValidator]:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=max_length), AfterValidator(_printable)


CityText = Annotated[City, *_text(50)]
Compacted = BeforeValidator(_compact)
"""Upper case, no blanks, no dashes: the form in which plates, VINs and licence numbers are sent."""

PersonKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,50}$"), AfterValidator(_key)]
"""The caller's key for a person, unique in the request. The vendor returns it as Id."""

NameText = Annotated[PersonName, *_text(60)]
NumberText = Annotated[LicenseNumber, Compacted, StringConstraints(pattern=r"^[A-Z0-9*]{1,25}$")]
PastDate = Annotated[BirthDate, BeforeValidator(_iso_date), AfterValidator(_birth_date)]
StateCode = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True), AfterValidator(_state)]
StreetText = Annotated[Street, *_text(100)]
UnitText = Annotated[Street, *_text(20)]
ZipText = Annotated[ZipCode, StringConstraints(pattern=r"^[0-9]{5}$")]


class SearchAddress(HubModel):
    """The policy address (vendor manuals: SearchAddress)."""

    street: StreetText = Field(description="house number and street")
    apartment: UnitText | None = Field(None, description="apartment or unit; sent as part of the street line")
    city: CityText
    state: StateCode
    zip_code: ZipText
    zip_plus4: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$"), RESTRICTED] | None = None

    @property
    def street_line(self) -> str:
        """The street with the apartment, as in the vendor's sample: `2718 Fictional Oaks Dr Apt 314`."""
        if self.apartment is None:
            return self.street
        has_designator = self.apartment.startswith("#") or " " in self.apartment
        return f"{self.street} {self.apartment if has_designator else f'Apt {self.apartment}'}"


def require_unique(values: Iterable[str], what: str) -> None:
    """Raise ValueError for repeated values, ignoring case because responses can be in upper case (C5)."""
    folded = [value.casefold() for value in values]
    if len(set(folded)) != len(folded):
        raise ValueError(f"must not contain the same {what} twice")
