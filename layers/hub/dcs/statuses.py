"""The vendor's status texts and codes as enumerations (vendor manuals, sections on search status)."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from dcs.normal_forms import UNREADABLE, Reading


class AddressStatus(StrEnum):
    """How the search address was matched; each value can occur with records (section AddressSearchStatus)."""

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
    """The stated result of a criminal search (CriminalStatus, CriminalSearchStatus)."""

    CLEAR = "CLEAR"
    RECORDS_FOUND = "RECORDS_FOUND"
    UNKNOWN = "UNKNOWN"


class MatchKind(StrEnum):
    """Which name of a criminal record matched (SearchSource P or A); an alias is the weaker match."""

    PRIMARY = "PRIMARY"
    ALIAS = "ALIAS"
    UNKNOWN = "UNKNOWN"


def status[S: StrEnum](kind: type[S], table: Mapping[str, S], quirk: str | None = None) -> Callable[[str], Reading[S]]:
    """Make a reader of a status as code or text, in any case and spacing; other texts are read as UNKNOWN.

    `table` is keyed by the text in lower case without white space. Forms outside _DOCUMENTED count as `quirk`.
    """
    unknown = kind["UNKNOWN"]

    def read(raw: str) -> Reading[S]:
        key = "".join(raw.split()).casefold()
        if not key:
            return None, None
        if (known := table.get(key)) is not None:
            return known, quirk if key not in _DOCUMENTED else None
        return unknown, UNREADABLE

    return read


_DOCUMENTED = frozenset({"found", "notfound", "clear", "offensesfound", "criminalrecordsfound", "p", "a"})
"""Texts that both the tables and the samples of the manuals use; reading them is not counted as a tolerance."""


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
