"""The HouseholdDrivers request and its XML."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from dcs import fields, requests
from dcs.names import comparable
from integration_hub.configuration_key import Settings
from integration_hub.privacy import RESTRICTED, HubModel
from integration_hub.vendor.message import VendorRequest


class Driver(HubModel):
    """A person to look for: by licence number, otherwise by last name, first name and birth date."""

    id: fields.PersonKey
    first_name: fields.NameText
    last_name: fields.NameText
    birth_date: fields.PastDate
    license_state: fields.StateCode | None = None
    license_number: fields.NumberText | None = None
    household: bool = Field(default=False, description="also return everyone at the address")
    criminal_history: Annotated[bool, RESTRICTED] = Field(default=False, description="also search criminal records")

    @model_validator(mode="after")
    def _license_is_complete(self) -> Self:
        if (self.license_state is None) != (self.license_number is None):
            raise ValueError("license_state and license_number must be given together")
        if self.license_number is not None and comparable(self.id) == comparable(self.license_number):
            raise ValueError("id must not be the licence number")
        return self


class HouseholdDriversRequest(HubModel):
    """A search for drivers at an address."""

    address: fields.SearchAddress
    drivers: tuple[Driver, ...] = Field(min_length=1, max_length=fields.MAX_ENTRIES)
    new_driver_criminal_history: Annotated[bool, RESTRICTED] = Field(
        default=False, description="also search criminal records of household members who are not in the request"
    )

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        fields.require_unique((driver.id for driver in self.drivers), "driver id")
        return self

    @property
    def includes_criminal_history(self) -> bool:
        """Whether the search asks for criminal records of anyone."""
        return self.new_driver_criminal_history or any(driver.criminal_history for driver in self.drivers)


def encode(request: HouseholdDriversRequest, settings: Settings) -> VendorRequest:
    """Return the request as XML, in the element order of the vendor's sample."""
    drivers: list[requests.Part] = [("Driver", _driver(driver)) for driver in request.drivers]
    return requests.xml_request(
        "HouseholdDriversRequest",
        [
            requests.transaction_info(settings),
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
