"""How the vendor's texts become values: pure functions, one per kind of value (vendor manuals, all three).

Each reader takes the text of one element and returns a value and a note. The note is None where the text had
the expected form, the number of the quirk that was tolerated (quirks.py), or UNREADABLE where the text is no
such value at all. None as the value means "no information". The caller keeps the raw text.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

UNREADABLE = "unreadable"

type Reading[T] = tuple[T | None, str | None]

FILLERS = frozenset({"UNKNOWN", "UNREPORTED / UNKNOWN"})
_FILLER_LENGTHS = frozenset(map(len, FILLERS))
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
MADE_UP_BEFORE = date(1915, 1, 1)  # C3: 1900, 1901 and 1911 stand in the samples as filler
LONGEST_NUMBER = 18  # digits; a longer run is an identifier or garbage, and huge integers cost time
VIN_LENGTH = 17

_FLAGS = {
    **dict.fromkeys(("Yes", "1"), (True, None)),
    **dict.fromkeys(("No", "0"), (False, None)),
    **dict.fromkeys(("yes", "true", "y"), (True, "C12")),
    **dict.fromkeys(("no", "false", "n"), (False, "C12")),
}
_HEIGHT = re.compile(r"([1-8])-?(\d\d)", re.ASCII)
_INCHES_IN_A_FOOT = 12
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_FINAL_ZIP = re.compile(r"(?<!\d)(\d{5})$", re.ASCII)


class AddressStatus(StrEnum):
    """How the search address was matched. Any of them may come with records (section AddressSearchStatus)."""

    FOUND = "FOUND"
    APARTMENT_NOT_FOUND = "APARTMENT_NOT_FOUND"
    APARTMENT_NOT_SUPPLIED = "APARTMENT_NOT_SUPPLIED"
    HOUSE_NOT_FOUND = "HOUSE_NOT_FOUND"
    STREET_NOT_FOUND = "STREET_NOT_FOUND"
    UNKNOWN = "UNKNOWN"


class SearchStatus(StrEnum):
    """Whether a licence or vehicle was found (DLSearchStatus, VehicleSearchStatus)."""

    FOUND = "FOUND"
    NOT_FOUND = "NOT_FOUND"
    UNKNOWN = "UNKNOWN"


class RecordStatus(StrEnum):
    """What a criminal search says it found (CriminalStatus, CriminalSearchStatus)."""

    CLEAR = "CLEAR"
    RECORDS_FOUND = "RECORDS_FOUND"
    UNKNOWN = "UNKNOWN"


class MatchKind(StrEnum):
    """Which name of a criminal record was matched (SearchSource P or A); an alias is the weaker match."""

    PRIMARY = "PRIMARY"
    ALIAS = "ALIAS"
    UNKNOWN = "UNKNOWN"


def text(raw: str) -> Reading[str]:
    """Return the text without surplus white space (C9, C10); filler words are no information (C21)."""
    words = raw.split()
    value = " ".join(words)
    if len(value) in _FILLER_LENGTHS and value.upper() in FILLERS:
        return None, "C21"
    if value == raw:
        return raw, None
    return value or None, ("C10" if value == raw.strip() else "C9") if value else None


def identifier(raw: str) -> Reading[str]:
    """Return an identifier as text, leading zeros kept (C23), without outer blanks."""
    value = raw.strip()
    return value or None, "C10" if value and value != raw else None


def day(raw: str) -> Reading[date]:
    """Read MM/DD/YYYY, YYYYMMDD (C1) or YYYY/MM/DD (C1); zeros and blanks mean that there is no date (C2)."""
    value = raw.strip()
    if len(value) == 10 and value[2] == "/" == value[5]:
        digits, note = value[6:] + value[:2] + value[3:5], None
    else:
        digits, note = value.replace("/", ""), "C1"
    if not digits.strip("0"):
        return None, "C2" if digits else None
    if len(digits) != 8 or not (digits.isascii() and digits.isdecimal()):
        return None, UNREADABLE
    try:
        return date.fromisoformat(digits), note
    except ValueError:
        return None, UNREADABLE


def flag(raw: str) -> Reading[bool]:
    """Read Yes/No, 0/1 and their variants (C12); empty is unknown, anything else is unreadable."""
    known = _FLAGS.get(raw) or _FLAGS.get(raw.strip()) or _FLAGS.get(raw.strip().casefold())
    return known or (None, UNREADABLE if raw.strip() else None)


def count(raw: str) -> Reading[int]:
    """Read a whole number; zero is a number (C24: counts travel as text)."""
    value = raw.strip()
    if not value:
        return None, None
    if not (value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER):
        return None, UNREADABLE
    return int(value), None


def measure(raw: str) -> Reading[int]:
    """Read a zero-filled number of which zero means "not recorded" (C11): weights, lengths, years."""
    value, note = count(raw)
    if note or value is None:
        return None, note
    return value or None, "C11" if raw.strip()[0] == "0" else None


def amount(raw: str) -> Reading[Decimal]:
    """Read a price or value in US dollars, zero-filled or with decimals; zero means "not recorded" (C11)."""
    value = raw.strip()
    whole, _, cents = value.partition(".")
    digits = whole + cents
    if not digits:
        return None, UNREADABLE if value else None
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER):
        return None, UNREADABLE
    return Decimal(value) or None, "C11" if whole[:1] == "0" else None


def height(raw: str) -> Reading[int]:
    """Read feet and inches written 5-09 or 509 as inches (C6)."""
    value = raw.strip()
    if not value:
        return None, None
    if (found := _HEIGHT.fullmatch(value)) and int(found[2]) < _INCHES_IN_A_FOOT:
        return int(found[1]) * _INCHES_IN_A_FOOT + int(found[2]), None if "-" in value else "C6"
    return None, UNREADABLE


def vin(raw: str) -> Reading[str]:
    """Read a VIN; one character and a blank before 17 valid ones are dropped (C13). Never refused (C14)."""
    value = raw.strip().upper()
    if len(value) == VIN_LENGTH + 2 and value[1] == " " and _VIN.fullmatch(value, 2):
        return value[2:], "C13"
    return (raw if value == raw else value) or None, None


def choice(table: Mapping[str, str]) -> Callable[[str], Reading[str]]:
    """Make a reader of codes or words (C7); what the table does not know is kept as it came."""

    def read(raw: str) -> Reading[str]:
        value = raw.strip()
        known = table.get(value.upper())
        if known is None:
            return text(raw)
        return known or None, None if value == known else "C7"

    return read


def status[S: StrEnum](kind: type[S], table: Mapping[str, S], quirk: str | None = None) -> Callable[[str], Reading[S]]:
    """Make a reader of a status, code or text, any case and spacing; an unknown one is a state of its own.

    `table` is keyed by the text without blanks in lower case. Forms that are not usual count as `quirk`.
    """
    unknown = kind["UNKNOWN"]

    def read(raw: str) -> Reading[S]:
        key = "".join(raw.split()).casefold()
        if not key:
            return None, None
        if (known := table.get(key)) is not None:
            return known, quirk if key not in _USUAL else None
        return unknown, UNREADABLE

    return read


_USUAL = frozenset({"found", "notfound", "clear", "offensesfound", "criminalrecordsfound", "p", "a"})
"""Status texts that both the tables and the samples of the manuals use: reading them tolerates nothing."""

gender = choice({"M": "M", "F": "F", "MALE": "M", "FEMALE": "F", "U": "", "UNKNOWN": ""})
race = choice(
    {
        **dict.fromkeys(("W", "WHITE"), "WHITE"),
        **dict.fromkeys(("B", "BLACK"), "BLACK"),
        **dict.fromkeys(("A", "ASIAN"), "ASIAN"),
        **dict.fromkeys(("I", "AMERICAN INDIAN"), "AMERICAN INDIAN"),
        **dict.fromkeys(("U", "UNKNOWN"), ""),
    }
)
address_status = status(
    AddressStatus,
    {
        **dict.fromkeys(("found", "addressfound"), AddressStatus.FOUND),
        **dict.fromkeys(("annf", "apartmentnumbernotfound"), AddressStatus.APARTMENT_NOT_FOUND),
        **dict.fromkeys(("anns", "apartmentnumbernotsupplied"), AddressStatus.APARTMENT_NOT_SUPPLIED),
        **dict.fromkeys(("hnnf", "hhnf", "housenumbernotfound"), AddressStatus.HOUSE_NOT_FOUND),
        **dict.fromkeys(("snnf", "streetnamenotfound", "streetnumbernotfound"), AddressStatus.STREET_NOT_FOUND),
    },
    quirk="D1",
)
search_status = status(SearchStatus, {"found": SearchStatus.FOUND, "notfound": SearchStatus.NOT_FOUND})
record_status = status(
    RecordStatus,
    {
        "clear": RecordStatus.CLEAR,
        **dict.fromkeys(("offensesfound", "criminalrecordsfound"), RecordStatus.RECORDS_FOUND),
    },
)
match_kind = status(MatchKind, {"p": MatchKind.PRIMARY, "a": MatchKind.ALIAS})


def same_name(last_name: str, given_names: str, wanted_last: str, wanted_first: str) -> bool:
    """Compare a split name with one of a request, without case, accents, punctuation and suffixes (C5).

    "ANNE MARIE" and "ANNEMARIE" are "Anne-Marie"; further given names do not matter, but "Ann" is not "Anne".
    """
    first = comparable(wanted_first)
    given = [comparable(word) for word in given_names.split()]
    beginnings = {"".join(given[:count]) for count in range(1, len(given) + 1)}
    return _without_suffix(last_name) == _without_suffix(wanted_last) and first in beginnings


def _without_suffix(last_name: str) -> str:
    words = [comparable(word) for word in last_name.split()]
    return "".join(word for number, word in enumerate(words) if number == 0 or word not in _SUFFIXES)


def split_name(name: str) -> tuple[str, str] | None:
    """Split "Last, First Middle" at the first comma; without a comma nothing is guessed (C4)."""
    last, comma, given = name.partition(",")
    return (last.strip(), given.strip()) if comma and last.strip() and given.strip() else None


def comparable(name: str) -> str:
    """Return a text for comparison: no case, accents, blanks or punctuation (C5)."""
    plain = name if name.isascii() else unicodedata.normalize("NFKD", name)
    return "".join(character for character in plain.casefold() if character.isalnum())


def final_zip(line: str) -> str | None:
    """Return the five digits at the end of a prior address written in one line (C18)."""
    found = _FINAL_ZIP.search(line)
    return found[1] if found else None
