"""Known deviations of the vendor from its manuals, as tables.

The numbers are those of docs/quirks.md, which lists each quirk with its handling and its test. Every tolerance that
is used in reading a response is counted under its number, so that a change at the vendor is noticed.
"""

from collections.abc import Mapping

NAMESPACE = "namespace"
CASE = "case"
"""Tolerances without a number: a namespace, or a case that the manuals do not show."""

ALIASES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "AdditionalLienRecordedFlag": (("AdditionalLienholderRecordedFlag", "A17"),),
    "CourtSentenceSuspendedTime": (("CourtSenteceSuspendedTime", "A7"),),
    "JunkFlagDescription": (("JunkDescription", "A15"),),
    "Obsolete": (("ObsoleteFlag", "A12"),),
    "OwnerEvidenceCodeDescription": (("OwnerEvidenceDescription", "A13"),),
    "PriorAddresses": (("PrioAddresses", "A4"),),
    "ResidentComptrollerCountyName": (("ResidentComptrollerCountyDescription", "A16"),),
    "StatuteCitationOffense": (("StatueCitationOffense", "A6"),),
    "TitleProcessCodeDescription": (("TitleProcessDescription", "A11"),),
    "TotalOffenses": (("TotalOffeneses", "A2"),),
    "VehicleOdometerBrandDescription": (("VehicleOdometerBrandDescrption", "A10"),),
    "Zip4": (("ZipPlus4", "A19"),),
    "ZipPlus4": (("Zip4", "A19"),),
}
"""Other spellings of an element, each with its quirk number. The key is the expected spelling."""

CASE_QUIRKS: Mapping[str, str] = {
    "idcard": "A1",
    "associateddls": "A3",
    "associateddl": "A3",
    "birthdate": "A5",
    "vin": "A8",
    "vehicleemptyweight": "A9",
    "priorcertifiedcopyoforiginaltitleissueflag": "A14",
    "zipcode": "A19",
    "degreeofcrime": "A20",
}
"""Elements that the manuals write in two cases; any other difference in case counts as CASE."""

FLAT_ADDRESSES: Mapping[str, Mapping[str, str]] = {
    "OwnerAddress": {
        "OwnerStreet1": "Address1",
        "OwnerStreet2": "Address2",
        "OwnerCity": "City",
        "OwnerState": "State",
        "OwnerZipCode": "ZipCode",
        "OwnerZip4": "Zip4",
        "OwnerCountry": "Country",
    },
    "RenewalAddress": {
        "RenewalAddress1": "Address1",
        "RenewalAddress2": "Address2",
        "RenewalCity": "City",
        "RenewalState": "State",
        "RenewalZipcode": "ZipCode",
        "RenewalZip4": "Zip4",
    },
    "LienholderAddress": {
        "LienholderAddress1": "Address1",
        "LienholderAddress2": "Address2",
        "LienholderCity": "City",
        "LienholderState": "State",
        "LienholderZipcode": "ZipCode",
        "LienholderZip4": "Zip4",
        "LienholderCountry": "Country",
    },
}
"""A18: the manual's tables list the parts of an address individually, its sample nests them."""

JSON_LISTS: Mapping[str, str] = {
    "CriminalProfiles": "CriminalProfile",
    "CriminalHistories": "CriminalHistory",
    "AliasNames": "AliasName",
    "AliasDobs": "AliasDob",
    "Offenses": "Offense",
}
"""B15: lists of the JSON form, with the item name of the XML."""
