"""Every quirk of the manuals can be switched on by its number and makes the documented example differ."""

import re

import pytest

from local.simulator.faults import NOT_SWITCHABLE, QUIRKS
from tests.support.simulator_client import Client, parses, sample

DRIVERS, VEHICLES, CRIMINAL = "HouseholdDrivers", "HouseholdVehicles", "Criminal"
NOT_WELL_FORMED = ("B1", "B2", "B3")
SHOWS = {
    # number: (operation, pattern that comes in, pattern that goes away or has fewer hits; empty: none)
    "A1": (DRIVERS, "<IDCard>No", "<IdCard>No"),
    "A2": (CRIMINAL, "<TotalOffeneses>", "<TotalOffenses>"),
    "A3": (DRIVERS, "<AssociatedDl>", "<AssociatedDL"),
    "A4": (DRIVERS, "<PrioAddresses", "<PriorAddresses"),
    "A5": (CRIMINAL, "<Birthdate>19840417", "<BirthDate>19840417"),
    "A6": (CRIMINAL, "<StatueCitationOffense>", "<StatuteCitationOffense"),
    "A7": (CRIMINAL, "<CourtSenteceSuspendedTime", "<CourtSentenceSuspendedTime"),
    "A8": (VEHICLES, "<VIN>", "<Vin>"),
    "A9": (VEHICLES, "<VehicleEmptyWeight>", "<vehicleEmptyWeight>"),
    "A10": (VEHICLES, "</VehicleOdometerBrandDescrption>", "BrandDescription>"),
    "A11": (VEHICLES, "<TitleProcessDescription", "<TitleProcessCodeDescription"),
    "A12": (VEHICLES, "<ObsoleteFlag", "<Obsolete "),
    "A13": (VEHICLES, "<OwnerEvidenceDescription", "<OwnerEvidenceCodeDescription"),
    "A14": (VEHICLES, "<PriorCertifiedCopyOf", "<PriorCertifiedCopyof"),
    "A15": (VEHICLES, "<JunkDescription", "<JunkFlagDescription"),
    "A16": (VEHICLES, "<ResidentComptrollerCountyDescription", "<ResidentComptrollerCountyName"),
    "A17": (VEHICLES, "<AdditionalLienholderRecordedFlag>", "<AdditionalLienRecordedFlag>"),
    "A18": (VEHICLES, "<OwnerStreet1>2718 FICTIONAL OAKS DR</OwnerStreet1>", "<OwnerAddress>"),
    "A19": (VEHICLES, "<Zipcode>75999", ""),
    "A20": (CRIMINAL, "<DegreeOfCrime>", "<DegreeofCrime>"),
    "A22": (VEHICLES, "", "<RetailValue>"),
    "A23": (CRIMINAL, "", "<OffenseCode>"),
    "A24": (VEHICLES, "<ExportedFlag>", "<Exported>"),
    "B1": (VEHICLES, "<VehicleOdometerBrandDescrption>Actual Mileage</VehicleOdometerBrandDescription>", ""),
    "B2": (CRIMINAL, r"^<CriminalResponse\s", "^<CriminalResponse>"),
    "B3": (CRIMINAL, "", "</Offenses>"),
    "B4": (CRIMINAL, r"</CriminalHistories>\s*<Id>P-2(?s:.*)Clear", "<Id>P-1"),
    "B5": (CRIMINAL, r"<CriminalHistories>\s*<SearchSource>A</SearchSource>\s*<TotalOffenses>3", ""),
    "B6": (DRIVERS, r"</TotalOffenses>\s*</CriminalHistories>", "<CriminalHistory>"),
    "B7": (CRIMINAL, "<CriminalSearchStatus>Clear", ""),
    "B8": (DRIVERS, r"<DLState>TX</DLState>\s*<DLNumber>", r"</DLNumber>\s*<DLState>"),
    "B9": (VEHICLES, r"</AddressSearchStatus>\s*<VehicleSearchStatus>", r"<Vehicle>\s*<VehicleSearchStatus>"),
    "B10": (VEHICLES, "<Vin>1ZZTESTC9GX000303", "<Vin>1ZZTESTA9KX000101"),
    "B12": (VEHICLES, r"<(\w+)>\n\s*</\1>", "<Obsolete />"),
    "B13": (CRIMINAL, r"<AliasName>\s*<Name />", ""),
    "B16": (DRIVERS, "<CourtOffense>Mockford, Rosanne", "<StateId>09990102"),
    "B17": (DRIVERS, "", "<Id />"),
    "C1": (CRIMINAL, "<BirthDate>04/17/1984", "<BirthDate>19840417"),
    "C2": (DRIVERS, "<TransactionDate>00000000|<LastTransactionDate>00000000", "<LastTransactionDate>[0-9]{2}/"),
    "C3": (DRIVERS, "<DateOfBirth>01/01/1901", "<DateOfBirth>04"),
    "C4": (DRIVERS, "<FullName>TESTERMAN,ROSALIND", "<FullName>Testerman, "),
    "C5": (CRIMINAL, "<FirstName>Rosalind", "<FirstName>ROSALIND"),
    "C6": (DRIVERS, "<Height>506", "<Height>5-06"),
    "C7": (DRIVERS, "<Race>W<", "<Race>White"),
    "C8": (DRIVERS, "&amp;#62;", "PROP&#62;"),
    "C9": (VEHICLES, r"Actual\n\s+Mileage", "Actual Mileage"),
    "C10": (DRIVERS, "<FullName>Testerman, Rosalind <", ""),
    "C11": (VEHICLES, "<SalesPrice>21500<", "<SalesPrice>00"),
    "C12": (VEHICLES, "<FloodDamageFlag>True", "<FloodDamageFlag>1"),
    "C13": (VEHICLES, "<Vin>1 1ZZTESTA9KX000101", "<Vin>1ZZ"),
    "C14": (VEHICLES, "<Vin>1ZZTESTA0KX000101", "<Vin>1ZZTESTA9KX000101"),
    "C15": (VEHICLES, "<TransactionCode />", "<TransactionCode>"),
    "C16": (VEHICLES, "<OwnerName2>LY TRUST OF SAMPLEVILLE", "<OwnerName1>ROSALIND"),
    "C17": (VEHICLES, ">PRETEND MOTORS SAMPLE LL<", "PRETEND MOTORS OF"),
    "C18": (DRIVERS, "<Address>16 INVENTED MILL RD</Address>", "<Address>16 INVENTED MILL RD 75998"),
    "C19": (DRIVERS, "<Address>I6 INVENTED MILL RD", ""),
    "C20": (VEHICLES, "", "<VehicleOdometerReading>031204"),
    "C21": (CRIMINAL, "<DegreeofCrime>UNREPORTED / UNKNOWN", "<DegreeofCrime>UNKNOWN"),
    "C22": (VEHICLES, "<Country>MEXI", "<Country />"),
    "C23": (DRIVERS, "<DLNumber>9990001", "<DLNumber>0"),
    "C24": (DRIVERS, "<DriversFound>4", "<DriversFound>3"),
    "C25": (DRIVERS, "<ConvictionDate />", r"<ConvictionDate>\d"),
    "D1": (VEHICLES, "<AddressSearchStatus>Address Found", "<AddressSearchStatus>Found"),
    "D2": (DRIVERS, "<DriversFound>28", "<DriversFound>3"),
    "D7": (DRIVERS, r"<FullName>Testerman, Winifred(?s:.*)<CriminalSearchStatus>Clear", "<CriminalHistories />"),
}


def test_every_quirk_is_here() -> None:
    """A, B and C of the manuals are complete: switchable and tested, or named with the reason why they cannot be."""
    numbers = {f"{part}{number}" for part, most in (("A", 24), ("B", 17), ("C", 25)) for number in range(1, most + 1)}
    assert set(SHOWS) | {"B15"} == set(QUIRKS)
    assert {number for number in QUIRKS if number[0] != "D"} | set(NOT_SWITCHABLE) == numbers
    assert not set(QUIRKS) & set(NOT_SWITCHABLE)


@pytest.mark.parametrize("number", SHOWS)
def test_quirk(client: Client, number: str) -> None:
    """The quirk shows in the documented example, which stays well-formed except for B1 to B3."""
    operation, coming, going = SHOWS[number]
    usual = sample(operation, "whole.xml").decode()
    reply = client.fault(f"quirk={number}", operation)
    text = reply.body.decode()
    assert len(re.findall(coming, text)) > len(re.findall(coming, usual)) or not coming
    assert len(re.findall(going, text)) < len(re.findall(going, usual)) or not going
    assert parses(reply.body) == (number not in NOT_WELL_FORMED)


def test_json_quirk(client: Client) -> None:
    """B15: JSON without root and without nested lists."""
    body = sample(CRIMINAL, "request.json")
    reply = client.ask(CRIMINAL, body, Content_Type="application/json", X_Simulator_Fault="quirk=B15")
    assert b"CriminalResponse" not in reply.body
    assert b'"Offense"' not in reply.body


def test_status_texts(client: Client) -> None:
    """D1 also brings the wrong codes of the vehicles manual into the drivers answer."""
    body = sample(DRIVERS).replace(b"2718 Fictional Oaks Dr Apt 314", b"9 Fictional Oaks Dr")
    assert client.ask(DRIVERS, body).root.findtext("AddressSearchStatus") == "House Number Not Found"
    reply = client.ask(DRIVERS, body, X_Simulator_Fault="quirk=D1")
    assert reply.root.findtext("AddressSearchStatus") == "HHNF"
