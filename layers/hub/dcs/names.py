"""Comparison of names and keys (C4, C5)."""

import unicodedata

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def same_name(last_name: str, given_names: str, wanted_last: str, wanted_first: str) -> bool:
    """Compare a split name with that of a request, ignoring case, accents, punctuation and suffixes (C5).

    "ANNE MARIE" and "ANNEMARIE" equal "Anne-Marie"; further given names are ignored; "Ann" does not equal "Anne".
    """
    first = comparable(wanted_first)
    given = [comparable(word) for word in given_names.split()]
    beginnings = {"".join(given[:count]) for count in range(1, len(given) + 1)}
    return _without_suffix(last_name) == _without_suffix(wanted_last) and first in beginnings


def _without_suffix(last_name: str) -> str:
    words = [comparable(word) for word in last_name.split()]
    return "".join(word for number, word in enumerate(words) if number == 0 or word not in _SUFFIXES)


def split_name(name: str) -> tuple[str, str] | None:
    """Split "Last, First Middle" at the first comma; None without a comma (C4)."""
    last, comma, given = name.partition(",")
    return (last.strip(), given.strip()) if comma and last.strip() and given.strip() else None


def comparable(name: str) -> str:
    """Return a text for comparison: without case, accents, white space and punctuation (C5)."""
    plain = name if name.isascii() else unicodedata.normalize("NFKD", name)
    return "".join(character for character in plain.casefold() if character.isalnum())
