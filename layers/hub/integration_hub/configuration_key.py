"""What a configuration key is, and the value parsers that keys share. Pure.

The hub declares the keys that mean the same for every vendor (`keys`); a vendor package declares its own and lists
them in `Integration.settings`. The first word of a configuration type is the vendor: `DCS_LIMITS` is the kind LIMITS
of the vendor DCS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """The part of a configuration type's code behind the vendor's name."""

    CACHE = "CACHE"
    CONNECTION = "CONNECTION"
    CREDENTIALS = "CREDENTIALS"
    LIMITS = "LIMITS"
    MAPPING = "MAPPING"
    PRICE = "PRICE"
    RETRY = "RETRY"


class Level(StrEnum):
    """Where a value may be set, from the most general to the most specific."""

    SYSTEM = "SYSTEM"
    PROGRAM = "PROGRAM"
    INTEGRATION = "INTEGRATION"


@dataclass(frozen=True, slots=True)
class Key[T]:
    """One setting. `parse` raises ValueError with a reason that does not repeat the value.

    A key without a default must be set before the integration can be called.
    """

    kind: Kind
    name: str
    parse: Callable[[str], T]
    form: str
    help: str
    default: T | None = None


class Settings(Protocol):
    """The effective settings of one call, as a vendor package sees them."""

    def __getitem__[T](self, key: Key[T]) -> T:
        """Return the effective value; raise ConfigurationMissing where there is neither a usable row nor a default."""
        ...


type Parser[T] = tuple[Callable[[str], T], str]
"""A parser and the form that it accepts, in words that follow "must be"."""


def integer(minimum: int, maximum: int) -> Parser[int]:
    """An integer in decimal digits within bounds."""
    form = f"an integer from {minimum} to {maximum}"

    def parse(text: str) -> int:
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 20 and minimum <= int(digits) <= maximum):
            raise ValueError(f"must be {form}")
        return int(digits)

    return parse, form


def text(maximum: int) -> Parser[str]:
    """Printable text, stripped."""
    form = f"text of 1 to {maximum} printable characters"

    def parse(value: str) -> str:
        if not 1 <= len(value.strip()) <= maximum or not value.isprintable():
            raise ValueError(f"must be {form}")
        return value.strip()

    return parse, form


def boolean() -> Parser[bool]:
    """`true` or `false`; also 1, 0, yes and no."""
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

    def parse(value: str) -> bool:
        if (found := known.get(value.strip().lower())) is None:
            raise ValueError("must be true or false")
        return found

    return parse, "true or false"
