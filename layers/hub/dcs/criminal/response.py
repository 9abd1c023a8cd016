"""The Criminal result, decoded from the response and compared with the request."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from dcs.criminal.profile import Profile
from dcs.criminal.request import CriminalRequest, Person
from dcs.criminal_records.findings import CriminalFindings, CriminalStatus, attribute
from dcs.criminal_records.records import PossibleMatch
from dcs.record_reader import record_reader
from dcs.records import Record, SearchResult, element
from dcs.tally import Tally
from dcs.wire import Document
from integration_hub.privacy import RESTRICTED, HubModel


class PersonFindings(HubModel):
    """What was found for one person of the request."""

    id: str
    criminal: Annotated[CriminalFindings, RESTRICTED]


class CriminalResult(SearchResult):
    """One finding per person of the request, in its order; NO_ANSWER where the response does not contain the person."""

    persons: tuple[PersonFindings, ...]
    unanswered_ids: tuple[str, ...] = Field(description="persons with NO_ANSWER, which never means clear")
    unattributed: Annotated[tuple[PossibleMatch, ...], RESTRICTED] = Field(
        (), description="records of inconsistent or unrequested profiles; they need a review"
    )


class _Response(Record):
    """The response before it is compared with the request."""

    profiles: tuple[Profile, ...] = element("CriminalProfiles", "", item="CriminalProfile")
    status_code: str | None = element("ResponseStatusCode", "")
    status_message: str | None = element("ResponseStatusMessage", "")


def decode(document: Document, request: CriminalRequest) -> CriminalResult:
    """Read the profiles and decide the findings of each person of the request."""
    tally = Tally(document.tolerances.copy())
    response = _Response.model_validate(record_reader(_Response).values(document.root, tally))
    tally.restricted = tally.tolerances  # everything in this response belongs to criminal records
    profiles, unattributed = _by_person(response.profiles, request)
    persons = []
    for person in request.persons:
        found, doubtful = _person_findings(profiles.get(person.id, []), person)
        persons.append(PersonFindings(id=person.id, criminal=found))
        unattributed += doubtful
    return CriminalResult(
        persons=tuple(persons),
        unanswered_ids=tuple(person.id for person in request.persons if person.id not in profiles),
        unattributed=tuple(unattributed),
        **tally.summary(),
    )


def _by_person(
    profiles: Sequence[Profile], request: CriminalRequest
) -> tuple[dict[str, list[Profile]], list[PossibleMatch]]:
    """Group profiles by the id of the request, ignoring case (C5), and return the records of all other profiles."""
    ids = {person.id.casefold(): person.id for person in request.persons}
    by_person: dict[str, list[Profile]] = {}
    others: list[PossibleMatch] = []
    for profile in profiles:
        person_id = ids.get((profile.id or "").casefold())
        if person_id is None:
            others += profile.findings().matches
        else:
            by_person.setdefault(person_id, []).append(profile)
    return by_person, others


def _person_findings(profiles: Sequence[Profile], person: Person) -> tuple[CriminalFindings, tuple[PossibleMatch, ...]]:
    """Return the findings for a person and the unattributed records. Several profiles of one person need a review."""
    if not profiles:
        return CriminalFindings(status=CriminalStatus.NO_ANSWER), ()
    if len(profiles) == 1:
        return attribute(profiles[0].findings(), same_person=profiles[0].fits(person))
    matches = tuple(match for profile in profiles for match in profile.findings().matches)
    return CriminalFindings(status=CriminalStatus.REVIEW), matches
