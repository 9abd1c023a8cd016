"""Invents vehicles of the make MOCK with title, registration and lien. The years 2010 to 2024."""

from collections.abc import Mapping
from random import Random

from local.simulator.population.model import Address, Vehicle
from local.simulator.population.vins import vin

_MODELS = (("SALOON", "4D SDN", "PASS"), ("RANGER-NOT", "4D SUV AWD", "PASS-TRK"), ("HAULER", "2D PICKUP", "TRK<=1"))
_COLORS = (("SIL", "Silver"), ("BLU", "Blue"), ("ONG", "Orange"), ("BLK", "Black"), ("WHI", "White"))

LIEN = {
    "CertifiedLienholderFlag": "1",
    "LienholderNumber": "099900001",
    "LienDate": "20210302",
    "LienholderName1": "IMAGINARY CREDIT UNION",
    "LienholderAddress/Address1": "PO BOX 4242",
    "LienholderAddress/City": "SAMPLEVILLE",
    "LienholderAddress/State": "TX",
    "LienholderAddress/ZipCode": "75999",
}
SALVAGE = {
    "DocumentTypeCode": "04",
    "DocumentTypeDescription": "Salvage Title",
    "SalvageStateCountry": "TX",
    "ReconditionedCode": "1",
    "ReconditionedCodeDescription": "Salvage title issued earlier",
}
FLOOD = {"FloodDamageFlag": "1", "FloodDamageDescription": "Total loss by flood reported earlier"}
SUSPENDED = {"DPSSafetySuspensionFlag": "1", "RegistrationInvalidFlag": "1"}
STOLEN = {"DPSStolenFlag": "1"}
JUNK = {"JunkFlag": "1", "JunkFlagDescription": "Junk record", "TitleRevokedFlag": "1"}
HOT_CHECK = {"RegistrationHotCheckFlag": "1", "PlateSeizedFlag": "1", "TitleHotCheckFlag": "1"}


class Garage:
    """Makes vehicles one after another; VINs and plates never repeat."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._made = 1000

    def vehicle(self, address: Address, owner: str, extra: Mapping[str, str] | None = None) -> Vehicle:
        """A vehicle of an owner (capitals, first name first), registered at an address; `extra` by element name."""
        self._made += 1
        chance, serial = self._chance, self._made
        year = chance.randrange(2010, 2024)
        model, body, kind = chance.choice(_MODELS)
        color, color_name = chance.choice(_COLORS)
        price = chance.randrange(8000, 60000, 50)
        number, tag = vin(f"TEST{chance.choice('ABCDE')}", year, serial), f"TST{serial:04}"
        values = {
            "Vin": number,
            "BodyType": body,
            "ClassCode": kind,
            "ModelYear": str(year),
            "Make": "MOCK",
            "Model": model,
            "VehicleMajorColorCode": color,
            "VehicleMajorColorDescription": color_name,
            "VehicleOdometerReading": f"{chance.randrange(120000):06}",
            "SalesPrice": f"{price:010}",
            "SoldDate": f"{year}0{chance.randrange(1, 10)}15",
            "vehicleEmptyWeight": f"{chance.randrange(2800, 6000, 50):06}",
            "VehicleGrossWeight": f"{chance.randrange(6000, 8000, 50):06}",
            "WholesaleValue": f"{price // 2}.00",
            "RetailValue": f"{price * 2 // 3}.00",
            "LoanValue": f"{price * 9 // 20}.00",
            "Title": f"9001{serial:013}",
            "TitleDate": f"{year}1020",
            "OwnerID": f"98765432{serial % 10}" if chance.random() < 0.5 else "",
            "OwnerName1": owner,
            "OwnerAddress/Address1": address.street,
            "OwnerAddress/Address2": f"APT {address.unit}" if address.unit else "",
            "OwnerAddress/City": address.city,
            "OwnerAddress/State": "TX",
            "OwnerAddress/ZipCode": address.zip_code,
            "OwnerAddress/Zip4": address.plus4,
            "Tag1": tag,
            "Tag1ExpirationYear": "2025",
            "Tag1ExpirationMonth": f"{chance.randrange(1, 13):02}",
            "RegistrationEffectiveDate": "20240401",
        }
        return Vehicle(number, tag, address, values | dict(extra or {}))
