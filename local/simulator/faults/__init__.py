"""The registry of faults, and how one is asked for: `name` or `name=argument`, several separated by commas."""

import re

from local.simulator.faults import bodies, data, quirks_names, quirks_structure, quirks_values, statuses, transport
from local.simulator.faults.model import Active, Fault
from local.simulator.population.vins import vin
from local.simulator.reading import Search

FAULTS: dict[str, Fault] = {
    fault.name: fault for fault in (*transport.FAULTS, *statuses.FAULTS, *bodies.FAULTS, *data.FAULTS)
}
"""By name. New ones come last: the place in this list is the number in `fault_vin` and `fault_tag`."""

QUIRKS: dict[str, Fault] = quirks_names.QUIRKS | quirks_structure.QUIRKS | quirks_values.QUIRKS
"""By number, asked for as `quirk=A7`. Each makes an answer differ from the documented example in that one point."""

NOT_SWITCHABLE = {
    "A21": "concerns requests: the simulator reads the nested form of the samples only",
    "B11": "concerns requests: the simulator reads one TransactionInfo only",
    "B14": "concerns types in the tables, not answers",
}
"""The quirks of A, B and C that no answer can show, with the reason."""


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
    if name == "quirk" and (quirk := QUIRKS.get(argument)):
        return Active(quirk, "")
    fault = FAULTS.get(name)
    if fault is None:
        raise UnknownFault(f"no fault {name!r}; `python -m local.simulator faults` lists them")
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
    """Read the request header X-Simulator-Fault, which comes too late for a fault of the connection.

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

    A last name or a street line with `Fault-<name>` in it (`Fault-Slow`, `Fault-Quirk-B4`), a VIN of `fault_vin`, or
    a plate of `fault_tag`.
    """
    texts = [person.name.last for person in search.people] + [search.address.line if search.address else ""]
    names = [found[1].lower() for text in texts if (found := _IN_TEXT.search(text))]
    names += [name for vin in search.vins if (name := _BY_VIN.get(vin))]
    names += [name for tag in search.tags if (name := _BY_TAG.get(tag))]
    known = [name for name in names if name in _OF_REQUEST or name.removeprefix("quirk-").upper() in QUIRKS]
    return tuple(_one(_quirk(name)) for name in dict.fromkeys(known))


def _quirk(name: str) -> str:
    return f"quirk={name[6:].upper()}" if name.startswith("quirk-") else name


def fault_vin(name: str) -> str:
    """Return the VIN that asks for a fault: the right check digit, no maker, the fault's number at the end."""
    return vin("FLTAA", 2020, list(FAULTS).index(name) + 1)


def fault_tag(name: str) -> str:
    """Return the plate that asks for a fault."""
    return f"FLT{list(FAULTS).index(name) + 1:04}"


_IN_TEXT = re.compile(r"\bFault-([a-z0-9-]+)", re.IGNORECASE)
_OF_REQUEST = [name for name, fault in FAULTS.items() if fault.connect is None]
_BY_VIN = {fault_vin(name): name for name in _OF_REQUEST}
_BY_TAG = {fault_tag(name): name for name in _OF_REQUEST}
