"""Quirks C of the vendor's manuals, values; and those of D that change an answer."""

import itertools
import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from xml.etree.ElementTree import Element

from local.simulator.faults.model import Change, Fault

_SLASHED = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_DATED = re.compile(r"Date|Dob$")
_FLAGS = {"0": "False", "1": "True", "No": "False", "Yes": "True"}
_RACES = {"White": "W", "Black": "B", "Asian": "A", "American Indian": "I", "Unknown": "U"}
_HISTORY = ("PriorName", "PriorAddress", "AssociatedDL")
_ZERO_FILLED = (
    "VehicleTonnage", "ReplicatedVehicleModelYear", "VehicleLength", "VehicleOdometerReading", "SalesPrice",
    "vehicleEmptyWeight", "VehicleGrossWeight",
)  # fmt: skip
_NUMBERS = (
    "DLNumber", "StateId", "OffenseCode", "ZipPlus4", "Zip4", "LienholderNumber", "DocumentTypeCode",
    "OwnerEvidenceCode", "RegistrationClassCode", "Tag1ExpirationMonth",
)  # fmt: skip
_UNRECORDED = ("GeneralOffenseCharacter", "DegreeofCrime", "CourtOffense", "CourtProvisionDescription")
_STATUS = {
    "Found": "Address Found",
    "ANNF": "Apartment Number Not Found",
    "ANNS": "Apartment Number Not Supplied",
    "HNNF": "House Number Not Found",
    "SNNF": "Street Number Not Found",
    "Apartment Number Not Found": "ANNF",
    "Apartment Number Not Supplied": "ANNS",
    "House Number Not Found": "HHNF",
    "Street Name Not Found": "SNNF",
}


def _each(change: Callable[[str], str], names: Iterable[str] = ()) -> Change:
    """Change the text of every filled element, or of those with some names."""

    def apply(root: Element, _: str) -> None:
        for element in root.iter():
            if element.text and not len(element) and (not names or element.tag in names):
                element.text = change(element.text)

    return apply


def _other_dates(root: Element, _: str) -> None:
    compact = r"\1/\2/\3" if root.tag.startswith(("Vehicle", "HouseholdVehicles")) else r"\2/\3/\1"
    for element in root.iter():
        if element.text and _DATED.search(element.tag):
            if _SLASHED.fullmatch(element.text):
                element.text = _SLASHED.sub(r"\3\1\2", element.text)
            elif element.text != "00000000":
                element.text = _COMPACT.sub(compact, element.text)


def _no_dates(root: Element, _: str) -> None:
    forms = itertools.cycle(("00000000", None, "missing"))
    for parent in list(root.iter()):
        for child in list(parent):
            if not len(child) and _DATED.search(child.tag) and "Birth" not in child.tag:
                form = next(forms)
                child.text = form
                if form == "missing":
                    parent.remove(child)


def _long_ago(root: Element, _: str) -> None:
    for item in root.iter():
        if item.tag in _HISTORY:
            for child in item:
                if _DATED.search(child.tag) or child.tag == "DateOfBirth":
                    child.text = "01/01/1901"


def _other_commas(text: str) -> str:
    last, comma, first = text.partition(",")
    return f"{last}, {first}" if comma and not first.startswith(" ") else f"{last},{first.strip()}".rstrip(",").upper()


def _other_height(text: str) -> str:
    return text.replace("-", "") if "-" in text else f"{text[:-2]}-{text[-2:]}"


def _other_race(text: str) -> str:
    back = {code: word for word, code in _RACES.items()}
    return _RACES.get(text, back.get(text, text))


def _wrong_digit(text: str) -> str:
    return text[:-9] + ("1" if text[-9] == "0" else "0") + text[-8:]


def _uncoded(root: Element, _: str) -> None:
    for parent in root.iter():
        names = {child.tag for child in parent}
        for child in parent:
            stem = child.tag.removesuffix("Code")
            if child.tag.endswith("Code") and names & {f"{child.tag}Description", f"{stem}Description"}:
                child.text = None


def _continued_owner(root: Element, _: str) -> None:
    for title in root.iter("TitleDetail"):
        for name, text in (("OwnerName1", "TRUSTEES OF THE INVENTED FAMI"), ("OwnerName2", "LY TRUST OF SAMPLEVILLE")):
            if (element := title.find(name)) is not None:
                element.text = text


def _fill(names: Iterable[str], text: str) -> Change:
    def apply(root: Element, _: str) -> None:
        for element in root.iter():
            if element.tag in names:
                element.text = text

    return apply


def _nearly_twice(root: Element, _: str) -> None:
    for holder in root.iter("AssociatedDLs"):
        for item in list(holder):
            simulator = deepcopy(item)
            for address in simulator.iter("Address"):
                address.text = (address.text or "").replace("1", "I")
            holder.append(simulator)


def _worded_flags(root: Element, _: str) -> None:
    for element in root.iter():
        if element.tag.lower().endswith(("flag", "idcard", "exported")):
            element.text = _FLAGS.get(element.text or "", element.text)


def _without_zip(root: Element, _: str) -> None:
    for line in root.findall(".//PriorAddress/Address"):
        line.text = (line.text or "").rpartition(" ")[0]


def _other_counts(root: Element, _: str) -> None:
    _each(lambda text: str(int(text) + 1), ("DriversFound", "TotalOffenses", "TotalOffeneses"))(root, "")


def _c(number: str, text: str, change: Change) -> Fault:
    return Fault(f"quirk={number}", text, change=change)


QUIRKS = {
    fault.name.removeprefix("quirk="): fault
    for fault in (
        _c("C1", "dates in another of the forms: YYYYMMDD, MM/DD/YYYY, YYYY/MM/DD", _other_dates),
        _c("C2", "dates as 00000000, empty, missing", _no_dates),
        _c("C3", "changes and births of 1901 in the histories", _long_ago),
        _c("C4", "names with the other comma: Last, First / LAST,FIRST", _each(_other_commas, ("FullName", "Name"))),
        _c(
            "C5",
            "other cases: names echoed as Title, state as Tx, cities as Title",
            _each(str.title, ("FirstName", "LastName", "State", "DLState", "City", "Address")),
        ),
        _c("C6", "height 5-09 / 509", _each(_other_height, ("Height",))),
        _c("C7", "race White / W", _each(_other_race, ("Race",))),
        Fault(
            "quirk=C8",
            "character references escaped twice",
            rewrite=lambda answer, _: replace(answer, body=answer.body.replace(b"&#", b"&amp;#")),
        ),
        _c("C9", "line breaks within values", _each(lambda text: text.replace(" ", "\n        ", 1))),
        _c("C10", "trailing blanks in all values", _each(lambda text: f"{text} ")),
        _c("C11", "zero-filled numbers without their zeros", _each(lambda text: text.lstrip("0") or "0", _ZERO_FILLED)),
        _c(
            "C12",
            "flags as True and False",
            _worded_flags,
        ),
        _c("C13", "VINs with a character and a blank before them", _each(lambda text: f"1 {text[-17:]}", ("Vin",))),
        _c("C14", "VINs with a wrong check digit", _each(_wrong_digit, ("Vin",))),
        _c("C15", "descriptions filled, their codes empty", _uncoded),
        _c("C16", "an owner's name that runs on in OwnerName2", _continued_owner),
        _c("C17", "a name cut off in the middle of LLC", _fill(("PreviousOwnerName",), "PRETEND MOTORS SAMPLE LL")),
        _c(
            "C18",
            "prior addresses without a ZIP",
            _without_zip,
        ),
        _c("C19", "associated licences twice, with I for 1 in the street", _nearly_twice),
        _c("C20", "odometer EXEMPT", _fill(("VehicleOdometerReading",), "EXEMPT")),
        _c("C21", "filler words for what is not recorded", _fill(_UNRECORDED, "UNREPORTED / UNKNOWN")),
        _c("C22", "countries of four letters", _fill(("Country",), "MEXI")),
        _c("C23", "identifiers without their leading zeros", _each(lambda text: text.lstrip("0"), _NUMBERS)),
        _c("C24", "counts one higher than what is there", _other_counts),
        _c("C25", "convictions without a date", _fill(("ConvictionDate",), "")),
        _c(
            "D1",
            "AddressSearchStatus as code in drivers and as text in vehicles, in the odd spellings",
            _each(lambda text: _STATUS.get(text, text), ("AddressSearchStatus",)),
        ),
        _c("D2", "more drivers found than returned", _each(lambda text: str(int(text) + 25), ("DriversFound",))),
        Fault(
            "quirk=D7",
            "criminal records of everybody, whatever the flags say",
            behave=lambda behaviour, _: replace(behaviour, always_criminal=True),
        ),
    )
}
