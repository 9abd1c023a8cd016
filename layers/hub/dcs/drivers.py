"""HouseholdDrivers: licence and ID-card holders by licence number, name or address (vendor manual, Drivers 2.7).

The answer is the state's licence and ID-card file. It tells no licence status, class or expiry, and it can hold
people nobody asked about: everyone at the address.
"""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from dcs import normal_forms, requests
from dcs.auth import authorization
from dcs.criminal_records import CriminalFindings, CriminalStatus, PossibleMatch, read_findings, settle
from dcs.normal_forms import MADE_UP_BEFORE, AddressStatus, SearchStatus, comparable, same_name
from dcs.records import Record, SearchResult, Tally, element, plan
from dcs.verdicts import judge
from dcs.wire import Document
from integration_hub.integration import CachePolicy, Integration, Operation, Requester, VendorRequest
from integration_hub.privacy import (
    COUNT_ONLY,
    RESTRICTED,
    BirthDate,
    City,
    HubModel,
    LicenseNumber,
    PersonName,
    Street,
    ZipCode,
)

MOST_DRIVERS = 100
"""The vendor returns no more, and has no paging: the rest cannot be fetched."""


class Driver(HubModel):
    """A person to look for: by licence number, else by last name, first name and birth date."""

    id: requests.Key
    first_name: requests.NameText
    last_name: requests.NameText
    birth_date: requests.PastDate
    license_state: requests.StateCode | None = None
    license_number: requests.NumberText | None = None
    household: bool = Field(default=False, description="also return everyone at the address")
    criminal_history: Annotated[bool, RESTRICTED] = Field(default=False, description="also search criminal records")

    @model_validator(mode="after")
    def _license_is_whole(self) -> Self:
        if (self.license_state is None) != (self.license_number is None):
            raise ValueError("license_state and license_number belong together")
        if self.license_number is not None and comparable(self.id) == comparable(self.license_number):
            raise ValueError("id must not be the licence number")
        return self


class HouseholdDriversRequest(HubModel):
    """A search for drivers at an address."""

    address: requests.SearchAddress
    drivers: tuple[Driver, ...] = Field(min_length=1, max_length=requests.MAX_ENTRIES)
    new_driver_criminal_history: Annotated[bool, RESTRICTED] = Field(
        default=False, description="also search criminal records of household members whom the request does not name"
    )

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        requests.unique((driver.id for driver in self.drivers), "driver id")
        return self


class AssociatedLicense(Record):
    """Another licence under the same name and birth date: possibly another person's."""

    license_number: LicenseNumber | None = element("DLNumber", "number", read=normal_forms.identifier)
    street: Street | None = element("Address", "street line")
    city: City | None = element("City", "city")
    state: str | None = element("State", "state of the address")
    zip_code: ZipCode | None = element("ZipCode", "5-digit ZIP", read=normal_forms.identifier)
    id_card: bool | None = element("IDCard", "the document is an ID card")
    last_transaction_date: date | None = element("LastTransactionDate", "last update of the record by the state")


class PriorName(Record):
    """An earlier name on this licence number, from the vendor's own history."""

    name: PersonName | None = element("Name", "name before the change")
    license_number: LicenseNumber | None = element("DLNumber", "licence number then", read=normal_forms.identifier)
    transaction_date: date | None = element("TransactionDate", "when the change took effect")
    birth_date: BirthDate | None = element("DateOfBirth", "birth date on the licence then")


class PriorAddress(Record):
    """An earlier address on this licence number, from the vendor's own history."""

    line: Street | None = element("Address", "street, apartment and ZIP in one line; no city, no state")
    zip_code: ZipCode | None = Field(None, description="the five digits at the end of the line")
    license_number: LicenseNumber | None = element("DLNumber", "licence number then", read=normal_forms.identifier)
    transaction_date: date | None = element("TransactionDate", "when the change took effect")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Take the ZIP out of the line (C18)."""
        if zip_code := normal_forms.final_zip(values.get("line", "")):
            values["zip_code"] = zip_code
            tally.tolerances["C18"] += 1


class DriverLicense(Record):
    """A licence or ID card as the state records it."""

    id: str | None = element("Id", "the request's key, where the vendor gave it back", read=normal_forms.identifier)
    search_status: SearchStatus | None = element("DLSearchStatus", "found or not", read=normal_forms.search_status)
    full_name: PersonName | None = element("FullName", "name as the state writes it")
    last_name: PersonName | None = Field(None, description="the name before the comma")
    given_names: PersonName | None = Field(None, description="the name after the comma")
    birth_date: BirthDate | None = element("BirthDate", "birth date")
    birth_date_plausible: bool | None = Field(None, description="false for dates before 1915, which are filler")
    name_agrees: bool | None = Field(None, description="whether first and last name are those of the request")
    birth_date_agrees: bool | None = Field(None, description="whether the birth date is that of the request")
    license_state: str | None = element("DLState", "issuing state")
    license_number: LicenseNumber | None = element("DLNumber", "number", read=normal_forms.identifier)
    id_card: bool | None = element("IdCard", "an ID card: its holder need not be licensed to drive")
    street: Street | None = element("Address", "street line")
    city: City | None = element("City", "city")
    state: str | None = element("State", "state of the address")
    zip_code: ZipCode | None = element("ZipCode", "5-digit ZIP", read=normal_forms.identifier)
    zip_plus4: Annotated[str, RESTRICTED] | None = element("ZipPlus4", "extension", read=normal_forms.identifier)
    issue_date: date | None = element("IssueDate", "recorded only for licences issued after 02/15/2015")
    last_transaction_date: date | None = element("LastTransactionDate", "last update by the state; no renewals")
    associated_licenses: tuple[AssociatedLicense, ...] = element(
        "AssociatedDLs", "other licences under the same name and birth date", item="AssociatedDL"
    )
    prior_names: tuple[PriorName, ...] = element("PriorNames", "earlier names", item="PriorName")
    prior_addresses: tuple[PriorAddress, ...] = element("PriorAddresses", "earlier addresses", item="PriorAddress")
    criminal: Annotated[CriminalFindings, RESTRICTED] = element(
        "CriminalHistories", "possible criminal matches", node=read_findings, default=CriminalFindings()
    )

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Split the name (C4) and mark birth dates that are filler (C3)."""
        if (name := values.get("full_name")) and (parts := normal_forms.split_name(name)):
            values["last_name"], values["given_names"] = parts
        if (birth := values.get("birth_date")) is not None:
            values["birth_date_plausible"] = plausible = birth >= MADE_UP_BEFORE
            if not plausible:
                tally.tolerances["C3"] += 1


class HouseholdDriversResult(SearchResult):
    """The answer, held against the request.

    A requested driver in `unanswered_ids` was not answered at all, which is never "clear".
    """

    address_status: AddressStatus | None
    drivers_found: int | None = Field(description="records that the vendor counts")
    truncated: bool = Field(description="people are missing: the vendor returns at most 100 and has no paging")
    licenses: tuple[DriverLicense, ...] = Field(description="records of the drivers in the request")
    household: Annotated[tuple[DriverLicense, ...], COUNT_ONLY] = Field(description="other people at the address")
    unanswered_ids: tuple[str, ...] = Field(description="drivers of the request without a record, in its order")
    unattributed: Annotated[tuple[PossibleMatch, ...], RESTRICTED] = Field(
        (), description="criminal records of inconsistent answers: nobody's until a person has looked"
    )
    criminal_records_dropped: Annotated[int, RESTRICTED] = Field(0, description="delivered though not wanted")


class _Delivered(Record):
    """The answer before it is held against the request."""

    address_status: AddressStatus | None = element("AddressSearchStatus", "", read=normal_forms.address_status)
    drivers_found: int | None = element("DriversFound", "")
    licenses: tuple[DriverLicense, ...] = element("DriversLicenses", "", item="DriversLicense")
    status_code: str | None = element("ResponseStatusCode", "")
    status_message: str | None = element("ResponseStatusMessage", "")


def encode(request: HouseholdDriversRequest, requester: Requester) -> VendorRequest:
    """Write the request in the element order of the vendor's sample."""
    drivers: list[requests.Part] = [("Driver", _driver(driver)) for driver in request.drivers]
    return requests.xml(
        "HouseholdDriversRequest",
        [
            requests.requester(requester),
            ("NewDriverCriminalHistoryFlag", requests.flag(request.new_driver_criminal_history)),
            requests.address(request.address),
            ("Drivers", drivers),
        ],
    )


def _driver(driver: Driver) -> list[requests.Part]:
    return [
        ("Id", driver.id),
        ("FirstName", driver.first_name),
        ("LastName", driver.last_name),
        ("BirthDate", requests.day(driver.birth_date)),
        ("DLState", driver.license_state),
        ("DLNumber", driver.license_number),
        ("HouseholdFlag", requests.flag(driver.household)),
        ("CriminalHistoryFlag", requests.flag(driver.criminal_history)),
    ]


def decode(document: Document, request: HouseholdDriversRequest) -> HouseholdDriversResult:
    """Turn the answer into records, and hold them against what was asked."""
    tally = Tally(document.tolerances.copy())
    tally.restricted["B15"] = document.tolerances["B15"]  # counted over the whole document, criminal records and all
    delivered = _Delivered.model_validate(plan(_Delivered).values(document.root, tally))
    asked = {driver.id.casefold(): driver for driver in request.drivers}
    records = [(record, asked.get((record.id or "").casefold())) for record in delivered.licenses]  # C5
    answered = {driver.id for _, driver in records if driver}
    unanswered = [driver for driver in request.drivers if driver.id not in answered]
    # A record without an id that we know may be that of a driver who got no answer: then it is not thrown away.
    wanted_by_nobody = not any(driver.criminal_history for driver in unanswered)
    licenses: list[DriverLicense] = []
    household: list[DriverLicense] = []
    unattributed: list[PossibleMatch] = []
    dropped = 0
    for record, driver in records:
        agreement = _agreement(record, driver)
        found = record.criminal
        wanted = driver.criminal_history if driver else request.new_driver_criminal_history
        if not wanted and (driver or wanted_by_nobody):
            dropped += len(found.matches)  # D7: may come although no flag asked for it
            found = CriminalFindings()
        found, nobodys = settle(found, same_person=wanted and _is_same_person(record, driver, agreement))
        unattributed += nobodys
        (licenses if driver else household).append(record.model_copy(update={**agreement, "criminal": found}))
    licenses, nobodys = _without_contradictions(licenses)
    unattributed += nobodys
    number = len(delivered.licenses)
    reported = delivered.drivers_found
    if reported is not None and reported not in {number, _found(delivered.licenses)}:
        tally.tolerances["C24"] += 1
    unreadable_count = reported is None and "drivers_found" in delivered.raw
    return HouseholdDriversResult(
        address_status=delivered.address_status,
        drivers_found=reported,
        truncated=number >= MOST_DRIVERS or (reported or 0) > number or unreadable_count,
        licenses=tuple(licenses),
        household=tuple(household),
        unanswered_ids=tuple(driver.id for driver in unanswered),
        unattributed=tuple(unattributed),
        criminal_records_dropped=dropped,
        **tally.summary(),
    )


def _found(records: tuple[DriverLicense, ...]) -> int:
    return sum(record.search_status is not SearchStatus.NOT_FOUND for record in records)


def _agreement(record: DriverLicense, driver: Driver | None) -> dict[str, bool]:
    """Compare a licence with the request: a wrong number fetches another person's licence and criminal records."""
    agreement: dict[str, bool] = {}
    if driver is None:
        return agreement
    if record.birth_date is not None:
        agreement["birth_date_agrees"] = record.birth_date == driver.birth_date
    if record.last_name is not None and record.given_names is not None:
        agreement["name_agrees"] = same_name(record.last_name, record.given_names, driver.last_name, driver.first_name)
    return agreement


def _is_same_person(record: DriverLicense, driver: Driver | None, agreement: dict[str, bool]) -> bool:
    """Whether criminal records found with a licence may be told of it: nothing speaks of another person.

    The name on a licence that was found has to be comparable; that of a driver without one is the request's.
    """
    if driver is None:
        last, given, birth = record.last_name, record.given_names, record.birth_date
        if last is None or given is None or birth is None:
            return True  # whoever it is, the request does not name them
        return all(match.is_of(last, given.split()[0], birth) for match in record.criminal.matches)
    if False in agreement.values() or (record.search_status is SearchStatus.FOUND and "name_agrees" not in agreement):
        return False
    return all(match.is_of(driver.last_name, driver.first_name, driver.birth_date) for match in record.criminal.matches)


def _without_contradictions(licenses: list[DriverLicense]) -> tuple[list[DriverLicense], tuple[PossibleMatch, ...]]:
    """Attribute nothing to a driver of whom two records say different things."""
    said: dict[str, set[CriminalStatus]] = {}
    for record in licenses:
        said.setdefault((record.id or "").casefold(), set()).add(record.criminal.status)
    settled: list[DriverLicense] = []
    nobodys: list[PossibleMatch] = []
    for record in licenses:
        if len(said[(record.id or "").casefold()] - {CriminalStatus.NOT_SEARCHED}) <= 1:
            settled.append(record)
            continue
        nobodys += record.criminal.matches
        settled.append(record.model_copy(update={"criminal": CriminalFindings(status=CriminalStatus.REVIEW)}))
    return settled, tuple(nobodys)


def _asks_for_criminal_records(search: HouseholdDriversRequest) -> bool:
    return search.new_driver_criminal_history or any(driver.criminal_history for driver in search.drivers)


HOUSEHOLD_DRIVERS = Operation(
    name="HouseholdDrivers",
    path_key="household_drivers_path",
    request=HouseholdDriversRequest,
    result=HouseholdDriversResult,
    encode=encode,
    judge=judge("HouseholdDriversResponse", status_is_optional=True),
    decode=decode,
    follow_up=requests.without_apartment,
    reuse=CachePolicy(24, lambda search: not _asks_for_criminal_records(search)),
)

DRIVER = Integration(
    type_code="DCS_DRIVER_API",
    vendor="DCS",
    fallback="MANUAL_ENTRY_REQUIRED",
    operations=(HOUSEHOLD_DRIVERS,),
    authorization=authorization,
)
