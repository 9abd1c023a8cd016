"""Invents households: first one for each story that a tester may want, then many mixed ones."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from local.simulator.population import vehicles
from local.simulator.population.model import Address, Holder, Household, Name, Vehicle
from local.simulator.population.people import Inventor
from local.simulator.population.vehicles import Garage

MIXED = 280
CROWD = 130
_ADULT, _TEEN, _OLD = (25, 60), (15, 19), (70, 90)
_TOWNS = {
    "75999": "SAMPLEVILLE",
    "75998": "MADEUP SPRINGS",
    "75997": "PRETEND FALLS",
    "75996": "FICTION CITY",
    "75995": "MOCK HOLLOW",
}
_STREETS = (
    "IMAGINARY ELM ST",
    "UNREAL CREEK LN",
    "PRETEND PKWY",
    "NOWHERE TRL",
    "SUPPOSED HILL CT",
    "MADE UP MEADOW DR",
)


class _Town:
    """What the stories draw from, in one fixed order, so that one seed gives one population."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - invented people, no secrets
        self.people = Inventor(self.chance)
        self.garage = Garage(self.chance)
        self._houses = 100

    def house(self) -> Address:
        """An address that nobody has yet."""
        self._houses += 1
        zip_code = self.chance.choice(tuple(_TOWNS))
        street = f"{self._houses} {self.chance.choice(_STREETS)}"
        return Address(street, _TOWNS[zip_code], zip_code, plus4=f"{self._houses:04}")

    def family(self, *ages: tuple[int, int], home: Address | None = None) -> tuple[Holder, ...]:
        """People of one last name at one address."""
        home, last = home or self.house(), self.people.family_name()
        return tuple(self.people.holder(home, last, age) for age in ages)

    def car(self, owner: Holder, extra: Mapping[str, str] | None = None) -> Vehicle:
        """A vehicle of a holder at the holder's address."""
        return self.garage.vehicle(owner.address, f"{owner.name.first} {owner.name.last}".upper(), extra)


def invent(seed: int) -> tuple[Household, ...]:
    """Invent all households but those of the documented examples."""
    town = _Town(seed)
    told = [story(town) for story in _STORIES]
    told += [_with_car(town, story, extra) for story, extra in _CARS.items()]
    return (*told, *_flats(town), *(_mixed(town) for _ in range(MIXED)))


def _undisclosed(town: _Town) -> Household:
    people = town.family(_ADULT, _ADULT, _TEEN)
    story = "a couple with a teenage licence holder whom an application may leave out"
    return Household(story, people[0].address, people, (town.car(people[0]),))


def _child_card(town: _Town) -> Household:
    people = town.family(_ADULT, _ADULT)
    child = town.people.holder(people[0].address, people[0].name.last, (10, 14), id_card=True)
    return Household("parents and a child under 15 with an ID card", child.address, (*people, child))


def _card_only(town: _Town) -> Household:
    (holder,) = town.family(_OLD)
    return Household("somebody with an ID card and no licence", holder.address, (replace(holder, id_card=True),))


def _father_and_son(town: _Town) -> Household:
    father, son = town.family((50, 60), (18, 25))
    son = replace(son, name=replace(son.name, first=father.name.first), gender=father.gender)
    return Household("father and son of one name: only the birth date tells them apart", father.address, (father, son))


def _namesakes(town: _Town) -> Household:
    here, there = town.family(_ADULT), town.family(_ADULT)
    other = replace(there[0], name=here[0].name, birth=here[0].birth)
    story = "two people with the same name and birth date at two addresses: each is the other's associated licence"
    return Household(story, here[0].address, (here[0], other))


def _felony(town: _Town) -> Household:
    people = town.family(_ADULT, _ADULT)
    record = town.people.record(people[0], offenses=3)
    return Household(
        "criminal record under the primary name, three offenses", people[0].address, people, records=(record,)
    )


def _alias(town: _Town) -> Household:
    people = town.family(_ADULT)
    record = town.people.record(people[0], alias_of=True)
    return Household("criminal record found by an alias only", people[0].address, people, records=(record,))


def _two_records(town: _Town) -> Household:
    people = town.family(_ADULT)
    records = tuple(town.people.record(people[0], offenses=count) for count in (1, 2))
    return Household("two criminal records under one name", people[0].address, people, records=records)


def _moved(town: _Town) -> Household:
    (holder,) = town.family(_ADULT)
    names = (town.people.prior_name(holder),)
    addresses = tuple(town.people.prior_address() for _ in range(4))
    person = replace(holder, prior_names=names, prior_addresses=addresses)
    return Household("married, and moved four times: prior name and addresses", holder.address, (person,))


def _no_vehicle(town: _Town) -> Household:
    people = town.family(_ADULT)
    return Household("nobody here has a vehicle", people[0].address, people)


def _stranger_owns(town: _Town) -> Household:
    people = town.family(_ADULT)
    car = town.garage.vehicle(people[0].address, "UNRELATED HOLDINGS OF SAMPLEVILLE")
    return Household("a vehicle whose owner does not live in the household", people[0].address, people, (car,))


def _crowded(town: _Town) -> Household:
    hall = Address("900 CROWDED HALL WAY", "SAMPLEVILLE", "75999", plus4="0900")
    people = tuple(town.people.holder(hall, town.people.family_name(), (18, 26)) for _ in range(CROWD))
    return Household(f"one address with {CROWD} people: the answer stops at 100", hall, people)


def _non_ascii(town: _Town) -> Household:
    (holder,) = town.family(_ADULT)
    person = replace(holder, name=Name("José", "Muñoz-Sample"))
    return Household("a name with letters beyond ASCII", holder.address, (person,), (town.car(person),))


_STORIES: tuple[Callable[[_Town], Household], ...] = (
    _undisclosed,
    _child_card,
    _card_only,
    _father_and_son,
    _namesakes,
    _felony,
    _alias,
    _two_records,
    _moved,
    _no_vehicle,
    _stranger_owns,
    _crowded,
    _non_ascii,
)
_CARS = {
    "vehicle with a lien": vehicles.LIEN,
    "vehicle with a salvage title": vehicles.SALVAGE,
    "vehicle with flood damage": vehicles.FLOOD,
    "vehicle with a suspended registration": vehicles.SUSPENDED,
    "vehicle reported stolen": vehicles.STOLEN,
    "vehicle junked, title revoked": vehicles.JUNK,
    "vehicle with bad checks for title and registration": vehicles.HOT_CHECK,
}


def _with_car(town: _Town, story: str, extra: Mapping[str, str]) -> Household:
    people = town.family(_ADULT, _ADULT)
    return Household(story, people[0].address, people, (town.car(people[0], extra),))


def _flats(town: _Town) -> list[Household]:
    """More flats in the complex of the documented examples; some registrations there lack the apartment (ANNS)."""
    flats = []
    for unit in ("", "101", "102", "207"):
        home = Address("2718 FICTIONAL OAKS DR", "SAMPLEVILLE", "75999", unit=unit, plus4="0300")
        people = town.family(_ADULT, _ADULT, home=home)
        story = "" if unit else "in an apartment complex, registered without the apartment number"
        flats.append(Household(story, home, people, (town.car(people[0]),)))
    return flats


def _mixed(town: _Town) -> Household:
    chance = town.chance
    ages = [_ADULT, *chance.choices([_ADULT, _TEEN, _OLD], k=chance.randrange(4))]
    people = list(town.family(*ages))
    if chance.random() < 0.2:
        people[-1] = replace(people[-1], id_card=True)
    if chance.random() < 0.3:
        people[0] = replace(people[0], prior_addresses=(town.people.prior_address(),))
    records = [
        town.people.record(person, alias_of=chance.random() < 0.3) for person in people if chance.random() < 0.08
    ]
    extras: tuple[Mapping[str, str], ...] = ({}, {}, {}, vehicles.LIEN, vehicles.SALVAGE, vehicles.FLOOD)
    cars = [town.car(chance.choice(people), chance.choice(extras)) for _ in range(chance.randrange(4))]
    return Household("", people[0].address, tuple(people), tuple(cars), tuple(records))
