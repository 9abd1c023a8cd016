"""Decides which record of the response belongs to which driver of the request, and whose its criminal records are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dcs.criminal_records import findings
from dcs.criminal_records.findings import CriminalFindings, CriminalStatus
from dcs.criminal_records.records import PossibleMatch
from dcs.drivers.licenses import DriverLicense
from dcs.drivers.request import Driver, HouseholdDriversRequest
from dcs.names import same_name
from dcs.statuses import SearchStatus

type Pair = tuple[DriverLicense, Driver | None]
"""A record, and the driver of the request whose id it has."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The records of a response by person.

    `unattributed` are the criminal records that cannot be attributed to one person; `dropped` counts those that the
    request did not ask for.
    """

    licenses: tuple[DriverLicense, ...]
    household: tuple[DriverLicense, ...]
    unanswered_ids: tuple[str, ...]
    unattributed: tuple[PossibleMatch, ...]
    dropped: int


class _Attributed(NamedTuple):
    record: DriverLicense
    is_requested: bool
    unattributed: tuple[PossibleMatch, ...] = ()
    dropped: int = 0


def attribute(records: Sequence[DriverLicense], request: HouseholdDriversRequest) -> Attribution:
    """Assign each record to a driver of the request or to the household, and attribute its criminal records."""
    pairs = _by_id(records, request)
    unanswered = _unanswered(pairs, request)
    # A record without a known id may be that of an unanswered driver, so its criminal records are then not dropped.
    keep_unknown = any(driver.criminal_history for driver in unanswered)
    attributed = [
        _driver_record(record, driver) if driver else _household_record(record, request, keep=keep_unknown)
        for record, driver in pairs
    ]
    licenses, contradictory = _review_contradictions([one.record for one in attributed if one.is_requested])
    return Attribution(
        licenses=licenses,
        household=tuple(one.record for one in attributed if not one.is_requested),
        unanswered_ids=tuple(driver.id for driver in unanswered),
        unattributed=(*(match for one in attributed for match in one.unattributed), *contradictory),
        dropped=sum(one.dropped for one in attributed),
    )


def _by_id(records: Sequence[DriverLicense], request: HouseholdDriversRequest) -> list[Pair]:
    """Pair records and drivers by id, ignoring case (C5). A record with an unknown id has no driver (B17)."""
    drivers = {driver.id.casefold(): driver for driver in request.drivers}
    return [(record, drivers.get(_key(record))) for record in records]


def _unanswered(pairs: Sequence[Pair], request: HouseholdDriversRequest) -> list[Driver]:
    answered = {driver.id for _, driver in pairs if driver}
    return [driver for driver in request.drivers if driver.id not in answered]


def _driver_record(record: DriverLicense, driver: Driver) -> _Attributed:
    """Compare a record with its driver. Criminal records that were not asked for are dropped (D7)."""
    agreement = _agreement(record, driver)
    if not driver.criminal_history:
        return _without_criminal(record.model_copy(update=agreement), is_requested=True)
    same_person = _is_driver(record, driver, agreement)
    found, unattributed = findings.attribute(record.criminal, same_person=same_person)
    return _Attributed(record.model_copy(update={**agreement, "criminal": found}), True, unattributed)


def _household_record(record: DriverLicense, request: HouseholdDriversRequest, *, keep: bool) -> _Attributed:
    """Take the record of a person who is not in the request. `keep`: it may be that of an unanswered driver."""
    wanted = request.new_driver_criminal_history
    if not wanted and not keep:
        return _without_criminal(record, is_requested=False)
    found, unattributed = findings.attribute(record.criminal, same_person=wanted and _is_one_person(record))
    return _Attributed(record.model_copy(update={"criminal": found}), False, unattributed)


def _without_criminal(record: DriverLicense, *, is_requested: bool) -> _Attributed:
    without = record.model_copy(update={"criminal": CriminalFindings()})
    return _Attributed(without, is_requested, dropped=len(record.criminal.matches))


def _agreement(record: DriverLicense, driver: Driver) -> dict[str, bool]:
    """Compare a licence with the request: a wrong number returns another person's licence and criminal records."""
    agreement: dict[str, bool] = {}
    if record.birth_date is not None:
        agreement["birth_date_agrees"] = record.birth_date == driver.birth_date
    if record.last_name is not None and record.given_names is not None:
        agreement["name_agrees"] = same_name(record.last_name, record.given_names, driver.last_name, driver.first_name)
    return agreement


def _is_driver(record: DriverLicense, driver: Driver, agreement: dict[str, bool]) -> bool:
    """Whether the criminal records of a licence can be attributed to the driver: nothing in it is another person's.

    A licence that was found must have a comparable name (C4); without a licence the search used the request's name.
    """
    if False in agreement.values() or (record.search_status is SearchStatus.FOUND and "name_agrees" not in agreement):
        return False
    return all(match.fits(driver.last_name, driver.first_name, driver.birth_date) for match in record.criminal.matches)


def _is_one_person(record: DriverLicense) -> bool:
    """Whether the criminal records of a household member fit the licence, as far as they can be compared."""
    last, given, birth = record.last_name, record.given_names, record.birth_date
    if last is None or given is None or birth is None:
        return True
    return all(match.fits(last, given.split()[0], birth) for match in record.criminal.matches)


def _review_contradictions(
    licenses: Sequence[DriverLicense],
) -> tuple[tuple[DriverLicense, ...], tuple[PossibleMatch, ...]]:
    """Attribute no criminal records to a driver whose records have different statuses: REVIEW applies to all."""
    statuses: dict[str, set[CriminalStatus]] = {}
    for record in licenses:
        statuses.setdefault(_key(record), set()).add(record.criminal.status)
    reviewed: list[DriverLicense] = []
    unattributed: list[PossibleMatch] = []
    for record in licenses:
        if len(statuses[_key(record)] - {CriminalStatus.NOT_SEARCHED}) <= 1:
            reviewed.append(record)
            continue
        unattributed += record.criminal.matches
        reviewed.append(record.model_copy(update={"criminal": CriminalFindings(status=CriminalStatus.REVIEW)}))
    return tuple(reviewed), tuple(unattributed)


def _key(record: DriverLicense) -> str:
    return (record.id or "").casefold()
