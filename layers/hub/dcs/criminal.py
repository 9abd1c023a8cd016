"""Criminal: criminal records by last name, first name and birth date (vendor manual, Criminal 1.0).

The source has no other key, so every record is a possible match. An answer is "clear" only when it says so for
this very person and nothing in it speaks against it.
"""

import json
from typing import Annotated, Any

from pydantic import Field, model_validator

from dcs import normal_forms, requests
from dcs.auth import authorization
from dcs.criminal_records import (
    CriminalFindings,
    CriminalStatus,
    Histories,
    PossibleMatch,
    findings,
    read_histories,
    settle,
)
from dcs.normal_forms import RecordStatus, comparable
from dcs.records import Record, SearchResult, Tally, element, plan
from dcs.verdicts import judge
from dcs.wire import Document
from integration_hub.integration import Integration, Operation, Requester, VendorRequest
from integration_hub.privacy import RESTRICTED, BirthDate, HubModel, PersonName


class Person(HubModel):
    """A person to look for."""

    id: requests.Key
    first_name: requests.NameText
    last_name: requests.NameText
    birth_date: requests.PastDate


class CriminalRequest(HubModel):
    """A search for criminal records of some persons."""

    persons: tuple[Person, ...] = Field(min_length=1, max_length=requests.MAX_ENTRIES)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "CriminalRequest":
        requests.unique((person.id for person in self.persons), "person id")
        return self


class PersonFindings(HubModel):
    """What was found for one person of the request."""

    id: str
    criminal: Annotated[CriminalFindings, RESTRICTED]


class CriminalResult(SearchResult):
    """One finding per person of the request, in its order; NO_ANSWER where the answer does not hold the person."""

    persons: tuple[PersonFindings, ...]
    unanswered_ids: tuple[str, ...] = Field(description="persons with NO_ANSWER, which is never clear")
    unattributed: Annotated[tuple[PossibleMatch, ...], RESTRICTED] = Field(
        (), description="records of inconsistent or unasked profiles: nobody's until a person has looked"
    )


class Profile(Record):
    """A profile as delivered; names and birth date are an echo of the request."""

    id: str | None = element("Id", "the request's key", read=normal_forms.identifier)
    first_name: PersonName | None = element("FirstName", "as requested")
    last_name: PersonName | None = element("LastName", "as requested")
    birth_date: BirthDate | None = element("BirthDate", "as requested")
    status: RecordStatus | None = element("CriminalStatus", "what was found", read=normal_forms.record_status)
    histories: Histories = element("CriminalHistories", "records", node=read_histories, default=Histories())

    def is_of(self, person: Person) -> bool:
        """Whether nothing in the echo is another person's (C5: upper case), or cannot be read."""
        unread = {"first_name", "last_name", "birth_date"} & self.raw.keys() - self.model_dump(exclude_none=True).keys()
        return (
            not unread
            and (self.birth_date or person.birth_date) == person.birth_date
            and comparable(self.first_name or person.first_name) == comparable(person.first_name)
            and comparable(self.last_name or person.last_name) == comparable(person.last_name)
            and all(
                record.is_of(person.last_name, person.first_name, person.birth_date)
                for record in self.histories.records
            )
        )

    def findings(self) -> CriminalFindings:
        """Decide by status and records. Records without a status were never promised, so they are reviewed."""
        unclear = self.status is None and (self.histories.records or "status" in self.raw)
        status = RecordStatus.UNKNOWN if unclear else self.status
        return findings(self.histories, status)


class _Delivered(Record):
    """The answer before it is held against the request."""

    profiles: tuple[Profile, ...] = element("CriminalProfiles", "", item="CriminalProfile")
    status_code: str | None = element("ResponseStatusCode", "")
    status_message: str | None = element("ResponseStatusMessage", "")


def _parts(request: CriminalRequest, requester: Requester) -> list[requests.Part]:
    persons: list[requests.Part] = [
        (
            "Person",
            [
                ("Id", person.id),
                ("FirstName", person.first_name),
                ("LastName", person.last_name),
                ("BirthDate", requests.day(person.birth_date)),
            ],
        )
        for person in request.persons
    ]
    return [requests.requester(requester), ("Persons", persons)]


def encode(request: CriminalRequest, requester: Requester) -> VendorRequest:
    """Write the request in the element order of the vendor's sample."""
    return requests.xml("CriminalRequest", _parts(request, requester))


def encode_json(request: CriminalRequest, requester: Requester) -> VendorRequest:
    """Write the request as JSON, in the literal conversion of the XML (shape A); the media type is assumed."""
    document: dict[str, Any] = {"CriminalRequest": requests.literal(_parts(request, requester))}
    return VendorRequest(json.dumps(document, ensure_ascii=False).encode(), "application/json", "application/json")


def decode(document: Document, request: CriminalRequest) -> CriminalResult:
    """Turn the answer into one finding per person of the request."""
    tally = Tally(document.tolerances.copy())
    delivered = _Delivered.model_validate(plan(_Delivered).values(document.root, tally))
    asked = {person.id.casefold(): person.id for person in request.persons}
    answers: dict[str, list[Profile]] = {}
    unattributed: list[PossibleMatch] = []
    for profile in delivered.profiles:
        person_id = asked.get((profile.id or "").casefold())  # C5
        if person_id is not None:
            answers.setdefault(person_id, []).append(profile)
        else:
            unattributed += profile.findings().matches
    persons = []
    for person in request.persons:
        found, nobodys = _found(answers.get(person.id, []), person)
        persons.append(PersonFindings(id=person.id, criminal=found))
        unattributed += nobodys
    tally.restricted = tally.tolerances  # whatever is in this answer, it is a criminal record's
    return CriminalResult(
        persons=tuple(persons),
        unanswered_ids=tuple(key for key in asked.values() if key not in answers),
        unattributed=tuple(unattributed),
        **tally.summary(),
    )


def _found(profiles: list[Profile], person: Person) -> tuple[CriminalFindings, tuple[PossibleMatch, ...]]:
    """Settle what the profiles say of a person: one profile is an answer, two contradict each other."""
    if not profiles:
        return CriminalFindings(status=CriminalStatus.NO_ANSWER), ()
    if len(profiles) == 1:
        return settle(profiles[0].findings(), same_person=profiles[0].is_of(person))
    matches = tuple(match for profile in profiles for match in profile.findings().matches)
    return CriminalFindings(status=CriminalStatus.REVIEW), matches


CRIMINAL_SEARCH = Operation(
    name="Criminal",
    path_key="criminal_path",
    request=CriminalRequest,
    result=CriminalResult,
    encode=encode,
    encode_json=encode_json,
    judge=judge("CriminalResponse"),
    decode=decode,
)

CRIMINAL = Integration(
    type_code="DCS_CRIMINAL_API",
    vendor="DCS",
    fallback="MANUAL_REVIEW_REQUIRED",
    operations=(CRIMINAL_SEARCH,),
    authorization=authorization,
)
