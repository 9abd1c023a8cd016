"""The licence and ID-card records of the HouseholdDrivers response."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from dcs import normal_forms, statuses
from dcs.criminal_records.findings import CriminalFindings, read_findings
from dcs.names import split_name
from dcs.records import Record, element
from dcs.statuses import SearchStatus
from dcs.tally import Tally
from integration_hub.privacy import RESTRICTED, BirthDate, City, LicenseNumber, PersonName, Street, ZipCode

MIN_PLAUSIBLE_BIRTH_DATE = date(1915, 1, 1)
"""C3: the samples contain 1900, 1901 and 1911 as placeholders."""


class AssociatedLicense(Record):
    """Another licence with the same name and birth date; it can be another person's."""

    license_number: LicenseNumber | None = element("DLNumber", "number", read=normal_forms.identifier)
    street: Street | None = element("Address", "street line")
    city: City | None = element("City", "city")
    state: str | None = element("State", "state of the address")
    zip_code: ZipCode | None = element("ZipCode", "5-digit ZIP", read=normal_forms.identifier)
    id_card: bool | None = element("IDCard", "the document is an ID card")
    last_transaction_date: date | None = element("LastTransactionDate", "last update of the record by the state")


class PriorName(Record):
    """An earlier name for this licence number, from the vendor's own history."""

    name: PersonName | None = element("Name", "name before the change")
    license_number: LicenseNumber | None = element(
        "DLNumber", "licence number at that time", read=normal_forms.identifier
    )
    transaction_date: date | None = element("TransactionDate", "effective date of the change")
    birth_date: BirthDate | None = element("DateOfBirth", "birth date on the licence at that time")


class PriorAddress(Record):
    """An earlier address for this licence number, from the vendor's own history."""

    line: Street | None = element("Address", "street, apartment and ZIP in one line; no city, no state")
    zip_code: ZipCode | None = Field(None, description="the five digits at the end of the line")
    license_number: LicenseNumber | None = element(
        "DLNumber", "licence number at that time", read=normal_forms.identifier
    )
    transaction_date: date | None = element("TransactionDate", "effective date of the change")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Read the ZIP from the end of the line (C18)."""
        if zip_code := normal_forms.final_zip(values.get("line", "")):
            values["zip_code"] = zip_code
            tally.tolerances["C18"] += 1


class DriverLicense(Record):
    """A licence or ID card as the state records it."""

    id: str | None = element("Id", "key of the request, where the vendor returned it", read=normal_forms.identifier)
    search_status: SearchStatus | None = element("DLSearchStatus", "found or not", read=statuses.search_status)
    full_name: PersonName | None = element("FullName", "name as recorded by the state")
    last_name: PersonName | None = Field(None, description="the name before the comma")
    given_names: PersonName | None = Field(None, description="the name after the comma")
    birth_date: BirthDate | None = element("BirthDate", "birth date")
    birth_date_plausible: bool | None = Field(None, description="false for dates before 1915, which are placeholders")
    name_agrees: bool | None = Field(None, description="whether first and last name equal those of the request")
    birth_date_agrees: bool | None = Field(None, description="whether the birth date equals that of the request")
    license_state: str | None = element("DLState", "issuing state")
    license_number: LicenseNumber | None = element("DLNumber", "number", read=normal_forms.identifier)
    id_card: bool | None = element("IdCard", "true for an ID card, whose holder need not be licensed to drive")
    street: Street | None = element("Address", "street line")
    city: City | None = element("City", "city")
    state: str | None = element("State", "state of the address")
    zip_code: ZipCode | None = element("ZipCode", "5-digit ZIP", read=normal_forms.identifier)
    zip_plus4: Annotated[str, RESTRICTED] | None = element("ZipPlus4", "extension", read=normal_forms.identifier)
    issue_date: date | None = element("IssueDate", "recorded only for licences issued after 02/15/2015")
    last_transaction_date: date | None = element("LastTransactionDate", "last update by the state; no renewals")
    associated_licenses: tuple[AssociatedLicense, ...] = element(
        "AssociatedDLs", "other licences with the same name and birth date", item="AssociatedDL"
    )
    prior_names: tuple[PriorName, ...] = element("PriorNames", "earlier names", item="PriorName")
    prior_addresses: tuple[PriorAddress, ...] = element("PriorAddresses", "earlier addresses", item="PriorAddress")
    criminal: Annotated[CriminalFindings, RESTRICTED] = element(
        "CriminalHistories", "possible criminal matches", node=read_findings, default=CriminalFindings()
    )

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Split the name (C4) and mark birth dates that are placeholders (C3)."""
        if (name := values.get("full_name")) and (parts := split_name(name)):
            values["last_name"], values["given_names"] = parts
        if (birth := values.get("birth_date")) is not None:
            values["birth_date_plausible"] = plausible = birth >= MIN_PLAUSIBLE_BIRTH_DATE
            if not plausible:
                tally.tolerances["C3"] += 1
