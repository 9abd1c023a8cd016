"""Quirks A of the vendor's manuals: names of elements. Each switches to the spelling that an answer does not have."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from local.simulator.faults.model import Change, Fault

type Pair = tuple[str, str, str]
"""Two spellings, and the element within which they are exchanged (empty: anywhere)."""

_NAMES: dict[str, tuple[str, tuple[Pair, ...]]] = {
    "A1": ("IdCard / IDCard", (("IdCard", "IDCard", ""),)),
    "A2": ("TotalOffenses / TotalOffeneses in the record", (("TotalOffenses", "TotalOffeneses", "CriminalHistory"),)),
    "A3": (
        "AssociatedDls, AssociatedDl",
        (("AssociatedDLs", "AssociatedDls", ""), ("AssociatedDL", "AssociatedDl", "")),
    ),
    "A4": ("PrioAddresses", (("PriorAddresses", "PrioAddresses", ""),)),
    "A5": ("Birthdate in the record", (("BirthDate", "Birthdate", "CriminalHistory"),)),
    "A6": ("Statute… / StatueCitationOffense", (("StatuteCitationOffense", "StatueCitationOffense", ""),)),
    "A7": (
        "CourtSentence… / CourtSenteceSuspendedTime",
        (("CourtSentenceSuspendedTime", "CourtSenteceSuspendedTime", ""),),
    ),
    "A8": ("VIN", (("Vin", "VIN", ""),)),
    "A9": ("VehicleEmptyWeight", (("vehicleEmptyWeight", "VehicleEmptyWeight", ""),)),
    "A10": (
        "VehicleOdometerBrandDescrption, in both tags",
        (("VehicleOdometerBrandDescription", "VehicleOdometerBrandDescrption", ""),),
    ),
    "A11": ("TitleProcessDescription", (("TitleProcessCodeDescription", "TitleProcessDescription", ""),)),
    "A12": ("ObsoleteFlag", (("Obsolete", "ObsoleteFlag", ""),)),
    "A13": ("OwnerEvidenceDescription", (("OwnerEvidenceCodeDescription", "OwnerEvidenceDescription", ""),)),
    "A14": (
        "PriorCertifiedCopyOf…",
        (("PriorCertifiedCopyofOriginalTitleIssueFlag", "PriorCertifiedCopyOfOriginalTitleIssueFlag", ""),),
    ),
    "A15": ("JunkDescription", (("JunkFlagDescription", "JunkDescription", ""),)),
    "A16": (
        "ResidentComptrollerCountyDescription",
        (("ResidentComptrollerCountyName", "ResidentComptrollerCountyDescription", ""),),
    ),
    "A17": (
        "AdditionalLienholderRecordedFlag",
        (("AdditionalLienRecordedFlag", "AdditionalLienholderRecordedFlag", ""),),
    ),
    "A19": (
        "Zipcode in renewal and lienholder addresses; ZipPlus4 / Zip4",
        (
            ("ZipCode", "Zipcode", "RenewalAddress"),
            ("ZipCode", "Zipcode", "LienholderAddress"),
            ("ZipPlus4", "Zip4", ""),
        ),
    ),
    "A20": ("DegreeOfCrime, with a capital", (("DegreeofCrime", "DegreeOfCrime", ""),)),
    "A24": (
        "flag names with the pattern that the manual lacks",
        (
            ("Exported", "ExportedFlag", ""),
            ("FloodDamageDescription", "FloodDamageFlagDescription", ""),
            ("InspectionWaivedDescription", "InspectionWaivedFlagDescription", ""),
        ),
    ),
}

_FLAT = {
    "OwnerAddress": "OwnerStreet1 OwnerStreet2 OwnerCity OwnerState OwnerZipCode OwnerZip4 OwnerCountry",
    "RenewalAddress": "RenewalAddress1 RenewalAddress2 RenewalCity RenewalState RenewalZipcode RenewalZip4",
    "LienholderAddress": (
        "LienholderAddress1 LienholderAddress2 LienholderCity LienholderState LienholderZipcode LienholderZip4 "
        "LienholderCountry"
    ),
}
_IN_NO_TABLE = (
    "OffenseDate", "WholesaleValue", "RetailValue", "LoanValue", "AgencyLoanedFlagDescription",
    "ReconditionedCodeDescription", "ReconstructedFlagDescription", "SurvivorshipRightsFlagDescription",
    "TitleRevokedFlagDescription", "ExemptFlagDescription", "PermitRequiredFlagDescription",
    "AdditionalLienRecordedFlagDescription",
)  # fmt: skip
_OFFENSE_SAMPLE = ("ConvictionDate", "Disposition", "Description")


def _exchange(pairs: Iterable[Pair]) -> Change:
    def change(root: Element, _: str) -> None:
        for one, other, within in pairs:
            for holder in root.iter(within) if within else (root,):
                for element in holder.iter():
                    if element.tag in (one, other):
                        element.tag = other if element.tag == one else one

    return change


def _flatten(root: Element, _: str) -> None:
    for parent in root.iter():
        for child in list(parent):
            if names := _FLAT.get(child.tag):
                for part, name in zip(list(child), names.split(), strict=True):
                    part.tag = name
                    parent.insert(list(parent).index(child), part)
                parent.remove(child)


def remove(root: Element, names: Iterable[str]) -> None:
    """Take all elements of some names out of an answer."""
    for parent in root.iter():
        for child in list(parent):
            if child.tag in names:
                parent.remove(child)


def _bare_offense(root: Element, _: str) -> None:
    for offense in root.iter("Offense"):
        remove(offense, [child.tag for child in offense if child.tag not in _OFFENSE_SAMPLE])


QUIRKS = {
    **{number: Fault(f"quirk={number}", text, change=_exchange(pairs)) for number, (text, pairs) in _NAMES.items()},
    "A18": Fault("quirk=A18", "flat names of addresses instead of nested ones", change=_flatten),
    "A22": Fault(
        "quirk=A22",
        "without the elements that stand in no table",
        change=lambda root, _: remove(root, _IN_NO_TABLE),
    ),
    "A23": Fault("quirk=A23", "offenses with only the three elements of the drivers sample", change=_bare_offense),
}
