"""The Criminal request and its XML or JSON."""

from typing import Self

from pydantic import Field, model_validator

from dcs import fields, requests
from dcs.settings import JSON_REQUESTS
from integration_hub.configuration_key import Settings
from integration_hub.privacy import HubModel
from integration_hub.vendor.message import VendorRequest


class Person(HubModel):
    """A person to look for."""

    id: fields.PersonKey
    first_name: fields.NameText
    last_name: fields.NameText
    birth_date: fields.PastDate


class CriminalRequest(HubModel):
    """A search for criminal records of one or more persons."""

    persons: tuple[Person, ...] = Field(min_length=1, max_length=fields.MAX_ENTRIES)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        fields.require_unique((person.id for person in self.persons), "person id")
        return self


def encode(request: CriminalRequest, settings: Settings) -> VendorRequest:
    """Return the request in the element order of the vendor's sample, as JSON where json_requests is true."""
    persons: list[requests.Part] = [("Person", _person(person)) for person in request.persons]
    write = requests.json_request if settings[JSON_REQUESTS] else requests.xml_request
    return write("CriminalRequest", [requests.transaction_info(settings), ("Persons", persons)])


def _person(person: Person) -> list[requests.Part]:
    return [
        ("Id", person.id),
        ("FirstName", person.first_name),
        ("LastName", person.last_name),
        ("BirthDate", requests.day(person.birth_date)),
    ]
