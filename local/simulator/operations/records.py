"""A criminal record in the two dresses that it has: as HouseholdDrivers and as Criminal show it.

The two samples of the vendor differ in spelling, dates, names, height and race for the same kind of record.
"""

from datetime import date
from xml.etree.ElementTree import Element, SubElement

from local.simulator.population.model import CriminalRecord, Name

OFFENSE = (
    "OffenseCode", "ConvictionDate", "Disposition", "Description", "FinalPleading", "OriginatingAgencyCourt",
    "CauseNumber", "GeneralOffenseCharacter", "DegreeofCrime", "StatuteCitationOffense", "CourtOffense", "SentenceDate",
    "CourtSentenceSuspendedTime", "CourtSentenceSuspendedFine", "CourtConfinement", "CourtProbation", "CourtFine",
    "CourtCosts", "CourtProvisionDescription", "AppealDate", "DispositionDuringAppeal", "FinalCourtDecisionOnAppeal",
    "AgencyReceivingCustody", "MultipleSentence", "OffenseDate",
)  # fmt: skip
_IN_DRIVERS = {
    "StatuteCitationOffense": "StatueCitationOffense",
    "CourtSentenceSuspendedTime": "CourtSenteceSuspendedTime",
}
_RACES = {"W": "White", "B": "Black", "A": "Asian", "I": "American Indian", "U": "Unknown"}


def history(source: str, record: CriminalRecord, *, drivers: bool) -> Element:
    """Return a CriminalHistory. `source` is P or A."""
    root = Element("CriminalHistory")
    feet, inches = divmod(record.height, 12)
    for name, value in (
        ("StateId", record.state_id),
        ("Name", _name(record.name, drivers=drivers)),
        ("BirthDate", _date(record.birth, drivers=drivers)),
        ("Gender", record.gender),
        ("Race", _RACES[record.race] if drivers else record.race),
        ("Height", f"{feet}-{inches:02}" if drivers else f"{feet}{inches:02}"),
        ("Weight", str(record.weight)),
        ("EyeColor", record.eyes),
        ("HairColor", record.hair),
    ):
        SubElement(root, name).text = value
    aliases = SubElement(root, "AliasNames")
    for alias in record.aliases:
        SubElement(SubElement(aliases, "AliasName"), "Name").text = _name(alias, drivers=drivers)
    births = SubElement(root, "AliasDobs")
    for birth in record.alias_births:
        SubElement(SubElement(births, "AliasDob"), "Dob").text = f"{birth:%m/%d/%Y}"
    SubElement(root, "CriminalSearchStatus").text = "Offenses Found"
    SubElement(root, "SearchSource").text = source
    SubElement(root, "TotalOffeneses" if drivers else "TotalOffenses").text = str(len(record.offenses))
    offenses = SubElement(root, "Offenses")
    for offense in record.offenses:
        values = offense.values if drivers else {**offense.values, **offense.in_criminal}
        item = SubElement(offenses, "Offense")
        for name in OFFENSE[:-1] if drivers else OFFENSE:
            content = values.get(name, "")
            text = _date(content, drivers=drivers) if isinstance(content, date) else content
            SubElement(item, _IN_DRIVERS.get(name, name) if drivers else name).text = text or None
    return root


def _name(name: Name, *, drivers: bool) -> str:
    given = f"{name.first} {name.middle}".strip()
    return f"{name.last}, {given}" if drivers else f"{name.last},{given}".upper()


def _date(day: date, *, drivers: bool) -> str:
    return f"{day:%m/%d/%Y}" if drivers else f"{day:%Y%m%d}"
