"""The registration and the first lienholder."""

from datetime import date

from dcs import normal_forms
from dcs.records import Record, element
from dcs.vehicles.party import Conduct, PartyAddress
from integration_hub.privacy import PersonName, Plate, Reference


class RegistrationDetail(Record):
    """The registration."""

    plate: Plate | None = element("Tag1", "plate", read=normal_forms.identifier)
    expiration_year: int | None = element("Tag1ExpirationYear", "year of expiration", read=normal_forms.measure)
    expiration_month: int | None = element("Tag1ExpirationMonth", "month of expiration", read=normal_forms.measure)
    previous_plate: Plate | None = element("PreviousTag", "previous plate", read=normal_forms.identifier)
    previous_expiration_month: int | None = element(
        "PreviousExpirationMonth", "month of expiration of the previous plate", read=normal_forms.measure
    )
    previous_expiration_year: int | None = element(
        "PreviousExpirationYear", "year of expiration of the previous plate", read=normal_forms.measure
    )
    sticker_number: Plate | None = element("StickerNo", "number on the sticker", read=normal_forms.identifier)
    county_number: str | None = element(
        "ResidentComptrollerCountyNumber", "county of the last registration", read=normal_forms.identifier
    )
    county: str | None = element("ResidentComptrollerCountyName", "name of the county")
    effective_date: date | None = element("RegistrationEffectiveDate", "first day")
    renewal_name: PersonName | None = element("RenewalName", "recipient of the renewal form; need not be the owner")
    renewal_address: PartyAddress | None = element("RenewalAddress", "address of the recipient")
    renewal_mail_returned: bool | None = element("RenewalMailReturnFlag", "a form or sticker was returned")
    class_code: str | None = element("RegistrationClassCode", "class, used for the fee", read=normal_forms.identifier)
    safety_suspension: Conduct | None = element("DPSSafetySuspensionFlag", "suspended under safety responsibility")
    heavy_vehicle_tax: bool | None = element("HeavyVehicleUseTaxFlag", "heavy vehicle use tax paid, or exempt")
    invalid: bool | None = element("RegistrationInvalidFlag", "registration invalid")
    hot_check: Conduct | None = element("RegistrationHotCheckFlag", "a bad check exists for the registration")
    plate_seized: Conduct | None = element("PlateSeizedFlag", "plates seized because of that check")
    sticker_seized: Conduct | None = element("StickerSeizedFlag", "sticker seized because of that check")
    inspection_waived: bool | None = element("InspectionWaivedFlag", "inspection waived after an offense out of state")
    inspection_waived_description: str | None = element("InspectionWaivedDescription", "description of the flag")
    exempt: bool | None = element("ExemptFlag", "exempt from fees")
    exempt_description: str | None = element("ExemptFlagDescription", "description of the flag")
    permit_required: bool | None = element("PermitRequiredFlag", "a park model trailer that needs a permit")
    permit_required_description: str | None = element("PermitRequiredFlagDescription", "description of the flag")
    legal_restraint_number: Reference | None = element(
        "LegalRestraintNumber", "papers of a restraining order against transfer", read=normal_forms.identifier
    )


class LienholderDetail(Record):
    """The first lienholder; others are not returned. `more_liens` false does not mean that there is only one (D10)."""

    certified: bool | None = element("CertifiedLienholderFlag", "a certified lienholder")
    number: PersonName | None = element("LienholderNumber", "the state's number", read=normal_forms.identifier)
    lien_date: date | None = element("LienDate", "date of the first lien")
    name_1: PersonName | None = element("LienholderName1", "holder, a company or a person")
    name_2: PersonName | None = element("LienholderName2", "rest of the name, or a second name")
    address: PartyAddress | None = element("LienholderAddress", "address of the holder")
    more_liens: bool | None = element(
        "AdditionalLienRecordedFlag", "more than three lienholders, according to the manual"
    )
    more_liens_description: str | None = element("AdditionalLienRecordedFlagDescription", "description of the flag")
