"""The five operations of the vendor: what each answers to a request that passed."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from local.simulator.answer import close
from local.simulator.operations import criminal, drivers, vehicles
from local.simulator.population import Population
from local.simulator.reading import Search

PATHS = {
    "/apidevV2.7/DcsSearchApi/HouseholdDrivers": "HouseholdDrivers",
    "/apidevV2.3/DcsSearchApi/HouseholdVehicles": "HouseholdVehicles",
    "/apidevV2.3/DcsSearchApi/VehicleVin": "VehicleVin",
    "/apidevV2.3/DcsSearchApi/VehicleTag": "VehicleTag",
    "/apidevV2.8/DcsSearchApi/Criminal": "Criminal",
}
"""The documented test paths. Criminal 1.0 really lives under V2.8."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the manuals leave open about a search."""

    always_criminal: bool = False
    """D7: search criminal records whatever the flags say."""
    alias_search: bool = True
    """It is off until DCS turns it on for a customer."""
    json_shape: str = ""
    """The shape of an answer in JSON (`shapes.SHAPES`); empty: that of the request."""


def search(wanted: Search, population: Population, behaviour: Behaviour) -> Element:
    """Run a search and return the whole answer, ended by its status."""
    if not behaviour.alias_search:
        population = population.without_alias_search()
    if wanted.operation == "HouseholdDrivers":
        root = drivers.answer(wanted, population, always_criminal=behaviour.always_criminal)
    elif wanted.operation == "Criminal":
        root = criminal.answer(wanted, population)
    else:
        root = vehicles.answer(wanted, population)
    return close(root)
