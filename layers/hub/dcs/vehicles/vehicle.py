"""A vehicle of the response (vendor manual, Vehicles 2.3).

Codes and descriptions are independent fields: either can be present without the other (C15). Names of flags follow no
pattern (A24), so each is mapped explicitly. Weights, lengths and prices of zero mean "not recorded" (C11).
"""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field

from dcs import normal_forms, statuses
from dcs.records import Record, element
from dcs.statuses import SearchStatus
from dcs.tally import Tally
from dcs.vehicles.party import Conduct
from dcs.vehicles.registration import LienholderDetail, RegistrationDetail
from dcs.vehicles.title import TitleDetail
from integration_hub.privacy import Vin


class VehicleDetail(Record):
    """The vehicle itself. VINA is the VIN analysis software of the state, NCIC the FBI's abbreviations."""

    vin: Vin | None = element("Vin", "vehicle identification number", read=normal_forms.vin)
    body_type: str | None = element("BodyType", "doors, seats, roof and so on; from VINA")
    class_code: str | None = element("ClassCode", "title class")
    model_year: int | None = element("ModelYear", "model year as stated by the manufacturer", read=normal_forms.measure)
    make: str | None = element("Make", "make, NCIC abbreviation")
    model: str | None = element("Model", "model, NCIC abbreviation")
    major_color_code: str | None = element("VehicleMajorColorCode", "colour when titled; of two the upper or front")
    major_color: str | None = element("VehicleMajorColorDescription", "description of the code or flag")
    minor_color_code: str | None = element("VehicleMinorColorCode", "of two colours the lower or rear")
    minor_color: str | None = element("VehicleMinorColorDescription", "description of the code or flag")
    tonnage: int | None = element("VehicleTonnage", "load capacity", read=normal_forms.measure)
    replica_make: str | None = element("ReplicatedVehicleMake", "make that a replica imitates")
    replica_model_year: int | None = element(
        "ReplicatedVehicleModelYear", "model year that a replica imitates", read=normal_forms.measure
    )
    trailer_type_code: str | None = element("TrailerTypeCode", "structure of a trailer")
    trailer_type: str | None = element("TrailerTypeDescription", "description of the code or flag")
    body_vin: Vin | None = element("VehicleBodyVin", "VIN on the body of a motor home", read=normal_forms.vin)
    length: int | None = element("VehicleLength", "of a travel trailer under forty feet", read=normal_forms.measure)
    odometer_brand: str | None = element("VehicleOdometerBrand", "reliability of the mileage")
    odometer_brand_description: str | None = element(
        "VehicleOdometerBrandDescription", "description of the code or flag"
    )
    odometer_reading: str | None = element("VehicleOdometerReading", "mileage at title transfer; may be EXEMPT")
    odometer_reading_description: str | None = element(
        "VehicleOdometerReadingDescription", "description of the mileage"
    )
    sales_price: Decimal | None = element("SalesPrice", "full purchase price in US dollars")
    sold_date: date | None = element("SoldDate", "date of sale")
    empty_weight: int | None = element("vehicleEmptyWeight", "weight without load", read=normal_forms.measure)
    gross_weight: int | None = element("VehicleGrossWeight", "registered total weight", read=normal_forms.measure)
    vin_error: bool | None = element("VinErrorFlag", "VINA found a contradiction in the VIN")
    diesel: bool | None = element("DieselFlag", "runs on diesel")
    diesel_description: str | None = element("DieselFlagDescription", "description of the code or flag")
    dot_standards: bool | None = element("DOTStandardsFlag", "meets the federal standard")
    stolen: Conduct | None = element("DPSStolenFlag", "reported stolen to the state police")
    fixed_weight: bool | None = element("FixedWeightFlag", "fixed equipment covers two thirds of the bed")
    flood_damage: bool | None = element("FloodDamageFlag", "previously titled as a total loss by flood")
    flood_damage_description: str | None = element("FloodDamageDescription", "description of the code or flag")
    wholesale_value: Decimal | None = element("WholesaleValue", "US dollars; not documented")
    retail_value: Decimal | None = element("RetailValue", "US dollars; not documented")
    loan_value: Decimal | None = element("LoanValue", "US dollars; not documented")


class Vehicle(Record):
    """A vehicle on file. Its owner need not be in the request."""

    requested: bool = Field(default=False, description="whether its VIN or plate is in the request")
    search_status: SearchStatus | None = element("VehicleSearchStatus", "found or not", read=statuses.search_status)
    update_date: date | None = element("UpdateDate", "date of the state's record")
    transaction_code: str | None = element("TransactionCode", "code of the last transaction")
    transaction: str | None = element("TransactionDescription", "description of the code or flag")
    document_type_code: str | None = element(
        "DocumentTypeCode", "code of the document type", read=normal_forms.identifier
    )
    document_type: str | None = element("DocumentTypeDescription", "description of the code or flag")
    vehicle: VehicleDetail | None = element("VehicleDetail", "the vehicle itself")
    title: TitleDetail | None = element("TitleDetail", "certificate of title")
    registration: RegistrationDetail | None = element("RegistrationDetail", "registration")
    lienholder: LienholderDetail | None = element("LienholderDetail", "first lienholder")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Count the search status, which the manual's tables place outside Vehicle (B9)."""
        if "search_status" in values:
            tally.tolerances["B9"] += 1
