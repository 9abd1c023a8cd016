"""Quirks B of the vendor's manuals: structure. B1 to B3 are not well-formed, so they change the written text."""

import itertools
import re
from copy import deepcopy
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

from local.simulator.answer import Answer
from local.simulator.faults.data import RECORDS
from local.simulator.faults.model import Fault
from local.simulator.faults.quirks_names import remove

_EMPTY = re.compile(r"<(\w+) />")


def _edit(answer: Answer, old: str, new: str) -> Answer:
    return replace(answer, body=answer.body.replace(old.encode(), new.encode(), 1))


def _odometer(answer: Answer, _: str) -> Answer:
    body = answer.body.replace(b"<VehicleOdometerBrandDescription", b"<VehicleOdometerBrandDescrption")
    return replace(answer, body=body)


def _run_together(root: Element, _: str) -> None:
    for profiles in root.iter("CriminalProfiles"):
        if len(profiles) < 2:
            continue
        first, second = profiles[0], profiles[1]
        histories = first.find("CriminalHistories")
        profiles.remove(second)
        first[:] = [child for child in (histories, *second) if child is not None and child.tag != "CriminalHistories"]
        if histories is not None:
            first.insert(0, histories)


def _contradict(root: Element, _: str) -> None:
    for histories in root.iter("CriminalHistories"):
        inner = histories.find("CriminalHistory")
        if inner is None or inner.find("Offenses") is None:
            continue
        for name in ("TotalOffenses", "SearchSource"):
            for outer in histories.findall(name):
                histories.remove(outer)
        for name, text in (
            ("TotalOffenses", str(len(inner.findall("Offenses/Offense")) + 1)),
            ("SearchSource", "A" if inner.findtext("SearchSource") == "P" else "P"),
        ):
            outer = Element(name)
            outer.text = text
            histories.insert(0, outer)


def _only_wrapper(root: Element, _: str) -> None:
    _contradict(root, "")
    for histories in root.iter("CriminalHistories"):
        remove(histories, ["CriminalHistory"])


def _other_none(root: Element, _: str) -> None:
    for histories in root.iter("CriminalHistories"):
        if [child.findtext("CriminalSearchStatus") for child in histories] == ["Clear"]:
            histories.clear()
    for profile in root.iter("CriminalProfile"):
        found = profile.find("CriminalHistories")
        if profile.findtext("CriminalStatus") == "Clear" and found is not None and not len(found):
            SubElement(SubElement(found, "CriminalHistory"), "CriminalSearchStatus").text = "Clear"


def _reverse(root: Element, _: str) -> None:
    for element in list(root.iter()):
        if element.tag in (*RECORDS, "CriminalHistory", "Offense"):
            element[:] = list(element)[::-1]


def _move_status(root: Element, _: str) -> None:
    vehicles = list(root.iter("Vehicle"))
    outer = root.find("VehicleSearchStatus")
    if outer is not None:
        root.remove(outer)
        for vehicle in vehicles:
            vehicle.insert(0, deepcopy(outer))
        return
    for vehicle in vehicles:
        remove(vehicle, ["VehicleSearchStatus"])
    status = Element("VehicleSearchStatus")
    status.text = "Found" if vehicles else "Not Found"
    root.insert(1, status)


def _another_vehicle(root: Element, _: str) -> None:
    for vehicles in root.iter("Vehicles"):
        vehicles[:] = list(vehicles)[:1]
        for vin in vehicles.iter("Vin"):
            vin.text = "1ZZTESTC9GX000303"
        for tag in vehicles.iter("Tag1"):
            tag.text = "TST0303"


def _empty_forms(answer: Answer, _: str) -> Answer:
    forms = itertools.cycle((r"<{0}/>", r"<{0}></{0}>", "<{0}>\n   </{0}>", r"<{0} />"))
    text = _EMPTY.sub(lambda found: next(forms).format(found[1]), answer.body.decode())
    return replace(answer, body=text.encode())


def _empty_entries(root: Element, _: str) -> None:
    for wrapper, item, name in (("AliasNames", "AliasName", "Name"), ("AliasDobs", "AliasDob", "Dob")):
        for element in root.iter(wrapper):
            SubElement(SubElement(element, item), name)


def _second_inside_first(root: Element, _: str) -> None:
    for histories in root.iter("CriminalHistories"):
        records = histories.findall("CriminalHistory")
        offenses = records[0].find("Offenses") if len(records) > 1 else None
        if offenses is None:
            continue
        stray = SubElement(offenses, "Offense")
        SubElement(stray, "CourtOffense").text = records[1].findtext("Name")
        SubElement(stray, "SentenceDate").text = records[1].findtext("BirthDate")
        offenses.extend(records[1].findall("Offenses/Offense"))
        histories.remove(records[1])


def _no_id(root: Element, _: str) -> None:
    for record in root.iter("DriversLicense"):
        if not record.findtext("Id"):
            remove(record, ["Id"])


QUIRKS = {
    fault.name.removeprefix("quirk="): fault
    for fault in (
        Fault("quirk=B1", "the odometer's start tag misspelled, its end tag not: not well-formed", rewrite=_odometer),
        Fault(
            "quirk=B2",
            "the root's start tag without >: not well-formed",
            rewrite=lambda answer, _: _edit(answer, "Response>", "Response"),
        ),
        Fault(
            "quirk=B3",
            "the first Offenses never closed: not well-formed",
            rewrite=lambda answer, _: _edit(answer, "</Offenses>", ""),
        ),
        Fault("quirk=B4", "two profiles run into one: Clear, with the other's records", change=_run_together),
        Fault("quirk=B5", "source and total outside the records, contradicting those inside", change=_contradict),
        Fault("quirk=B6", "CriminalHistories with only source and total", change=_only_wrapper),
        Fault("quirk=B7", "none as an empty list in drivers, as a record with Clear in criminal", change=_other_none),
        Fault("quirk=B8", "elements of the records in reverse order", change=_reverse),
        Fault("quirk=B9", "VehicleSearchStatus at the other place", change=_move_status),
        Fault("quirk=B10", "a vehicle that was not asked for, and none that was", change=_another_vehicle),
        Fault("quirk=B12", "empty elements in all their forms", rewrite=_empty_forms),
        Fault("quirk=B13", "list entries without content", change=_empty_entries),
        Fault(
            "quirk=B15",
            "JSON without root, lists not nested (also json-shape)",
            behave=lambda behaviour, _: replace(behaviour, json_shape="B"),
        ),
        Fault("quirk=B16", "a second person's record inside the first one's offenses", change=_second_inside_first),
        Fault("quirk=B17", "no Id at all for people who were not submitted", change=_no_id),
    )
}
