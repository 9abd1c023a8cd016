"""Texas title and registration records, shared by the three vehicle operations (vendor manual, Vehicles 2.3).

Codes and descriptions are independent fields: either can be there without the other (C15). Names of flags follow no
pattern (A24), so each is mapped by hand. Weights, lengths and prices of zero mean "not recorded" (C11).
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from xml.etree.ElementTree import Element

from pydantic import Field

from dcs import normal_forms
from dcs.normal_forms import SearchStatus
from dcs.records import Record, Tally, element
from integration_hub.privacy import RESTRICTED, City, PersonName, Plate, Reference, Street, Vin, ZipCode

Conduct = Annotated[bool, RESTRICTED]
"""Family circumstances and conduct: kept, but never logged."""


class PartyAddress(Record):
    """The address of an owner, a lienholder or the receiver of the renewal form."""

    street: Street | None = element("Address1", "street line")
    street_2: Street | None = element("Address2", "rest of the street line, apartment or second line")
    city: City | None = element("City", "city")
    state: str | None = element("State", "state")
    zip_code: ZipCode | None = element("ZipCode", "5-digit ZIP", read=normal_forms.identifier)
    zip_plus4: Annotated[str, RESTRICTED] | None = element("Zip4", "extension", read=normal_forms.identifier)
    country: str | None = element("Country", "first 3 or 4 letters, blank for the US; not an ISO code")


class VehicleDetail(Record):
    """The vehicle itself. VINA is the VIN analysis software of the state, NCIC the FBI's abbreviations."""

    vin: Vin | None = element("Vin", "the maker's identification number", read=normal_forms.vin)
    body_type: str | None = element("BodyType", "doors, seats, roof and so on; from VINA")
    class_code: str | None = element("ClassCode", "class under which it can be titled")
    model_year: int | None = element("ModelYear", "model year given by the maker", read=normal_forms.measure)
    make: str | None = element("Make", "make, abbreviated after NCIC")
    model: str | None = element("Model", "model, abbreviated after NCIC")
    major_color_code: str | None = element("VehicleMajorColorCode", "colour when titled; of two the upper or front")
    major_color: str | None = element("VehicleMajorColorDescription", "the same in words")
    minor_color_code: str | None = element("VehicleMinorColorCode", "of two colours the lower or rear")
    minor_color: str | None = element("VehicleMinorColorDescription", "the same in words")
    tonnage: int | None = element("VehicleTonnage", "load capacity", read=normal_forms.measure)
    replica_make: str | None = element("ReplicatedVehicleMake", "make that a replica imitates")
    replica_model_year: int | None = element(
        "ReplicatedVehicleModelYear", "model year that a replica imitates", read=normal_forms.measure
    )
    trailer_type_code: str | None = element("TrailerTypeCode", "structure of a trailer")
    trailer_type: str | None = element("TrailerTypeDescription", "the same in words")
    body_vin: Vin | None = element("VehicleBodyVin", "VIN on the body of a motor home", read=normal_forms.vin)
    length: int | None = element("VehicleLength", "of a travel trailer under forty feet", read=normal_forms.measure)
    odometer_brand: str | None = element("VehicleOdometerBrand", "how far the mileage can be trusted")
    odometer_brand_description: str | None = element("VehicleOdometerBrandDescription", "the same in words")
    odometer_reading: str | None = element("VehicleOdometerReading", "mileage at title transfer; may be EXEMPT")
    odometer_reading_description: str | None = element("VehicleOdometerReadingDescription", "mileage in words")
    sales_price: Decimal | None = element("SalesPrice", "full purchase price in US dollars")
    sold_date: date | None = element("SoldDate", "date of sale")
    empty_weight: int | None = element("vehicleEmptyWeight", "weight without load", read=normal_forms.measure)
    gross_weight: int | None = element("VehicleGrossWeight", "registered total weight", read=normal_forms.measure)
    vin_error: bool | None = element("VinErrorFlag", "VINA found a contradiction")
    diesel: bool | None = element("DieselFlag", "runs on diesel")
    diesel_description: str | None = element("DieselFlagDescription", "the same in words")
    dot_standards: bool | None = element("DOTStandardsFlag", "meets the federal standard")
    stolen: Conduct | None = element("DPSStolenFlag", "reported stolen to the state police")
    fixed_weight: bool | None = element("FixedWeightFlag", "fixed equipment covers two thirds of the bed")
    flood_damage: bool | None = element("FloodDamageFlag", "an earlier title because of total loss by flood")
    flood_damage_description: str | None = element("FloodDamageDescription", "the same in words")
    wholesale_value: Decimal | None = element("WholesaleValue", "US dollars, not explained")
    retail_value: Decimal | None = element("RetailValue", "US dollars, not explained")
    loan_value: Decimal | None = element("LoanValue", "US dollars, not explained")


def _owner_id(node: Element, _tally: Tally, earlier: object) -> bool:
    """Drop the number on arrival: it is usually the owner's social security number (D9)."""
    return bool(earlier) or bool((node.text or "").strip() or len(node))


class TitleDetail(Record):
    """The certificate of title and its history."""

    title_number: Reference | None = element("Title", "number of the title", read=normal_forms.identifier)
    title_date: date | None = element("TitleDate", "issue date")
    process_code: str | None = element("TitleProcessCode", "state of a title application at the county")
    process: str | None = element("TitleProcessCodeDescription", "the same in words, also where the code is empty")
    salvage_authority: str | None = element("SalvageStateCountry", "authority that issued a salvage certificate")
    owner_id_delivered: bool = element(
        "OwnerID", "a number that identifies the owner was sent, and dropped", node=_owner_id, default=False
    )
    owner_name_1: PersonName | None = element("OwnerName1", "legal owner, first name first")
    owner_name_2: PersonName | None = element("OwnerName2", "rest of a name over 30 bytes, or a second owner")
    owner_address: PartyAddress | None = element("OwnerAddress", "address of the owner")
    privacy_opt_out_code: str | None = element("PrivacyOptOutCode", "3: release of personal information restricted")
    electronic_title_code: str | None = element("ElectronicTitleCode", "kind of ownership document")
    electronic_title: str | None = element("ElectronicTitleDescription", "the same in words")
    lemon_law: bool | None = element("LemonLawFlag", "taken back by the maker under lemon law or warranty")
    obsolete: bool | None = element("Obsolete", "superseded by a newer title")
    owner_evidence_code: str | None = element("OwnerEvidenceCode", "kind of evidence of ownership")
    owner_evidence: str | None = element("OwnerEvidenceCodeDescription", "the same in words")
    certified_copy_date: date | None = element("CertifiedCopyOfOriginalIssueDate", "issue date of a certified copy")
    prior_certified_copy: bool | None = element(
        "PriorCertifiedCopyofOriginalTitleIssueFlag", "a certified copy was issued before"
    )
    bonded_title_code: str | None = element("BondedTitleCode", "a bonded title was asked for")
    bonded_title: str | None = element("BondedTitleDescription", "the same in words")
    previous_owner_name: PersonName | None = element("PreviousOwnerName", "previous owner; may be cut off (C17)")
    previous_owner_city: City | None = element("PreviousOwnerCity", "city of the previous owner")
    previous_owner_state: str | None = element("PreviousOwnerState", "state of the previous owner")
    hot_check: Conduct | None = element("TitleHotCheckFlag", "a bad check exists for the title application")
    government_owned: bool | None = element("GovernmentOwnedFlag", "owned by the US government")
    agency_loaned: bool | None = element("AgencyLoanedFlag", "lent to an exempt agency")
    agency_loaned_description: str | None = element("AgencyLoanedFlagDescription", "the same in words")
    reconditioned_code: str | None = element("ReconditionedCode", "a salvage or other title was issued; 0 is never")
    reconditioned: str | None = element("ReconditionedCodeDescription", "the same in words")
    reconstructed: bool | None = element("ReconstructedFlag", "physically modified")
    reconstructed_description: str | None = element("ReconstructedFlagDescription", "the same in words")
    survivorship_rights: Conduct | None = element(
        "SurvivorshipRightsFlag", "the vehicle passes to the surviving spouse"
    )
    survivorship_rights_description: Annotated[str, RESTRICTED] | None = element(
        "SurvivorshipRightsFlagDescription", "the same in words"
    )
    revoked: bool | None = element("TitleRevokedFlag", "title revoked by the state")
    revoked_description: str | None = element("TitleRevokedFlagDescription", "the same in words")
    surrendered_to: str | None = element("OtherStateCountry", "jurisdiction to which a title was surrendered")
    surrendered_date: date | None = element("SurrenderedTitleDate", "date of surrender")
    junk: bool | None = element("JunkFlag", "one or more junk records exist")
    junk_description: str | None = element("JunkFlagDescription", "the same in words")
    exported: bool | None = element("Exported", "sold out of state as not repairable")
    previous_title_number: Reference | None = element(
        "PreviousTitleNumber", "number of the title before", read=normal_forms.identifier
    )
    previous_vin: Vin | None = element("PreviousVinNumber", "earlier VIN of this vehicle", read=normal_forms.vin)
    previous_jurisdiction: str | None = element("PreviousTitleJurisdiction", "where it was titled before")
    previous_issue_date: date | None = element("PreviousTitleIssueDate", "date of that title")
    initial_transaction_code: str | None = element("InitialTitleTransactionCode", "transaction of the first title")
    nmvtis_hold_date: date | None = element("NMVTISHoldDate", "hold of the national title system; may block release")


class RegistrationDetail(Record):
    """The registration."""

    plate: Plate | None = element("Tag1", "plate", read=normal_forms.identifier)
    expiration_year: int | None = element("Tag1ExpirationYear", "year of its end", read=normal_forms.measure)
    expiration_month: int | None = element("Tag1ExpirationMonth", "month of its end", read=normal_forms.measure)
    previous_plate: Plate | None = element("PreviousTag", "plate before this one", read=normal_forms.identifier)
    previous_expiration_month: int | None = element(
        "PreviousExpirationMonth", "month of the end of that plate", read=normal_forms.measure
    )
    previous_expiration_year: int | None = element(
        "PreviousExpirationYear", "year of the end of that plate", read=normal_forms.measure
    )
    sticker_number: Plate | None = element("StickerNo", "number on the sticker", read=normal_forms.identifier)
    county_number: str | None = element(
        "ResidentComptrollerCountyNumber", "county of the last registration", read=normal_forms.identifier
    )
    county: str | None = element("ResidentComptrollerCountyName", "its name")
    effective_date: date | None = element("RegistrationEffectiveDate", "first day")
    renewal_name: PersonName | None = element("RenewalName", "who gets the renewal form; need not be the owner")
    renewal_address: PartyAddress | None = element("RenewalAddress", "address of that person")
    renewal_mail_returned: bool | None = element("RenewalMailReturnFlag", "a form or sticker came back")
    class_code: str | None = element("RegistrationClassCode", "class, used for the fee", read=normal_forms.identifier)
    safety_suspension: Conduct | None = element("DPSSafetySuspensionFlag", "suspended under safety responsibility")
    heavy_vehicle_tax: bool | None = element("HeavyVehicleUseTaxFlag", "heavy vehicle use tax paid, or exempt")
    invalid: bool | None = element("RegistrationInvalidFlag", "registration invalid")
    hot_check: Conduct | None = element("RegistrationHotCheckFlag", "a bad check exists for the registration")
    plate_seized: Conduct | None = element("PlateSeizedFlag", "plates seized because of that check")
    sticker_seized: Conduct | None = element("StickerSeizedFlag", "sticker seized because of that check")
    inspection_waived: bool | None = element("InspectionWaivedFlag", "inspection waived after an offense out of state")
    inspection_waived_description: str | None = element("InspectionWaivedDescription", "the same in words")
    exempt: bool | None = element("ExemptFlag", "exempt from fees")
    exempt_description: str | None = element("ExemptFlagDescription", "the same in words")
    permit_required: bool | None = element("PermitRequiredFlag", "a park model trailer that needs a permit")
    permit_required_description: str | None = element("PermitRequiredFlagDescription", "the same in words")
    legal_restraint_number: Reference | None = element(
        "LegalRestraintNumber", "papers of a restraining order against transfer", read=normal_forms.identifier
    )


class LienholderDetail(Record):
    """The first lienholder; no other is delivered. A flag of 0 for more does not mean that there is one only (D10)."""

    certified: bool | None = element("CertifiedLienholderFlag", "a certified lienholder")
    number: PersonName | None = element("LienholderNumber", "the state's number", read=normal_forms.identifier)
    lien_date: date | None = element("LienDate", "date of the first lien")
    name_1: PersonName | None = element("LienholderName1", "holder, a company or a person")
    name_2: PersonName | None = element("LienholderName2", "rest of the name, or a second name")
    address: PartyAddress | None = element("LienholderAddress", "address of the holder")
    more_liens: bool | None = element("AdditionalLienRecordedFlag", "more lienholders exist, by the manual over three")
    more_liens_description: str | None = element("AdditionalLienRecordedFlagDescription", "the same in words")


class Vehicle(Record):
    """A vehicle on file. Its owner need not be one of our drivers."""

    requested: bool = Field(default=False, description="whether its VIN or plate was asked for")
    search_status: SearchStatus | None = element("VehicleSearchStatus", "found or not", read=normal_forms.search_status)
    update_date: date | None = element("UpdateDate", "as-of date of the state's file")
    transaction_code: str | None = element("TransactionCode", "kind of the last transaction")
    transaction: str | None = element("TransactionDescription", "the same in words")
    document_type_code: str | None = element("DocumentTypeCode", "kind of document", read=normal_forms.identifier)
    document_type: str | None = element("DocumentTypeDescription", "the same in words")
    vehicle: VehicleDetail | None = element("VehicleDetail", "the vehicle itself")
    title: TitleDetail | None = element("TitleDetail", "its title")
    registration: RegistrationDetail | None = element("RegistrationDetail", "its registration")
    lienholder: LienholderDetail | None = element("LienholderDetail", "its first lienholder")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Count the search status, which the manual's tables place elsewhere (B9)."""
        if "search_status" in values:
            tally.tolerances["B9"] += 1
