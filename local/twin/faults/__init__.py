"""The registry of faults, and how one is asked for: `name` or `name=argument`, several separated by commas."""

import re

from local.twin.faults import statuses, transport
from local.twin.faults.model import Active, Fault
from local.twin.population.vins import vin
from local.twin.reading import Search

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (*transport.FAULTS, *statuses.FAULTS)}


class UnknownFault(ValueError):
    """There is no such fault, or its argument does not fit."""


def parse(text: str) -> tuple[Active, ...]:
    """Read what a header or the administration asks for.

    Raises:
        UnknownFault: with the part that is wrong.

    """
    return tuple(_one(part.strip()) for part in text.split(",") if part.strip())


def _one(text: str) -> Active:
    name, _, argument = text.partition("=")
    fault = FAULTS.get(name)
    if fault is None:
        raise UnknownFault(f"no fault {name!r}; `python -m local.twin faults` lists them")
    if fault.argument is None:
        if argument:
            raise UnknownFault(f"{name} takes no argument")
        return Active(fault, "")
    argument = argument or fault.argument.default
    try:
        fault.argument.check(argument or "0")
    except ValueError:
        raise UnknownFault(f"{name}: {fault.argument.meaning} expected") from None
    return Active(fault, argument)


def parse_header(text: str) -> tuple[Active, ...]:
    """Read the request header X-Twin-Fault, which comes too late for a fault of the connection.

    Raises:
        UnknownFault: as `parse`.

    """
    actives = parse(text)
    for active in actives:
        if active.fault.connect:
            raise UnknownFault(f"{active.fault.name} acts before a request: switch it on through the administration")
    return actives


def by_subject(search: Search) -> tuple[Active, ...]:
    """Return the faults that the subjects of a search ask for.

    A last name or a street line with `Fault-<name>` in it (`Fault-Slow`), a VIN or plate of `fault_vin`, `fault_tag`.
    """
    texts = [person.name.last for person in search.people] + [search.address.line if search.address else ""]
    names = [found[1].lower() for text in texts if (found := _IN_TEXT.search(text))]
    names += [name for vin in search.vins if (name := _BY_VIN.get(vin))]
    names += [name for tag in search.tags if (name := _BY_TAG.get(tag))]
    return tuple(_one(name) for name in dict.fromkeys(names) if name in _OF_REQUEST)


def fault_vin(name: str) -> str:
    """Return the VIN that asks for a fault: the right check digit, no maker, the fault's number at the end."""
    return vin("FLTAA", 2020, list(FAULTS).index(name) + 1)


def fault_tag(name: str) -> str:
    """Return the plate that asks for a fault."""
    return f"FLT{list(FAULTS).index(name) + 1:04}"


_IN_TEXT = re.compile(r"\bFault-([a-z-]+)", re.IGNORECASE)
_OF_REQUEST = [name for name, fault in FAULTS.items() if fault.connect is None]
_BY_VIN = {fault_vin(name): name for name in _OF_REQUEST}
_BY_TAG = {fault_tag(name): name for name in _OF_REQUEST}
