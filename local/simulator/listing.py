"""What a person can try: the households of a population, and the faults, as plain text."""

from local.simulator.faults import FAULTS, QUIRKS, fault_tag, fault_vin
from local.simulator.population import populate
from local.simulator.population.model import Household


def people(seed: int) -> str:
    """List the households that show something, and the subjects that trigger faults."""
    parts = [_household(household) for household in populate(seed).households if household.story]
    triggers = [
        f"  last name or street Fault-{name.title():20} VIN {fault_vin(name)}  plate {fault_tag(name)}"
        for name, fault in FAULTS.items()
        if fault.connect is None
    ]
    return "\n\n".join([*parts, "\n".join(["Subjects that trigger a fault", *triggers])])


def faults() -> str:
    """List the faults: name, argument with its default, help."""
    return "\n".join(f"{usage:34} {text}" for usage, text in fault_rows())


def fault_rows() -> list[tuple[str, str]]:
    """Return usage and help of every fault."""
    rows = []
    for name, fault in FAULTS.items():
        argument = fault.argument
        usage = f"{name}={argument.default or '…'}" if argument else name
        meaning = f" (argument: {argument.meaning})" if argument else ""
        where = ", administration only" if fault.connect else ""
        rows.append((usage, f"{fault.help}{meaning}{where}"))
    rows += [(fault.name, fault.help) for fault in QUIRKS.values()]
    return rows


def _household(household: Household) -> str:
    address = household.address
    lines = [f"{household.story}", f"  {address.line}, {address.city}, TX {address.zip_code}"]
    lines += [
        f"  {holder.name.first} {holder.name.last}, born {holder.birth:%m/%d/%Y}, "
        f"{'ID card' if holder.id_card else 'licence'} {holder.number}"
        for holder in household.holders[:6]
    ]
    if len(household.holders) > 6:
        lines.append(f"  and {len(household.holders) - 6} more")
    lines += [f"  vehicle {vehicle.vin}, plate {vehicle.tag}" for vehicle in household.vehicles]
    return "\n".join(lines)
