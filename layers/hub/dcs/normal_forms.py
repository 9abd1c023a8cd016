"""Converts the vendor's texts to values: pure functions, one per kind of value (vendor manuals, all three).

Each function takes the text of one element and returns a value and a note. The value None means "no information". The
note is None where the text had the expected form, the number of the quirk that was tolerated (quirks.py), or
UNREADABLE where the text is not a value of this kind. The caller keeps the raw text.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

UNREADABLE = "unreadable"

type Reading[T] = tuple[T | None, str | None]

PLACEHOLDERS = frozenset({"UNKNOWN", "UNREPORTED / UNKNOWN"})
_PLACEHOLDER_LENGTHS = frozenset(map(len, PLACEHOLDERS))
MAX_DIGITS = 18  # a longer run of digits is an identifier or corrupt, and huge integers cost time
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


def text(raw: str) -> Reading[str]:
    """Return the text with white space normalised (C9, C10); None for placeholders (C21)."""
    words = raw.split()
    value = " ".join(words)
    if len(value) in _PLACEHOLDER_LENGTHS and value.upper() in PLACEHOLDERS:
        return None, "C21"
    if value == raw:
        return raw, None
    return value or None, ("C10" if value == raw.strip() else "C9") if value else None


def identifier(raw: str) -> Reading[str]:
    """Return an identifier as text: leading zeros are kept (C23), outer white space is removed."""
    value = raw.strip()
    return value or None, "C10" if value and value != raw else None


def day(raw: str) -> Reading[date]:
    """Read MM/DD/YYYY, YYYYMMDD (C1) or YYYY/MM/DD (C1); zeros and blanks mean "no date" (C2)."""
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
    """Read Yes/No, 0/1 and their variants (C12); empty means unknown."""
    known = _FLAGS.get(raw) or _FLAGS.get(raw.strip()) or _FLAGS.get(raw.strip().casefold())
    return known or (None, UNREADABLE if raw.strip() else None)


def count(raw: str) -> Reading[int]:
    """Read a non-negative integer; zero is a value (C24)."""
    value = raw.strip()
    if not value:
        return None, None
    if not (value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS):
        return None, UNREADABLE
    return int(value), None


def measure(raw: str) -> Reading[int]:
    """Read a weight, length or year: a zero-padded integer; zero means "not recorded" (C11)."""
    value, note = count(raw)
    if note or value is None:
        return None, note
    return value or None, "C11" if raw.strip()[0] == "0" else None


def amount(raw: str) -> Reading[Decimal]:
    """Read an amount in US dollars, zero-padded or with decimals; zero means "not recorded" (C11)."""
    value = raw.strip()
    whole, _, cents = value.partition(".")
    digits = whole + cents
    if not digits:
        return None, UNREADABLE if value else None
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= MAX_DIGITS):
        return None, UNREADABLE
    return Decimal(value) or None, "C11" if whole[:1] == "0" else None


def height(raw: str) -> Reading[int]:
    """Read a height of feet and inches, 5-09 or 509, as inches (C6)."""
    value = raw.strip()
    if not value:
        return None, None
    if (found := _HEIGHT.fullmatch(value)) and int(found[2]) < _INCHES_IN_A_FOOT:
        return int(found[1]) * _INCHES_IN_A_FOOT + int(found[2]), None if "-" in value else "C6"
    return None, UNREADABLE


def vin(raw: str) -> Reading[str]:
    """Read a VIN; a character and a blank before 17 valid characters are removed (C13). Any text is accepted (C14)."""
    value = raw.strip().upper()
    if len(value) == VIN_LENGTH + 2 and value[1] == " " and _VIN.fullmatch(value, 2):
        return value[2:], "C13"
    return (raw if value == raw else value) or None, None


def choice(table: Mapping[str, str]) -> Callable[[str], Reading[str]]:
    """Make a reader of codes or words (C7); a text that is not in the table is kept unchanged."""

    def read(raw: str) -> Reading[str]:
        value = raw.strip()
        known = table.get(value.upper())
        if known is None:
            return text(raw)
        return known or None, None if value == known else "C7"

    return read


def final_zip(line: str) -> str | None:
    """Return the five digits at the end of a prior address written in one line (C18)."""
    found = _FINAL_ZIP.search(line)
    return found[1] if found else None


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
