"""Everybody the simulator knows, and the look-ups the vendor makes: by licence, name, address, VIN, plate."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Self

from local.simulator.population.examples import HOUSEHOLDS as EXAMPLES
from local.simulator.population.households import invent
from local.simulator.population.model import Address, CriminalRecord, Holder, Household, Name, Vehicle

_UNIT = re.compile(r"\s+(?:(?:APT|UNIT|STE)\s+#?|#)\s*(\w+)$")
_SUFFIXES = {
    "AVENUE": "AVE", "BOULEVARD": "BLVD", "COURT": "CT", "DRIVE": "DR", "LANE": "LN", "PARKWAY": "PKWY",
    "PLACE": "PL", "ROAD": "RD", "STREET": "ST", "TRAIL": "TRL", "WAY": "WAY",
}  # fmt: skip


class AddressStatus(Enum):
    """How a search address was matched: the code of the vehicles manual, with the text of the drivers manual."""

    Found = "Found"
    ANNF = "Apartment Number Not Found"
    ANNS = "Apartment Number Not Supplied"
    HNNF = "House Number Not Found"
    SNNF = "Street Name Not Found"


class Population:
    """The state's files, with the indexes that the operations search by."""

    def __init__(self, households: Iterable[Household], *, alias_search: bool = True) -> None:
        self.households = tuple(households)
        self._alias_search = alias_search
        self.holders: tuple[Holder, ...] = tuple(
            holder for household in self.households for holder in household.holders
        )
        self._by_number = {holder.number: holder for holder in self.holders}
        self._by_name: dict[tuple[tuple[str, str], date], list[Holder]] = defaultdict(list)
        self._houses: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(set))
        )
        self._living: dict[tuple[str, str, str], list[Holder]] = defaultdict(list)
        self._parked: dict[tuple[str, str, str], list[Vehicle]] = defaultdict(list)
        self._primary: dict[tuple[tuple[str, str], date], list[CriminalRecord]] = defaultdict(list)
        self._alias: dict[tuple[tuple[str, str], date], list[CriminalRecord]] = defaultdict(list)
        self._by_vin: dict[str, Vehicle] = {}
        self._by_tag: dict[str, Vehicle] = {}
        for household in self.households:
            self._add(household)

    def _add(self, household: Household) -> None:
        for holder in household.holders:
            self._by_name[holder.name.key, holder.birth].append(holder)
            self._living[_place(holder.address)].append(holder)
            self._build(holder.address)
        for vehicle in household.vehicles:
            self._by_vin[vehicle.vin], self._by_tag[vehicle.tag] = vehicle, vehicle
            self._parked[_place(vehicle.address)].append(vehicle)
            self._build(vehicle.address)
        for record in household.records:
            self._primary[record.name.key, record.birth].append(record)
            for alias in record.aliases:
                self._alias[alias.key, record.birth].append(record)

    def _build(self, address: Address) -> None:
        number, street = address.street.split(" ", 1)
        self._houses[address.zip_code][street][number].add(address.unit)

    def locate(self, line: str, state: str, zip_code: str) -> tuple[AddressStatus, tuple[str, str, str] | None]:
        """Match a policy address. Returns the status and the place whose registrations are delivered, if any."""
        street_line, unit = _split(line)
        number, _, street = street_line.partition(" ")
        streets = self._houses.get(zip_code, {}) if state.upper() == "TX" else {}
        if street not in streets:
            return AddressStatus.SNNF, None
        units = streets[street].get(number)
        if units is None:
            return AddressStatus.HNNF, None
        place = (zip_code, street_line, unit)
        if unit and unit not in units:
            return AddressStatus.ANNF, None
        if not unit and units != {""}:
            return AddressStatus.ANNS, place
        return AddressStatus.Found, place

    def living_at(self, place: tuple[str, str, str] | None) -> tuple[Holder, ...]:
        """All holders of a licence or ID card at a place."""
        return tuple(self._living.get(place, ())) if place else ()

    def parked_at(self, place: tuple[str, str, str] | None) -> tuple[Vehicle, ...]:
        """All vehicles registered at a place."""
        return tuple(self._parked.get(place, ())) if place else ()

    def licensed(self, number: str) -> Holder | None:
        """The holder of a licence number."""
        return self._by_number.get(number)

    def named(self, name: Name, birth: date) -> tuple[Holder, ...]:
        """All holders with a name and birth date; more than one where two people share both."""
        return tuple(self._by_name.get((name.key, birth), ()))

    def without_alias_search(self) -> Self:
        """The same people, of whom no record is found by an alias."""
        return type(self)(self.households, alias_search=False)

    def records(self, name: Name, birth: date) -> tuple[tuple[str, CriminalRecord], ...]:
        """Criminal records with their search source: P for the primary name, A for an alias."""
        key = (name.key, birth)
        primary = [("P", record) for record in self._primary.get(key, ())]
        aliases = self._alias.get(key, ()) if self._alias_search else ()
        return (*primary, *(("A", record) for record in aliases))

    def vehicle(self, *, vin: str = "", tag: str = "") -> Vehicle | None:
        """The vehicle with a VIN or a plate."""
        return self._by_vin.get(vin) if vin else self._by_tag.get(tag)


def populate(seed: int) -> Population:
    """Make the whole population. The same seed gives the same people, to the byte."""
    return Population((*EXAMPLES, *invent(seed)))


def _place(address: Address) -> tuple[str, str, str]:
    return address.zip_code, address.street, address.unit


def _split(line: str) -> tuple[str, str]:
    """Bring an address line into the files' form: capitals, one blank, short suffix; apartment apart."""
    text = " ".join(line.upper().replace(".", "").replace(",", "").split())
    unit = _UNIT.search(text)
    words = (text[: unit.start()] if unit else text).split(" ")
    words[-1] = _SUFFIXES.get(words[-1], words[-1])
    return " ".join(words), unit[1] if unit else ""
