"""HouseholdVehicles, VehicleVin and VehicleTag 2.3: titles and registrations by address, VIN or plate."""

from xml.etree.ElementTree import Element, SubElement

from local.simulator.population import Population
from local.simulator.population.model import Vehicle
from local.simulator.reading import Search

_HEAD = """
UpdateDate=06/14/2024 TransactionCode=RENEW TransactionDescription=Registration_Renewal DocumentTypeCode=01
DocumentTypeDescription=Regular_Title
"""
_DETAILS = {
    "VehicleDetail": """
Vin BodyType ClassCode ModelYear Make Model VehicleMajorColorCode VehicleMajorColorDescription VehicleMinorColorCode
VehicleMinorColorDescription VehicleTonnage=0000 ReplicatedVehicleMake ReplicatedVehicleModelYear=0000 TrailerTypeCode
TrailerTypeDescription VehicleBodyVin VehicleLength=00 VehicleOdometerBrand=A
VehicleOdometerBrandDescription=Actual_Mileage VehicleOdometerReading VehicleOdometerReadingDescription
SalesPrice=0000000000 SoldDate=00000000 vehicleEmptyWeight=000000 VehicleGrossWeight=000000 VinErrorFlag=0 DieselFlag=0
DieselFlagDescription DOTStandardsFlag=0 DPSStolenFlag=0 FixedWeightFlag=0 FloodDamageFlag=0 FloodDamageDescription
WholesaleValue=0.00 RetailValue=0.00 LoanValue=0.00
""",
    "TitleDetail": """
Title TitleDate TitleProcessCode TitleProcessCodeDescription SalvageStateCountry OwnerID OwnerName1 OwnerName2
OwnerAddress/Address1 OwnerAddress/Address2 OwnerAddress/City OwnerAddress/State OwnerAddress/ZipCode OwnerAddress/Zip4
OwnerAddress/Country PrivacyOptOutCode=3 ElectronicTitleCode=2 ElectronicTitleDescription=Negotiable_title_on_paper
LemonLawFlag=0 Obsolete OwnerEvidenceCode=01 OwnerEvidenceCodeDescription=Texas_Title
CertifiedCopyOfOriginalIssueDate=00000000 PriorCertifiedCopyofOriginalTitleIssueFlag=0 BondedTitleCode
BondedTitleDescription PreviousOwnerName PreviousOwnerCity PreviousOwnerState TitleHotCheckFlag=0 GovernmentOwnedFlag=0
AgencyLoanedFlag=0 AgencyLoanedFlagDescription ReconditionedCode=0 ReconditionedCodeDescription=Never_Salvaged
ReconstructedFlag=0 ReconstructedFlagDescription SurvivorshipRightsFlag=0 SurvivorshipRightsFlagDescription
TitleRevokedFlag=0 TitleRevokedFlagDescription OtherStateCountry SurrenderedTitleDate=00000000 JunkFlag=0
JunkFlagDescription Exported=0 PreviousTitleNumber PreviousVinNumber PreviousTitleJurisdiction
PreviousTitleIssueDate=00000000 InitialTitleTransactionCode=TITLE NMVTISHoldDate=00000000
""",
    "RegistrationDetail": """
Tag1 Tag1ExpirationYear Tag1ExpirationMonth PreviousTag PreviousExpirationMonth PreviousExpirationYear StickerNo
ResidentComptrollerCountyNumber=999 ResidentComptrollerCountyName=Sample_County RegistrationEffectiveDate RenewalName
RenewalAddress/Address1 RenewalAddress/Address2 RenewalAddress/City RenewalAddress/State RenewalAddress/ZipCode
RenewalAddress/Zip4 RenewalMailReturnFlag=0 RegistrationClassCode=025 DPSSafetySuspensionFlag=0 HeavyVehicleUseTaxFlag=0
RegistrationInvalidFlag=0 RegistrationHotCheckFlag=0 PlateSeizedFlag=0 StickerSeizedFlag=0 InspectionWaivedFlag=0
InspectionWaivedDescription ExemptFlag=0 ExemptFlagDescription PermitRequiredFlag=0 PermitRequiredFlagDescription
LegalRestraintNumber
""",
    "LienholderDetail": """
CertifiedLienholderFlag=0 LienholderNumber LienDate=00000000 LienholderName1 LienholderName2 LienholderAddress/Address1
LienholderAddress/Address2 LienholderAddress/City LienholderAddress/State LienholderAddress/ZipCode
LienholderAddress/Zip4 LienholderAddress/Country AdditionalLienRecordedFlag=0 AdditionalLienRecordedFlagDescription
""",
}
"""The elements in the order of the manual's sample, with what stands there when nothing is known (`_` is a blank)."""


def answer(search: Search, population: Population) -> Element:
    """Return the answer without its status. A VIN or plate that is not known is simply absent."""
    root = Element(f"{search.operation}Response")
    by_address = search.address is not None
    found: dict[str, Vehicle] = {}
    if search.address is not None:
        status, place = population.locate(search.address.line, search.address.state, search.address.zip_code)
        SubElement(root, "AddressSearchStatus").text = status.name
        found = {vehicle.vin: vehicle for vehicle in population.parked_at(place)}
    wanted = (
        *(population.vehicle(vin=vin) for vin in search.vins),
        *(population.vehicle(tag=tag) for tag in search.tags),
    )
    found |= {vehicle.vin: vehicle for vehicle in wanted if vehicle}
    if not by_address:
        SubElement(root, "VehicleSearchStatus").text = "Found" if found else "Not Found"
    holder = SubElement(root, "Vehicles")
    for vehicle in found.values():
        holder.append(_vehicle(vehicle, with_status=by_address))
    return root


def _vehicle(vehicle: Vehicle, *, with_status: bool) -> Element:
    root = Element("Vehicle")
    if with_status:
        SubElement(root, "VehicleSearchStatus").text = "Found"
    _fill(root, _HEAD, vehicle)
    for detail, elements in _DETAILS.items():
        _fill(SubElement(root, detail), elements, vehicle)
    return root


def _fill(parent: Element, elements: str, vehicle: Vehicle) -> None:
    for entry in elements.split():
        path, _, usual = entry.partition("=")
        value = vehicle.values.get(path, usual.replace("_", " "))
        wrapper, _, name = path.rpartition("/")
        holder = parent
        if wrapper:
            existing = parent.find(wrapper)
            holder = SubElement(parent, wrapper) if existing is None else existing
        SubElement(holder, name).text = value or None
