"""The certificate of title."""

from datetime import date
from typing import Annotated
from xml.etree.ElementTree import Element

from dcs import normal_forms
from dcs.records import Record, element
from dcs.tally import Tally
from dcs.vehicles.party import Conduct, PartyAddress
from integration_hub.privacy import RESTRICTED, City, PersonName, Reference, Vin


def _owner_id(node: Element, _tally: Tally, earlier: object) -> bool:
    """Return whether there is a number; it is never stored, being usually the social security number (D9)."""
    return bool(earlier) or bool((node.text or "").strip() or len(node))


class TitleDetail(Record):
    """The certificate of title and its history."""

    title_number: Reference | None = element("Title", "number of the title", read=normal_forms.identifier)
    title_date: date | None = element("TitleDate", "issue date")
    process_code: str | None = element("TitleProcessCode", "state of a title application at the county")
    process: str | None = element("TitleProcessCodeDescription", "description; can be present without the code")
    salvage_authority: str | None = element("SalvageStateCountry", "authority that issued a salvage certificate")
    owner_id_delivered: bool = element(
        "OwnerID", "an identifying number of the owner was received and discarded", node=_owner_id, default=False
    )
    owner_name_1: PersonName | None = element("OwnerName1", "legal owner, first name first")
    owner_name_2: PersonName | None = element("OwnerName2", "rest of a name above 30 bytes, or a second owner")
    owner_address: PartyAddress | None = element("OwnerAddress", "address of the owner")
    privacy_opt_out_code: str | None = element("PrivacyOptOutCode", "3: release of personal information restricted")
    electronic_title_code: str | None = element("ElectronicTitleCode", "kind of ownership document")
    electronic_title: str | None = element("ElectronicTitleDescription", "description of the code or flag")
    lemon_law: bool | None = element("LemonLawFlag", "reacquired by the manufacturer under lemon law or warranty")
    obsolete: bool | None = element("Obsolete", "superseded by a newer title")
    owner_evidence_code: str | None = element("OwnerEvidenceCode", "kind of evidence of ownership")
    owner_evidence: str | None = element("OwnerEvidenceCodeDescription", "description of the code or flag")
    certified_copy_date: date | None = element("CertifiedCopyOfOriginalIssueDate", "issue date of a certified copy")
    prior_certified_copy: bool | None = element(
        "PriorCertifiedCopyofOriginalTitleIssueFlag", "a certified copy was issued before"
    )
    bonded_title_code: str | None = element("BondedTitleCode", "a bonded title was requested")
    bonded_title: str | None = element("BondedTitleDescription", "description of the code or flag")
    previous_owner_name: PersonName | None = element("PreviousOwnerName", "previous owner; may be truncated (C17)")
    previous_owner_city: City | None = element("PreviousOwnerCity", "city of the previous owner")
    previous_owner_state: str | None = element("PreviousOwnerState", "state of the previous owner")
    hot_check: Conduct | None = element("TitleHotCheckFlag", "a bad check exists for the title application")
    government_owned: bool | None = element("GovernmentOwnedFlag", "owned by the US government")
    agency_loaned: bool | None = element("AgencyLoanedFlag", "loaned to an exempt agency")
    agency_loaned_description: str | None = element("AgencyLoanedFlagDescription", "description of the code or flag")
    reconditioned_code: str | None = element("ReconditionedCode", "a salvage or other title was issued; 0 is never")
    reconditioned: str | None = element("ReconditionedCodeDescription", "description of the code or flag")
    reconstructed: bool | None = element("ReconstructedFlag", "physically modified")
    reconstructed_description: str | None = element("ReconstructedFlagDescription", "description of the code or flag")
    survivorship_rights: Conduct | None = element(
        "SurvivorshipRightsFlag", "the vehicle passes to the surviving spouse"
    )
    survivorship_rights_description: Annotated[str, RESTRICTED] | None = element(
        "SurvivorshipRightsFlagDescription", "description of the code or flag"
    )
    revoked: bool | None = element("TitleRevokedFlag", "title revoked by the state")
    revoked_description: str | None = element("TitleRevokedFlagDescription", "description of the code or flag")
    surrendered_to: str | None = element("OtherStateCountry", "jurisdiction to which a title was surrendered")
    surrendered_date: date | None = element("SurrenderedTitleDate", "date of surrender")
    junk: bool | None = element("JunkFlag", "one or more junk records exist")
    junk_description: str | None = element("JunkFlagDescription", "description of the code or flag")
    exported: bool | None = element("Exported", "sold out of state as not repairable")
    previous_title_number: Reference | None = element(
        "PreviousTitleNumber", "number of the previous title", read=normal_forms.identifier
    )
    previous_vin: Vin | None = element("PreviousVinNumber", "earlier VIN of this vehicle", read=normal_forms.vin)
    previous_jurisdiction: str | None = element("PreviousTitleJurisdiction", "jurisdiction of the previous title")
    previous_issue_date: date | None = element("PreviousTitleIssueDate", "issue date of the previous title")
    initial_transaction_code: str | None = element("InitialTitleTransactionCode", "transaction of the first title")
    nmvtis_hold_date: date | None = element("NMVTISHoldDate", "hold of the national title system; may block release")
