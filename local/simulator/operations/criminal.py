"""Criminal 1.0: records by last name, first name and birth date, and by nothing else."""

from xml.etree.ElementTree import Element, SubElement

from local.simulator.operations.records import history
from local.simulator.population import Population
from local.simulator.reading import Search


def answer(search: Search, population: Population) -> Element:
    """Return the answer without its status: one profile for each person."""
    root = Element("CriminalResponse")
    profiles = SubElement(root, "CriminalProfiles")
    for person in search.people:
        found = population.records(person.name, person.birth)
        profile = SubElement(profiles, "CriminalProfile")
        SubElement(profile, "Id").text = person.id
        SubElement(profile, "FirstName").text = person.name.first.upper()
        SubElement(profile, "LastName").text = person.name.last.upper()
        SubElement(profile, "BirthDate").text = person.birth_text
        SubElement(profile, "CriminalStatus").text = "Criminal Records Found" if found else "Clear"
        histories = SubElement(profile, "CriminalHistories")
        histories.extend(history(source, record, drivers=False) for source, record in found)
    return root
