"""HouseholdDrivers 2.7: the drivers asked for, and on request everybody else with a licence or ID card there."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from local.simulator.operations.records import history
from local.simulator.population import Population
from local.simulator.population.model import Holder
from local.simulator.reading import Search, Subject

MOST_DRIVERS = 100
_FIELDS = (
    "FullName", "BirthDate", "DLNumber", "DLState", "Address", "City", "State", "ZipCode", "ZipPlus4", "IdCard",
    "IssueDate", "LastTransactionDate",
)  # fmt: skip


def answer(search: Search, population: Population, *, always_criminal: bool) -> Element:
    """Return the answer without its status. `always_criminal` searches records whatever the flags say (D7)."""
    assert search.address is not None  # noqa: S101 - reading.py promises it
    status, place = population.locate(search.address.line, search.address.state, search.address.zip_code)
    there = population.living_at(place)
    found = [(person, _find(person, population, there)) for person in search.people]
    licenses = [
        _license(holder, person, population, criminal=person.criminal or always_criminal) for person, holder in found
    ]
    asked = {holder.number for _, holder in found if holder}
    others = [holder for holder in there if holder.number not in asked]
    if not any(person.household for person in search.people):
        others = []
    licenses += [
        _license(holder, None, population, criminal=search.criminal_for_new or always_criminal) for holder in others
    ]
    root = Element("HouseholdDriversResponse")
    SubElement(root, "AddressSearchStatus").text = status.value
    SubElement(root, "DriversFound").text = str(len(asked) + len(others))
    SubElement(root, "DriversLicenses").extend(licenses[:MOST_DRIVERS])
    return root


def _find(person: Subject, population: Population, there: Iterable[Holder]) -> Holder | None:
    """By number; without one, or when it is not found, by name and birth date: whoever lives there, else the first."""
    if person.number and (holder := population.licensed(person.number)):
        return holder
    namesakes = population.named(person.name, person.birth)
    return next((holder for holder in namesakes if holder in there), namesakes[0] if namesakes else None)


def _license(holder: Holder | None, person: Subject | None, population: Population, *, criminal: bool) -> Element:
    root = Element("DriversLicense")
    SubElement(root, "Id").text = person.id if person else None
    SubElement(root, "DLSearchStatus").text = "Found" if holder else "Not Found"
    values = _values(holder) if holder else {}
    for name in _FIELDS:
        SubElement(root, name).text = values.get(name) or None
    associated, names, addresses = (
        SubElement(root, name) for name in ("AssociatedDLs", "PriorNames", "PriorAddresses")
    )
    if holder:
        _associate(associated, holder, population)
        _history(names, addresses, holder)
    histories = SubElement(root, "CriminalHistories")
    if criminal and (holder or person):
        _records(histories, holder, person, population)
    return root


def _values(holder: Holder) -> dict[str, str]:
    return {
        "FullName": f"{holder.name.last}, {holder.name.first}",
        "BirthDate": f"{holder.birth:%m/%d/%Y}",
        "DLNumber": holder.number,
        "DLState": "TX",
        "Address": holder.address.line,
        "City": holder.address.city,
        "State": "TX",
        "ZipCode": holder.address.zip_code,
        "ZipPlus4": holder.address.plus4,
        "IdCard": "Yes" if holder.id_card else "No",
        "IssueDate": f"{holder.issued:%m/%d/%Y}" if holder.issued else "",
        "LastTransactionDate": f"{holder.changed:%m/%d/%Y}",
    }


def _fill(parent: Element, name: str, values: dict[str, str]) -> None:
    item = SubElement(parent, name)
    for key, value in values.items():
        SubElement(item, key).text = value or None


def _associate(parent: Element, holder: Holder, population: Population) -> None:
    """Other licences under the same name and birth date: possibly another person's."""
    for other in population.named(holder.name, holder.birth):
        if other is not holder:
            values = _values(other)
            names = ("DLNumber", "Address", "City", "State", "ZipCode")
            card, changed = values["IdCard"], values["LastTransactionDate"]
            _fill(
                parent,
                "AssociatedDL",
                {name: values[name] for name in names} | {"IDCard": card, "LastTransactionDate": changed},
            )


def _history(names: Element, addresses: Element, holder: Holder) -> None:
    for prior in holder.prior_names:
        name = f"{prior.name.last}, {prior.name.first} {prior.name.middle}".upper().strip()
        _fill(
            names,
            "PriorName",
            {
                "Name": name,
                "DLNumber": holder.number,
                "TransactionDate": f"{prior.until:%m/%d/%Y}",
                "DateOfBirth": f"{holder.birth:%m/%d/%Y}",
            },
        )
    for place in holder.prior_addresses:
        _fill(
            addresses,
            "PriorAddress",
            {"Address": place.line, "DLNumber": holder.number, "TransactionDate": f"{place.until:%m/%d/%Y}"},
        )


def _records(parent: Element, holder: Holder | None, person: Subject | None, population: Population) -> None:
    """Search by the name and birth date of the licence, if one was found; else by those of the request."""
    known = holder or person
    assert known is not None  # noqa: S101 - the caller looked
    histories = [
        history(source, record, drivers=True) for source, record in population.records(known.name, known.birth)
    ]
    if not histories:
        SubElement(SubElement(parent, "CriminalHistory"), "CriminalSearchStatus").text = "Clear"
        return
    # The sample repeats both values outside the records (B5).
    for name, inner in (("SearchSource", "SearchSource"), ("TotalOffenses", "TotalOffeneses")):
        SubElement(parent, name).text = histories[0].findtext(inner)
    parent.extend(histories)
