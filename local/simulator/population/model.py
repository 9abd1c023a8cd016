"""What the state's files hold, as frozen values: addresses, licence holders, criminal records, vehicles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Address:
    """A place in an invented Texas town. `street` has house number and street, in capitals; `unit` may be empty."""

    street: str
    city: str
    zip_code: str
    unit: str = ""
    plus4: str = ""

    @property
    def line(self) -> str:
        """The street line with the apartment in it, as licences print it."""
        return f"{self.street} APT {self.unit}" if self.unit else self.street


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name. Equality for a search: last and first name without regard to case."""

    first: str
    last: str
    middle: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What the vendor searches names by."""
        return self.last.casefold(), self.first.casefold()


@dataclass(frozen=True, slots=True)
class PriorName:
    """A name on a licence before a change took effect."""

    name: Name
    until: date


@dataclass(frozen=True, slots=True)
class PriorAddress:
    """An address on a licence before a change took effect: one line with the ZIP, without city and state."""

    line: str
    until: date


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a Texas licence or ID card."""

    name: Name
    birth: date
    number: str
    address: Address
    changed: date
    gender: str
    id_card: bool = False
    issued: date | None = None
    prior_names: tuple[PriorName, ...] = ()
    prior_addresses: tuple[PriorAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class Offense:
    """One offense. `values` by element name; `in_criminal` holds what the Criminal operation shows differently."""

    values: Mapping[str, str | date]
    in_criminal: Mapping[str, str | date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CriminalRecord:
    """A record of the state, found by its name or an alias and its birth date. Height in inches, weight in pounds."""

    state_id: str
    name: Name
    birth: date
    gender: str
    race: str
    height: int
    weight: int
    eyes: str
    hair: str
    offenses: tuple[Offense, ...]
    aliases: tuple[Name, ...] = ()
    alias_births: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A titled vehicle, registered at an address. `values` by element name, nested addresses as `OwnerAddress/City`."""

    vin: str
    tag: str
    address: Address
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Household:
    """Who and what is registered at one address, with a sentence for a person who looks for something to try."""

    story: str
    address: Address
    holders: tuple[Holder, ...]
    vehicles: tuple[Vehicle, ...] = ()
    records: tuple[CriminalRecord, ...] = ()
