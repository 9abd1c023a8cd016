"""What title, registration and lien share: the address of a party, and flags on conduct."""

from typing import Annotated

from dcs import normal_forms
from dcs.records import Record, element
from integration_hub.privacy import RESTRICTED, City, Street, ZipCode

Conduct = Annotated[bool, RESTRICTED]
"""A flag on family circumstances or conduct: part of the result, never logged."""


class PartyAddress(Record):
    """The address of an owner, a lienholder or the recipient of the renewal form."""

    street: Street | None = element("Address1", "street line")
    street_2: Street | None = element("Address2", "rest of the street line, apartment or second line")
    city: City | None = element("City", "city")
    state: str | None = element("State", "state")
    zip_code: ZipCode | None = element("ZipCode", "5-digit ZIP", read=normal_forms.identifier)
    zip_plus4: Annotated[str, RESTRICTED] | None = element("Zip4", "extension", read=normal_forms.identifier)
    country: str | None = element("Country", "first 3 or 4 letters, blank for the US; not an ISO code")
