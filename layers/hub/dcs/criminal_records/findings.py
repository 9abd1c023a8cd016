"""Decides what criminal records mean for one person."""

from enum import StrEnum
from xml.etree.ElementTree import Element

from dcs.criminal_records.histories import Histories, read_histories
from dcs.criminal_records.records import PossibleMatch
from dcs.statuses import RecordStatus
from dcs.tally import Tally
from integration_hub.privacy import HubModel


class CriminalStatus(StrEnum):
    """The result for one person. Only CLEAR and RECORDS are conclusive; the others need a review or a search."""

    CLEAR = "CLEAR"
    RECORDS = "RECORDS"
    REVIEW = "REVIEW"
    NO_ANSWER = "NO_ANSWER"
    NOT_SEARCHED = "NOT_SEARCHED"


class CriminalFindings(HubModel):
    """The result of a search for one person. `matches` are possible matches; empty unless the status is RECORDS."""

    status: CriminalStatus = CriminalStatus.NOT_SEARCHED
    matches: tuple[PossibleMatch, ...] = ()


def read_findings(node: Element, tally: Tally, earlier: CriminalFindings | None) -> CriminalFindings:
    """Read CriminalHistories of a driver. Two of them in one licence cannot be attributed, so they need a review."""
    found = findings(read_histories(node, tally))
    if earlier is None:
        return found
    return CriminalFindings(status=CriminalStatus.REVIEW, matches=earlier.matches + found.matches)


def findings(histories: Histories, profile_status: RecordStatus | None = None) -> CriminalFindings:
    """Decide the status from the records. `profile_status` is the status that the Criminal operation states with them.

    CLEAR requires an explicit "clear" and nothing in the records that contradicts it or could not be read.
    """
    records = histories.records
    matches = tuple(record for record in records if not record.is_clear_marker)
    states_clear = profile_status is RecordStatus.CLEAR or len(matches) < len(records)
    states_records = profile_status is RecordStatus.RECORDS_FOUND or bool(matches) or histories.has_unread_content
    if profile_status is RecordStatus.UNKNOWN or histories.is_merged:
        status = CriminalStatus.REVIEW
    elif not states_records:
        status = CriminalStatus.CLEAR if states_clear else CriminalStatus.NOT_SEARCHED
    elif states_clear or not matches or not all(match.is_consistent for match in matches):
        status = CriminalStatus.REVIEW  # B4, B16: the response contradicts itself
    else:
        status = CriminalStatus.RECORDS
    return CriminalFindings(status=status, matches=matches)


def attribute(found: CriminalFindings, *, same_person: bool) -> tuple[CriminalFindings, tuple[PossibleMatch, ...]]:
    """Return the findings for a person, and the records that cannot be attributed to that person.

    The records of findings in REVIEW, or of another person, are not attributed.
    """
    doubtful = found.status is CriminalStatus.REVIEW or not same_person
    if not doubtful or found.status is CriminalStatus.NOT_SEARCHED:
        return found, ()
    return CriminalFindings(status=CriminalStatus.REVIEW), found.matches
