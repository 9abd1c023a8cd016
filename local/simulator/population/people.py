"""Invents names, birth dates, licences, histories and criminal records. No name of a real person is aimed at."""

from datetime import date, timedelta
from random import Random

from local.simulator.population.model import Address, CriminalRecord, Holder, Name, Offense, PriorAddress, PriorName

TODAY = date(2024, 6, 14)
"""The day for which the files are up to date; ages count from it, so that answers do not change with time."""

_WOMEN = (
    "Ottilie",
    "Marigold",
    "Clementine",
    "Ximena",
    "Philippa",
    "Guinevere",
    "Tamsin",
    "Isolde",
    "Wilhelmina",
    "Zelda",
)
_MEN = (
    "Barnabas",
    "Cornelius",
    "Leopold",
    "Thaddeus",
    "Ignatius",
    "Alistair",
    "Octavio",
    "Percival",
    "Horatio",
    "Mortimer",
)
_MIDDLE = ("", "", "Quill", "Sample", "Ann", "Lee", "Demo", "Ray")
_LAST = (
    "Placeholder", "Mockingham", "Samplewood", "Fictiver", "Pretendergast", "Testworthy", "Imaginetti", "Dummond",
    "Exampleton", "Madeupson", "Fabrikant", "Notreal", "Standin", "Specimenov", "O'Sample", "De La Prueba",
)  # fmt: skip
_OFFENSES = (
    ("23990001", "THEFT PROP>=$100<$750 (SAMPLE)", "31.03(E)(2)", "MISDEMEANOR - CLASS B", "THEFT"),
    ("54990010", "DRIVING WHILE INTOXICATED (SAMPLE)", "49.04", "MISDEMEANOR - CLASS B", "DWI"),
    ("54990002", "DRIVING WHILE LICENSE INVALID (SAMPLE)", "", "MISDEMEANOR - CLASS C", "DWLI"),
    ("22990020", "BURGLARY OF HABITATION (SAMPLE)", "30.02(C)(2)", "FELONY - SECOND DEGREE", "BURGLARY"),
    ("26990003", "FRAUD USE/POSS ID INFO (SAMPLE)", "32.51", "FELONY - STATE JAIL", "FRAUD USE ID INFO"),
    ("35990030", "POSS CS PG 1 <1G (SAMPLE)", "481.115(B)", "FELONY - STATE JAIL", "POSS CS"),
)  # fmt: skip
_SENTENCES = (
    ("CONVICTED", "GUILTY", "4 YEARS ", ""),
    ("CONVICTED", "UNREPORTED / UNKNOWN", "90 DAYS ", ""),
    ("DEFERRED", "NOLO CONTENDERE", "", "10 YEARS "),
    ("DISMISSED", "NOT GUILTY", "", ""),
)


class Inventor:
    """Makes people one after another from one source of chance; numbers never repeat."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self._numbers = 0

    def family_name(self) -> str:
        """A last name."""
        return self.chance.choice(_LAST)

    def born(self, youngest: int, oldest: int) -> date:
        """A birth date of somebody between two ages, in years."""
        return TODAY - timedelta(days=self.chance.randrange(youngest * 365 + youngest, oldest * 365))

    def number(self) -> str:
        """A licence number of eight digits, with leading zeros."""
        self._numbers += 1
        return f"0{1000000 + self._numbers * 7:07}"

    def holder(
        self, address: Address, last: str, ages: tuple[int, int], *, id_card: bool = False, first: str = ""
    ) -> Holder:
        """Somebody with a licence, or an ID card, at an address."""
        gender = self.chance.choice("FM")
        first = first or self.chance.choice(_WOMEN if gender == "F" else _MEN)
        changed = self.day(2009, 2024)
        return Holder(
            name=Name(first, last, self.chance.choice(_MIDDLE)),
            birth=self.born(*ages),
            number=self.number(),
            address=address,
            changed=changed,
            gender=gender,
            id_card=id_card,
            # Issue dates are recorded only since 02/15/2015.
            issued=changed if changed > date(2015, 2, 15) and self.chance.random() < 0.7 else None,
        )

    def day(self, first_year: int, last_year: int) -> date:
        """A day between two years, not after the date of the files."""
        first = date(first_year, 1, 1)
        return min(TODAY, first + timedelta(days=self.chance.randrange((last_year - first_year + 1) * 365)))

    def prior_name(self, holder: Holder) -> PriorName:
        """The name before a marriage."""
        return PriorName(Name(holder.name.first, self.chance.choice(_LAST), holder.name.middle), self.day(2005, 2016))

    def prior_address(self) -> PriorAddress:
        """An earlier address."""
        street = self.chance.choice(("INVENTED MILL RD", "PRETEND PKWY #22", "UNREAL CREEK LN"))
        return PriorAddress(
            f"{self.chance.randrange(10, 990)} {street} {75990 + self.chance.randrange(10)}", self.day(2005, 2020)
        )

    def record(self, holder: Holder, *, offenses: int = 1, alias_of: bool = False) -> CriminalRecord:
        """A criminal record under the name of a holder; with `alias_of` under another name, the holder's an alias."""
        name = Name(self.chance.choice(_WOMEN + _MEN), self.chance.choice(_LAST)) if alias_of else holder.name
        other = Name(self.chance.choice(_WOMEN + _MEN), holder.name.last)
        return CriminalRecord(
            state_id=self.number(),
            name=name,
            birth=holder.birth,
            gender=holder.gender,
            race=self.chance.choice("WBAIU"),
            height=self.chance.randrange(58, 78),
            weight=self.chance.randrange(110, 260),
            eyes=self.chance.choice(("BLU", "BRO", "GRN")),
            hair=self.chance.choice(("BLK", "BRO", "GRY")),
            offenses=tuple(self._offense(holder.birth) for _ in range(offenses)),
            aliases=(holder.name,) if alias_of else (other,),
            alias_births=(holder.birth + timedelta(days=10),) if self.chance.random() < 0.5 else (),
        )

    def _offense(self, birth: date) -> Offense:
        code, description, statute, degree, court = self.chance.choice(_OFFENSES)
        disposition, plea, confinement, probation = self.chance.choice(_SENTENCES)
        committed = self.day(min(birth.year + 18, 2022), 2023)
        decided = min(TODAY, committed + timedelta(days=self.chance.randrange(60, 400)))
        return Offense(
            {
                "OffenseCode": code,
                "ConvictionDate": decided,
                "Disposition": disposition,
                "Description": description,
                "FinalPleading": plea,
                "OriginatingAgencyCourt": f"SAMPLE COUNTY COURT AT LAW {self.chance.randrange(1, 9)}",
                "CauseNumber": f"{decided:%y}-EX-{self.chance.randrange(99999):05}",
                "GeneralOffenseCharacter": "UNKNOWN",
                "DegreeofCrime": degree,
                "StatuteCitationOffense": statute,
                "CourtOffense": court,
                "SentenceDate": decided if confinement or probation else "",
                "CourtConfinement": confinement,
                "CourtProbation": probation,
                "CourtCosts": str(self.chance.randrange(50, 500)),
                "OffenseDate": committed,
            },
            # Criminal often lacks the date of a conviction (C25).
            in_criminal={"ConvictionDate": ""} if self.chance.random() < 0.5 else {},
        )
