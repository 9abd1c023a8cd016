"""Criminal records as DCS delivers them with drivers and by themselves (vendor manuals, "Criminal data").

A record is found by last name, first name and birth date and by nothing else, so each is a POSSIBLE match: to be
confirmed by a person or by other evidence, never a property of the driver.
"""

from datetime import date
from enum import StrEnum
from typing import Any, Literal, NamedTuple
from xml.etree.ElementTree import Element

from pydantic import Field

from dcs import normal_forms
from dcs.normal_forms import MatchKind, RecordStatus
from dcs.records import Record, Tally, element, plan
from integration_hub.privacy import BirthDate, HubModel, PersonName


class CriminalStatus(StrEnum):
    """What is known about one person. Only CLEAR and RECORDS are answers; the others need a person or a search."""

    CLEAR = "CLEAR"
    RECORDS = "RECORDS"
    REVIEW = "REVIEW"
    NO_ANSWER = "NO_ANSWER"
    NOT_SEARCHED = "NOT_SEARCHED"


class Offense(Record):
    """One offense. From `final_pleading` on each court fills the fields in its own way, so they are texts."""

    offense_code: str | None = element("OffenseCode", "the state's code of the offense", read=normal_forms.identifier)
    conviction_date: date | None = element("ConvictionDate", "often absent, even where the disposition is a conviction")
    disposition: str | None = element("Disposition", "outcome, for example CONVICTED or DEFERRED")
    description: str | None = element("Description", "the offense in words; escape it before showing it")
    offense_date: date | None = element("OffenseDate", "date of the offense")
    final_pleading: str | None = element("FinalPleading", "plea")
    court: str | None = element("OriginatingAgencyCourt", "agency or court")
    cause_number: str | None = element("CauseNumber", "the court's case number", read=normal_forms.identifier)
    character: str | None = element("GeneralOffenseCharacter", "general kind")
    degree: str | None = element("DegreeofCrime", "degree, for example MISDEMEANOR - CLASS B")
    statute: str | None = element("StatuteCitationOffense", "statute cited")
    court_offense: str | None = element("CourtOffense", "the offense in the court's words")
    sentence_date: date | None = element("SentenceDate", "date of the sentence")
    suspended_time: str | None = element("CourtSentenceSuspendedTime", "suspended time")
    suspended_fine: str | None = element("CourtSentenceSuspendedFine", "suspended fine")
    confinement: str | None = element("CourtConfinement", "confinement, for example 4 YEARS")
    probation: str | None = element("CourtProbation", "probation")
    fine: str | None = element("CourtFine", "fine")
    costs: str | None = element("CourtCosts", "court costs")
    provision: str | None = element("CourtProvisionDescription", "provisions of the court")
    appeal_date: date | None = element("AppealDate", "date of appeal")
    disposition_during_appeal: str | None = element("DispositionDuringAppeal", "state during appeal")
    decision_on_appeal: str | None = element("FinalCourtDecisionOnAppeal", "final decision on appeal")
    custody_agency: str | None = element("AgencyReceivingCustody", "agency taking custody")
    multiple_sentence: str | None = element("MultipleSentence", "mark of multiple sentences")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Count convictions without a date (C25)."""
        if values.get("disposition") == "CONVICTED" and "conviction_date" not in values:
            tally.tolerances["C25"] += 1

    @property
    def is_hollow(self) -> bool:
        """Whether nothing says what the offense is: a sign that another person's record was run into it (B16)."""
        code = None if (self.offense_code or "").upper() in normal_forms.FILLERS else self.offense_code
        return not (code or self.description or self.disposition)


class AliasName(Record):
    """Another name that was used."""

    name: PersonName | None = element("Name", "name")


class AliasBirthDate(Record):
    """Another birth date that was used."""

    birth_date: BirthDate | None = element("Dob", "birth date")


class PossibleMatch(Record):
    """One criminal record that fits a name and a birth date, of this person or of a namesake.

    The two lists of aliases are not linked: the first date does not belong to the first name.
    """

    possible_match: Literal[True] = Field(default=True, description="never an identity: to be confirmed")
    state_id: str | None = element("StateId", "the state's id of the record", read=normal_forms.identifier)
    name: PersonName | None = element("Name", "name on the record; not the one searched for where match is ALIAS")
    last_name: PersonName | None = None
    given_names: PersonName | None = None
    birth_date: BirthDate | None = element("BirthDate", "birth date on the record")
    gender: str | None = element("Gender", "M or F, else as delivered", read=normal_forms.gender)
    race: str | None = element(
        "Race", "WHITE, BLACK, ASIAN, AMERICAN INDIAN, else as delivered", read=normal_forms.race
    )
    height_inches: int | None = element("Height", "height in inches", read=normal_forms.height)
    weight: int | None = element("Weight", "weight; pounds, presumably", read=normal_forms.measure)
    eye_color: str | None = element("EyeColor", "three-letter code")
    hair_color: str | None = element("HairColor", "three-letter code")
    alias_names: tuple[AliasName, ...] = element("AliasNames", "other names used", item="AliasName")
    alias_birth_dates: tuple[AliasBirthDate, ...] = element("AliasDobs", "other birth dates used", item="AliasDob")
    search_status: RecordStatus | None = element(
        "CriminalSearchStatus", "what the search says of this record", read=normal_forms.record_status
    )
    match: MatchKind | None = element("SearchSource", "which name was matched", read=normal_forms.match_kind)
    offenses_reported: int | None = element("TotalOffenses", "offenses that the vendor counts")
    offenses: tuple[Offense, ...] = element("Offenses", "the offenses delivered", item="Offense")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Split the name (C4) and compare the count with what is there (C24)."""
        if (name := values.get("name")) and (parts := normal_forms.split_name(name)):
            values["last_name"], values["given_names"] = parts
        reported = values.get("offenses_reported")
        if reported is not None and reported != len(values.get("offenses", ())):
            tally.tolerances["C24"] += 1

    @property
    def is_no_match(self) -> bool:
        """Whether this is the vendor's way to say "none": a record with nothing but `Clear` in it (B7)."""
        if self.search_status is not RecordStatus.CLEAR:
            return False
        beside = self.model_dump(exclude_defaults=True, exclude={"raw", "search_status"})
        return beside in ({}, {"offenses_reported": 0})

    @property
    def is_consistent(self) -> bool:
        """Whether status and offenses agree, and each offense says what it is."""
        return (
            self.search_status is RecordStatus.RECORDS_FOUND
            and bool(self.offenses)
            and not any(offense.is_hollow for offense in self.offenses)
        )

    def is_of(self, last_name: str, first_name: str, birth_date: date) -> bool:
        """Whether a record that was found by its own name and birth date has these; one found by an alias has not."""
        if self.match is not MatchKind.PRIMARY:
            return True
        same_day = self.birth_date in {None, birth_date}
        return same_day and (
            self.last_name is None
            or self.given_names is None
            or normal_forms.same_name(self.last_name, self.given_names, last_name, first_name)
        )


class Histories(NamedTuple):
    """The records under CriminalHistories.

    `in_doubt`: something is there that could not be read, so they are no proof of "none". `run_together`: it holds
    what belongs elsewhere, so they are nobody's (B4, B16).
    """

    records: tuple[PossibleMatch, ...] = ()
    in_doubt: bool = False
    run_together: bool = False


class CriminalFindings(HubModel):
    """What a search found for one person. `matches` are possible matches, and empty unless the status is RECORDS."""

    status: CriminalStatus = CriminalStatus.NOT_SEARCHED
    matches: tuple[PossibleMatch, ...] = ()


class CriminalHistories(Record):
    """The wrapper as delivered; two elements of a record can also stand here and contradict it (B5, B6)."""

    match: MatchKind | None = element("SearchSource", "fallback for a single record", read=normal_forms.match_kind)
    offenses_reported: int | None = element("TotalOffenses", "fallback for a single record")
    records: tuple[PossibleMatch, ...] = element("CriminalHistory", "the records", item="CriminalHistory")


def read_findings(node: Element, tally: Tally, earlier: CriminalFindings | None) -> CriminalFindings:
    """Read CriminalHistories of a driver. Two of them in one record are two people's, so nobody's."""
    found = findings(read_histories(node, tally))
    if earlier is None:
        return found
    return CriminalFindings(status=CriminalStatus.REVIEW, matches=earlier.matches + found.matches)


def read_histories(node: Element, tally: Tally, earlier: Histories | None = None) -> Histories:
    """Read the records under CriminalHistories; the inner of two contradicting values wins (B5)."""
    inside = Tally()
    found = _histories(node, inside)
    tally.restrict(inside)
    if earlier is None:
        return found
    return Histories(earlier.records + found.records, earlier.in_doubt or found.in_doubt, run_together=True)


def _histories(node: Element, tally: Tally) -> Histories:
    wrapper: CriminalHistories | None = plan(CriminalHistories).record(node, tally)
    unread = bool(tally.set_aside or tally.unknown or (node.text or "").strip())
    run_together = _is_run_together(node)
    if wrapper is None:
        return Histories((), unread, run_together)
    outer = {"match": wrapper.match, "offenses_reported": wrapper.offenses_reported}
    given = {name: value for name, value in outer.items() if value is not None}
    if given:
        tally.tolerances["B5"] += 1
    if len(wrapper.records) == 1 and not unread:
        only = wrapper.records[0]
        whole = only.model_copy(update={name: value for name, value in given.items() if getattr(only, name) is None})
        return Histories((whole,), unread, run_together)
    promised = not wrapper.records and bool(wrapper.offenses_reported)
    return Histories(wrapper.records, unread or promised, run_together)


def _is_run_together(node: Element) -> bool:
    """Whether a record lies inside another one, or an offense holds nothing that an offense has (B16)."""
    known = plan(Offense).folded
    for record in node:
        for inner in record.iter():
            name = _local(inner)
            if inner is not record and name == "criminalhistory":
                return True
            if name == "offense" and len(inner) and not any(_local(child) in known for child in inner):
                return True
    return False


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2].casefold()


def findings(histories: Histories, profile_status: RecordStatus | None = None) -> CriminalFindings:
    """Decide what the records of one answer say. `profile_status` stands beside them in the Criminal operation.

    CLEAR has to be said, and nothing may speak against it, also not what could not be read.
    """
    records = histories.records
    matches = tuple(record for record in records if not record.is_no_match)
    says_clear = profile_status is RecordStatus.CLEAR or len(matches) < len(records)
    says_found = profile_status is RecordStatus.RECORDS_FOUND or bool(matches) or histories.in_doubt
    if profile_status is RecordStatus.UNKNOWN or histories.run_together:
        status = CriminalStatus.REVIEW
    elif not says_found:
        status = CriminalStatus.CLEAR if says_clear else CriminalStatus.NOT_SEARCHED
    elif says_clear or not matches or not all(match.is_consistent for match in matches):
        status = CriminalStatus.REVIEW  # B4, B16: the answer contradicts itself
    else:
        status = CriminalStatus.RECORDS
    return CriminalFindings(status=status, matches=matches)


def settle(found: CriminalFindings, *, same_person: bool = True) -> tuple[CriminalFindings, tuple[PossibleMatch, ...]]:
    """Take the records from a person to whom they cannot be attributed; they are returned beside the findings."""
    doubtful = found.status is CriminalStatus.REVIEW or not same_person
    if not doubtful or found.status is CriminalStatus.NOT_SEARCHED:
        return found, ()
    return CriminalFindings(status=CriminalStatus.REVIEW), found.matches
