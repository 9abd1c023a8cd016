"""The HouseholdDrivers result, decoded from the response and compared with the request."""

from typing import Annotated

from pydantic import Field

from dcs import statuses
from dcs.criminal_records.records import PossibleMatch
from dcs.drivers.attribution import attribute
from dcs.drivers.licenses import DriverLicense
from dcs.drivers.request import HouseholdDriversRequest
from dcs.record_reader import record_reader
from dcs.records import Record, SearchResult, element
from dcs.statuses import AddressStatus, SearchStatus
from dcs.tally import Tally
from dcs.wire import Document
from integration_hub.privacy import COUNT_ONLY, RESTRICTED

MAX_RECORDS = 100
"""The vendor returns no more records and has no paging, so the others cannot be fetched (D2)."""


class HouseholdDriversResult(SearchResult):
    """The drivers found. A driver in `unanswered_ids` has no record in the response, which never means "clear"."""

    address_status: AddressStatus | None
    drivers_found: int | None = Field(description="number of records as stated by the vendor")
    truncated: bool = Field(description="records are missing: the vendor returns at most 100 and has no paging")
    licenses: tuple[DriverLicense, ...] = Field(description="records of the drivers in the request")
    household: Annotated[tuple[DriverLicense, ...], COUNT_ONLY] = Field(description="other people at the address")
    unanswered_ids: tuple[str, ...] = Field(description="drivers of the request without a record, in its order")
    unattributed: Annotated[tuple[PossibleMatch, ...], RESTRICTED] = Field(
        (), description="criminal records that cannot be attributed to one person; they need a review"
    )
    criminal_records_dropped: Annotated[int, RESTRICTED] = Field(
        0, description="criminal records in the response that were not requested"
    )


class _Response(Record):
    """The response before it is compared with the request."""

    address_status: AddressStatus | None = element("AddressSearchStatus", "", read=statuses.address_status)
    drivers_found: int | None = element("DriversFound", "")
    licenses: tuple[DriverLicense, ...] = element("DriversLicenses", "", item="DriversLicense")
    status_code: str | None = element("ResponseStatusCode", "")
    status_message: str | None = element("ResponseStatusMessage", "")


def decode(document: Document, request: HouseholdDriversRequest) -> HouseholdDriversResult:
    """Read the records, assign them to the drivers of the request, and count what was tolerated."""
    tally = Tally(document.tolerances.copy())
    tally.restricted["B15"] = document.tolerances["B15"]  # counted over the whole document, with its criminal records
    response = _Response.model_validate(record_reader(_Response).values(document.root, tally))
    attribution = attribute(response.licenses, request)
    if _count_differs(response):
        tally.tolerances["C24"] += 1
    return HouseholdDriversResult(
        address_status=response.address_status,
        drivers_found=response.drivers_found,
        truncated=_is_truncated(response),
        licenses=attribution.licenses,
        household=attribution.household,
        unanswered_ids=attribution.unanswered_ids,
        unattributed=attribution.unattributed,
        criminal_records_dropped=attribution.dropped,
        **tally.summary(),
    )


def _count_differs(response: _Response) -> bool:
    """Whether DriversFound is neither the number of records nor the number of those that were found (C24)."""
    found = sum(record.search_status is not SearchStatus.NOT_FOUND for record in response.licenses)
    return response.drivers_found is not None and response.drivers_found not in {len(response.licenses), found}


def _is_truncated(response: _Response) -> bool:
    """Whether records may be missing; an unreadable DriversFound does not prove that none is."""
    number = len(response.licenses)
    unreadable_count = response.drivers_found is None and "drivers_found" in response.raw
    return number >= MAX_RECORDS or (response.drivers_found or 0) > number or unreadable_count
