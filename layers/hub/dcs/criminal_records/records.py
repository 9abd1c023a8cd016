"""The vendor's criminal records, element by element."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from dcs import normal_forms, statuses
from dcs.names import same_name, split_name
from dcs.records import Record, element
from dcs.statuses import MatchKind, RecordStatus
from dcs.tally import Tally
from integration_hub.privacy import BirthDate, PersonName


class Offense(Record):
    """One offense. From `final_pleading` on, courts fill the fields in different ways, so they are texts."""

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
    def is_unidentified(self) -> bool:
        """Whether code, description and disposition are all absent: a sign of two merged records (B16)."""
        code = None if (self.offense_code or "").upper() in normal_forms.PLACEHOLDERS else self.offense_code
        return not (code or self.description or self.disposition)


class AliasName(Record):
    """Another name of the person on the record."""

    name: PersonName | None = element("Name", "name")


class AliasBirthDate(Record):
    """Another birth date of the person on the record."""

    birth_date: BirthDate | None = element("Dob", "birth date")


class PossibleMatch(Record):
    """A criminal record with a matching name and birth date, of this person or of a namesake.

    The two lists of aliases are independent: the first birth date does not belong to the first name.
    """

    possible_match: Literal[True] = Field(default=True, description="always true: not a confirmed identity")
    state_id: str | None = element("StateId", "the state's id of the record", read=normal_forms.identifier)
    name: PersonName | None = element(
        "Name", "name on the record; differs from the name searched for where match is ALIAS"
    )
    last_name: PersonName | None = None
    given_names: PersonName | None = None
    birth_date: BirthDate | None = element("BirthDate", "birth date on the record")
    gender: str | None = element("Gender", "M or F, else as delivered", read=normal_forms.gender)
    race: str | None = element(
        "Race", "WHITE, BLACK, ASIAN, AMERICAN INDIAN, else as delivered", read=normal_forms.race
    )
    height_inches: int | None = element("Height", "height in inches", read=normal_forms.height)
    weight: int | None = element("Weight", "weight; unit not documented, presumably pounds", read=normal_forms.measure)
    eye_color: str | None = element("EyeColor", "three-letter code")
    hair_color: str | None = element("HairColor", "three-letter code")
    alias_names: tuple[AliasName, ...] = element("AliasNames", "other names used", item="AliasName")
    alias_birth_dates: tuple[AliasBirthDate, ...] = element("AliasDobs", "other birth dates used", item="AliasDob")
    search_status: RecordStatus | None = element(
        "CriminalSearchStatus", "stated result of the search", read=statuses.record_status
    )
    match: MatchKind | None = element("SearchSource", "which name matched", read=statuses.match_kind)
    offenses_reported: int | None = element("TotalOffenses", "number of offenses as stated by the vendor")
    offenses: tuple[Offense, ...] = element("Offenses", "the offenses delivered", item="Offense")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Split the name (C4) and compare the stated number of offenses with those in the response (C24)."""
        if (name := values.get("name")) and (parts := split_name(name)):
            values["last_name"], values["given_names"] = parts
        reported = values.get("offenses_reported")
        if reported is not None and reported != len(values.get("offenses", ())):
            tally.tolerances["C24"] += 1

    @property
    def is_clear_marker(self) -> bool:
        """Whether this is the vendor's form of "none": a record that contains only `Clear` (B7)."""
        if self.search_status is not RecordStatus.CLEAR:
            return False
        other_fields = self.model_dump(exclude_defaults=True, exclude={"raw", "search_status"})
        return other_fields in ({}, {"offenses_reported": 0})

    @property
    def is_consistent(self) -> bool:
        """Whether status and offenses agree and each offense is identified."""
        return (
            self.search_status is RecordStatus.RECORDS_FOUND
            and bool(self.offenses)
            and not any(offense.is_unidentified for offense in self.offenses)
        )

    def fits(self, last_name: str, first_name: str, birth_date: date) -> bool:
        """Whether a record found by its own name and birth date has these; always true for one found by an alias."""
        if self.match is not MatchKind.PRIMARY:
            return True
        same_day = self.birth_date in {None, birth_date}
        return same_day and (
            self.last_name is None
            or self.given_names is None
            or same_name(self.last_name, self.given_names, last_name, first_name)
        )


class CriminalHistories(Record):
    """The wrapper of the records; two elements of a record can also occur here, with other values (B5, B6)."""

    match: MatchKind | None = element("SearchSource", "fallback for a single record", read=statuses.match_kind)
    offenses_reported: int | None = element("TotalOffenses", "fallback for a single record")
    records: tuple[PossibleMatch, ...] = element("CriminalHistory", "the records", item="CriminalHistory")
