"""The invented people: the same for the same seed, complete enough to test with, and nobody real."""

import re
from datetime import date

import pytest

from local.simulator.answer import close, write
from local.simulator.operations import Behaviour, drivers, search
from local.simulator.population import AddressStatus, Population, populate
from local.simulator.population.households import CROWD
from local.simulator.population.model import Household, Name
from local.simulator.population.people import TODAY
from local.simulator.population.vins import vin
from local.simulator.reading import Search, SearchAddress, Subject

POPULATION = populate(42)
NOBODY = Subject("X", Name("Nobody", "Nowhere"), date(1990, 1, 1), "01/01/1990", household=True)


def told(words: str) -> Household:
    """Return the household whose story has some words in it."""
    (found,) = [household for household in POPULATION.households if words in household.story]
    return found


def whole_household(household: Household, population: Population = POPULATION) -> str:
    """Return the drivers answer for everybody at an address."""
    address = SearchAddress(household.address.line, "TX", household.address.zip_code)
    wanted = Search("HouseholdDrivers", address, (NOBODY,), criminal_for_new=True)
    return write(search(wanted, population, Behaviour()))


def test_same_seed() -> None:
    """The same seed gives the same answers to the byte; another seed gives other people."""
    again, other = populate(42), populate(43)
    assert [whole_household(one, again) for one in again.households] == [
        whole_household(one) for one in POPULATION.households
    ]
    assert again.households == POPULATION.households != other.households


def test_size() -> None:
    """A few hundred households, each person and vehicle with numbers of their own."""
    assert len(POPULATION.households) > 300
    numbers = [holder.number for holder in POPULATION.holders]
    cars = [car for household in POPULATION.households for car in household.vehicles]
    assert len(set(numbers)) == len(numbers) > 800
    assert len({car.vin for car in cars}) == len({car.tag for car in cars}) == len(cars) > 300


def test_nobody_real() -> None:
    """Owner numbers come from the range kept for advertising, VINs have no maker, towns have no real ZIP."""
    for household in POPULATION.households:
        assert household.address.zip_code.startswith("7599")
        for car in household.vehicles:
            assert car.vin.startswith("1ZZ")
            assert car.values["Make"].upper() == "MOCK"
            assert re.fullmatch("(98765432[0-9])?", car.values.get("OwnerID", ""))


@pytest.mark.parametrize(
    ("descriptor", "year", "serial", "number"),
    [
        ("TESTA", 2019, 101, "1ZZTESTA9KX000101"),
        ("TESTB", 2021, 202, "1ZZTESTBXMX000202"),
        ("TESTC", 2016, 303, "1ZZTESTC9GX000303"),
    ],
)
def test_check_digit(descriptor: str, year: int, serial: int, number: str) -> None:
    """VINs get the check digit that the documented examples have."""
    assert vin(descriptor, year, serial) == number


@pytest.mark.parametrize(
    ("line", "zip_code", "status"),
    [
        ("2718 Fictional Oaks Dr Apt 314", "75999", AddressStatus.Found),
        ("2718 FICTIONAL OAKS DRIVE #314", "75999", AddressStatus.Found),
        ("2718 Fictional Oaks Dr.  Unit 314", "75999", AddressStatus.Found),
        ("2718 Fictional Oaks Dr", "75999", AddressStatus.ANNS),
        ("2718 Fictional Oaks Dr Apt 999", "75999", AddressStatus.ANNF),
        ("16 Invented Mill Rd Apt 2", "75998", AddressStatus.ANNF),
        ("9 Fictional Oaks Dr", "75999", AddressStatus.HNNF),
        ("2718 Fictional Oaks Dr Apt 314", "75998", AddressStatus.SNNF),
        ("1 Steven Ste", "75999", AddressStatus.SNNF),
    ],
)
def test_address_status(line: str, zip_code: str, status: AddressStatus) -> None:
    """Addresses are matched by ZIP, street, house and apartment, whatever the writing."""
    assert POPULATION.locate(line, "tx", zip_code)[0] is status


def test_apartment_not_supplied_has_data() -> None:
    """ANNS still delivers who is registered there without an apartment number."""
    household = told("without the apartment number")
    text = whole_household(household)
    assert "<AddressSearchStatus>Apartment Number Not Supplied<" in text
    assert all(holder.number in text for holder in household.holders)
    assert "Rosalind" not in text


def test_most_drivers() -> None:
    """At most 100 records come back, while the count tells how many there are."""
    text = whole_household(told(f"{CROWD} people"))
    assert text.count("<DriversLicense>") == drivers.MOST_DRIVERS
    assert f"<DriversFound>{CROWD}<" in text


def test_ages() -> None:
    """There are teenage drivers to be disclosed, and children under 15 with no more than an ID card."""
    ages = {holder: (TODAY - holder.birth).days // 365.25 for holder in POPULATION.holders}
    assert any(15 <= age < 19 and not holder.id_card for holder, age in ages.items())
    assert any(age < 15 for age in ages.values())
    assert all(holder.id_card for holder, age in ages.items() if age < 15)


def test_namesakes() -> None:
    """Two people of one name and birth date appear as each other's associated licence."""
    first, second = told("two people with the same name and birth date").holders
    associated = whole_household(told("two people with the same name and birth date"))
    assert (first.name.key, first.birth) == (second.name.key, second.birth)
    assert re.search(f"<AssociatedDL>\\s*<DLNumber>{second.number}<", associated)


@pytest.mark.parametrize(
    ("words", "source", "records"), [("primary name", "P", 1), ("alias only", "A", 1), ("two criminal", "P", 2)]
)
def test_records(words: str, source: str, records: int) -> None:
    """Criminal records are found by primary name or alias, with the source that says which."""
    household = told(words)
    found = POPULATION.records(household.holders[0].name, household.holders[0].birth)
    assert [how for how, _ in found] == [source] * records
    holder, without = household.holders[0], POPULATION.without_alias_search()
    assert without.records(holder.name, holder.birth) == tuple(one for one in found if one[0] == "P")


def test_licence_number_wins() -> None:
    """A wrong number fetches another person's licence, and then that person's records (as the vendor documents)."""
    person = Subject(
        "D-1", Name("Barnaby", "Testerman"), date(1986, 11, 2), "11/02/1986", number="09990001", criminal=True
    )
    address = SearchAddress("2718 Fictional Oaks Dr Apt 314", "TX", "75999")
    text = write(
        close(drivers.answer(Search("HouseholdDrivers", address, (person,)), POPULATION, always_criminal=False))
    )
    assert "<FullName>Testerman, Rosalind<" in text
    assert "THEFT" in text


@pytest.mark.parametrize(
    ("words", "element", "value"),
    [
        ("a lien", "LienholderName1", "IMAGINARY CREDIT UNION"),
        ("salvage title", "ReconditionedCode", "1"),
        ("flood damage", "FloodDamageFlag", "1"),
        ("suspended registration", "DPSSafetySuspensionFlag", "1"),
        ("reported stolen", "DPSStolenFlag", "1"),
        ("owner does not live", "OwnerName1", "UNRELATED HOLDINGS OF SAMPLEVILLE"),
    ],
)
def test_vehicles(words: str, element: str, value: str) -> None:
    """Vehicles carry what their story says, in the answer."""
    (car,) = told(words).vehicles
    answer = search(Search("VehicleTag", tags=(car.tag,)), POPULATION, Behaviour())
    assert [found.text for found in answer.iter(element)] == [value]
