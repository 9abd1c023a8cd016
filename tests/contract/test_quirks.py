"""One sample and one assertion for each quirk of the vendor; docs/quirks.md is the table of quirks."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from integration_hub.errors import VendorRejected, VendorResponseInvalid
from tests.support.dcs.operations import OPERATIONS, SAMPLES, read

ROOT = Path(__file__).parent.parent.parent
NUMBERS = [f"{part}{n}" for part, last in (("A", 24), ("B", 17), ("C", 25), ("D", 14)) for n in range(1, last + 1)]


def result_of(sample: str) -> Any:
    """Read a sample as the response to the request of its operation."""
    operation, document = OPERATIONS[sample.partition("/")[0]]
    return read(operation, (SAMPLES / sample).read_bytes(), operation.request.model_validate(document))


def first(result: Any) -> Any:
    """Return the first licence, or the first vehicle."""
    return result.licenses[0] if hasattr(result, "licenses") else result.vehicles[0]


def match(result: Any) -> Any:
    """Return the first possible criminal match."""
    return (result.licenses if hasattr(result, "licenses") else result.persons)[0].criminal.matches[0]


def offense(result: Any) -> Any:
    """Return the first offense of the first match."""
    return match(result).offenses[0]


def status(result: Any) -> list[str]:
    """Return the criminal status of each licence or person."""
    return [one.criminal.status for one in (result.licenses if hasattr(result, "licenses") else result.persons)]


type Check = Callable[[Any], object]

READ: list[tuple[str, str, Check, object]] = [
    # quirk number that is counted, sample, value read, expected value
    ("A1", "household_drivers/A1.xml", lambda r: first(r).id_card, True),
    ("A2", "household_drivers/A2.xml", lambda r: match(r).offenses_reported, 1),
    ("A3", "household_drivers/A3.xml", lambda r: first(r).associated_licenses[0].license_number, "09990011"),
    ("A4", "household_drivers/A4.xml", lambda r: first(r).prior_addresses[0].line, "16 INVENTED MILL RD"),
    ("A5", "household_drivers/A5.xml", lambda r: match(r).birth_date, date(1984, 4, 17)),
    ("A6", "criminal/A6.xml", lambda r: offense(r).statute, "31.03(E)(2)"),
    ("A7", "criminal/A7.xml", lambda r: offense(r).suspended_time, "2 YEARS"),
    ("A8", "household_vehicles/A8.xml", lambda r: first(r).vehicle.vin, "1ZZTESTA9KX000101"),
    ("A9", "household_vehicles/A9.xml", lambda r: first(r).vehicle.empty_weight, 3100),
    ("A10", "household_vehicles/A10.xml", lambda r: first(r).vehicle.odometer_brand_description, "Actual Mileage"),
    ("A11", "household_vehicles/A11.xml", lambda r: first(r).title.process, "Clear Title"),
    ("A12", "household_vehicles/A12.xml", lambda r: first(r).title.obsolete, True),
    ("A13", "household_vehicles/A13.xml", lambda r: first(r).title.owner_evidence, "Texas Title"),
    ("A14", "household_vehicles/A14.xml", lambda r: first(r).title.prior_certified_copy, True),
    ("A15", "household_vehicles/A15.xml", lambda r: first(r).title.junk_description, "Junk record on file"),
    ("A16", "household_vehicles/A16.xml", lambda r: first(r).registration.county, "Sample County"),
    ("A17", "household_vehicles/A17.xml", lambda r: first(r).lienholder.more_liens, True),
    (
        "A18",
        "household_vehicles/A18.xml",
        lambda r: (
            first(r).title.owner_address.street,
            first(r).title.owner_address.city,
            first(r).title.owner_address.zip_plus4,
            first(r).registration.renewal_address.street,
            first(r).lienholder.address.street,
            first(r).lienholder.address.zip_code,
        ),
        ("2718 FICTIONAL OAKS DR", "SAMPLEVILLE", "0314", "PO BOX 77", "PO BOX 4242", "75999"),
    ),
    (
        "A19",
        "household_vehicles/A19.xml",
        lambda r: (first(r).title.owner_address.zip_code, first(r).title.owner_address.zip_plus4),
        ("75999", "0314"),
    ),
    ("A20", "criminal/A20.xml", lambda r: offense(r).degree, "MISDEMEANOR - CLASS B"),
    ("A22", "household_drivers/A22.xml", lambda r: offense(r).offense_date, date(2005, 11, 20)),
    ("", "household_drivers/A23.xml", lambda r: (status(r), offense(r).final_pleading), (["RECORDS"], None)),
    (
        "",
        "household_vehicles/A24.xml",
        lambda r: (
            first(r).title.exported,
            first(r).title.obsolete,
            first(r).vehicle.flood_damage_description,
            first(r).registration.inspection_waived_description,
        ),
        (True, True, "Total loss by flood", "Waived"),
    ),
    ("B1", "household_vehicles/B1.xml", lambda r: first(r).vehicle.odometer_brand_description, "Actual Mileage"),
    ("B2", "criminal/B2.xml", lambda r: status(r)[0], "RECORDS"),
    (
        "",
        "criminal/B4.xml",
        lambda r: (status(r), r.unanswered_ids, len(r.unattributed), r.persons[1].criminal.matches),
        (["NO_ANSWER", "REVIEW"], ("P-1",), 1, ()),
    ),
    ("B5", "household_drivers/B5.xml", lambda r: (match(r).match, match(r).offenses_reported), ("PRIMARY", 1)),
    ("B5", "household_drivers/B6.xml", status, ["NOT_SEARCHED"]),
    ("", "household_drivers/B7.xml", lambda r: (status(r), first(r).criminal.matches), (["CLEAR"], ())),
    (
        "",
        "household_drivers/B8.xml",
        lambda r: (first(r).id, first(r).license_number, first(r).license_state),
        ("D-1", "09990001", "TX"),
    ),
    ("B9", "household_vehicles/B9.xml", lambda r: (r.search_status, first(r).search_status), (None, "FOUND")),
    ("", "vehicle_vin/B9.xml", lambda r: (r.search_status, r.vins_not_found), ("NOT_FOUND", ())),
    (
        "B10",
        "vehicle_vin/B10.xml",
        lambda r: (first(r).requested, r.vins_not_found),
        (False, ("1ZZTESTA9KX000101",)),
    ),
    (
        "",
        "household_drivers/B12.xml",
        lambda r: (first(r).city, first(r).state, first(r).zip_code, first(r).associated_licenses),
        (None, None, None, ()),
    ),
    ("B13", "criminal/B13.xml", lambda r: [a.name for a in match(r).alias_names], ["SAMPLETON,ROSALIND"]),
    (
        "",
        "household_vehicles/B14.xml",
        lambda r: (first(r).update_date, first(r).transaction),
        (date(2024, 6, 14), "Registration Renewal"),
    ),
    (
        "B15",
        "criminal/B15.json",
        lambda r: (status(r), offense(r).offense_code, match(r).weight),
        (["RECORDS", "CLEAR"], "23990001", 140),
    ),
    ("", "household_drivers/B16.xml", lambda r: (status(r), len(r.unattributed)), (["REVIEW"], 1)),
    (
        "",
        "household_drivers/B17.xml",
        lambda r: (r.licenses, len(r.household), r.unanswered_ids),
        ((), 2, ("D-1", "D-2", "D-3")),
    ),
    (
        "C1",
        "household_drivers/C1.xml",
        lambda r: (first(r).issue_date, first(r).last_transaction_date),
        (date(2019, 5, 4), date(2023, 8, 22)),
    ),
    (
        "C2",
        "household_vehicles/C2.xml",
        lambda r: (first(r).vehicle.sold_date, first(r).vehicle.raw["sold_date"]),
        (None, "00000000"),
    ),
    (
        "C3",
        "household_drivers/C3.xml",
        lambda r: (first(r).birth_date, first(r).birth_date_plausible),
        (date(1901, 1, 1), False),
    ),
    (
        "",
        "household_drivers/C4.xml",
        lambda r: [(one.last_name, one.given_names, one.name_agrees) for one in r.licenses],
        [("TESTERMAN", "ROSALIND QUILL", True), (None, None, None)],
    ),
    ("", "household_drivers/C5.xml", lambda r: (first(r).name_agrees, first(r).state), (True, "Tx")),
    ("C6", "criminal/C6.xml", lambda r: match(r).height_inches, 66),
    ("C7", "criminal/C7.xml", lambda r: match(r).race, "WHITE"),
    ("", "household_drivers/C8.xml", lambda r: offense(r).description, "THEFT PROP>=$100<$750 &lt;"),
    ("C9", "household_vehicles/C9.xml", lambda r: first(r).title.owner_name_1, "ROSALIND TESTERMAN"),
    (
        "C10",
        "criminal/C10.xml",
        lambda r: (offense(r).probation, offense(r).raw["probation"]),
        ("6 MONTHS", "6 MONTHS "),
    ),
    (
        "C11",
        "household_vehicles/C11.xml",
        lambda r: (first(r).vehicle.sales_price, first(r).vehicle.gross_weight, first(r).vehicle.length),
        (None, 3100, None),
    ),
    (
        "C12",
        "household_vehicles/C12.xml",
        lambda r: (
            first(r).title.lemon_law,
            first(r).title.junk,
            first(r).title.obsolete,
            first(r).title.exported,
            first(r).title.raw["exported"],
        ),
        (True, False, None, None, "maybe"),
    ),
    (
        "C13",
        "household_vehicles/C13.xml",
        lambda r: (first(r).vehicle.vin, first(r).vehicle.raw["vin"], first(r).requested),
        ("1ZZTESTA9KX000101", "1 1ZZTESTA9KX000101", True),
    ),
    ("", "household_vehicles/C14.xml", lambda r: first(r).vehicle.vin, "1ZZTESTA0KX000101"),
    (
        "",
        "household_vehicles/C15.xml",
        lambda r: (first(r).title.process_code, first(r).title.process),
        (None, "Clear Title"),
    ),
    (
        "",
        "household_vehicles/C16.xml",
        lambda r: (first(r).title.owner_name_1, first(r).title.owner_name_2),
        ("ROSALIND TESTERMAN OF THE LONG N", "AME FAMILY TRUST"),
    ),
    ("", "household_vehicles/C17.xml", lambda r: first(r).title.previous_owner_name, "PRETEND MOTORS OF SAMPLE"),
    (
        "C18",
        "household_drivers/C18.xml",
        lambda r: [(one.zip_code, one.line) for one in first(r).prior_addresses],
        [("75997", "805 PRETEND PKWY #22 75997"), (None, "PO BOX 4242")],
    ),
    ("", "household_drivers/C19.xml", lambda r: len(first(r).associated_licenses), 2),
    ("", "household_vehicles/C20.xml", lambda r: first(r).vehicle.odometer_reading, "EXEMPT"),
    (
        "C21",
        "criminal/C21.xml",
        lambda r: (offense(r).final_pleading, offense(r).character, offense(r).raw["character"]),
        (None, None, "UNKNOWN"),
    ),
    ("", "household_vehicles/C22.xml", lambda r: first(r).title.owner_address.country, "MEXI"),
    ("", "household_vehicles/C23.xml", lambda r: first(r).registration.county_number, "057"),
    (
        "C24",
        "household_drivers/C24.xml",
        lambda r: (r.drivers_found, len(r.licenses), match(r).offenses_reported, len(match(r).offenses)),
        (5, 1, 7, 1),
    ),
    ("C25", "criminal/C25.xml", lambda r: (offense(r).conviction_date, status(r)[0]), (None, "RECORDS")),
    ("D1", "household_vehicles/D1.xml", lambda r: r.address_status, "HOUSE_NOT_FOUND"),
    ("", "household_drivers/D2.xml", lambda r: r.truncated, True),
    (
        "",
        "household_drivers/D7.xml",
        lambda r: (first(r).id, status(r), r.criminal_records_dropped, r.unattributed),
        ("D-3", ["NOT_SEARCHED"], 1, ()),
    ),
    (
        "",
        "household_drivers/D8.xml",
        lambda r: first(r).associated_licenses[0].last_transaction_date,
        date(2009, 1, 15),
    ),
    (
        "",
        "household_vehicles/D9.xml",
        lambda r: (first(r).title.owner_id_delivered, "987654321" in r.model_dump_json()),
        (True, False),
    ),
    ("", "household_vehicles/D10.xml", lambda r: first(r).lienholder.more_liens, False),
    (
        "",
        "household_drivers/D11.xml",
        lambda r: (r.address_status, len(r.licenses)),
        ("APARTMENT_NOT_SUPPLIED", 1),
    ),
]


@pytest.mark.parametrize(("counted", "sample", "check", "expected"), READ, ids=[case[1] for case in READ])
def test_quirk_is_read(counted: str, sample: str, check: Check, expected: object) -> None:
    """The sample gives the intended value, and the tolerance is counted where reading needs one."""
    result = result_of(sample)
    assert check(result) == expected
    if counted:
        assert result.tolerances.get(counted), result.tolerances
    assert result.unknown_elements == {}


@pytest.mark.parametrize(
    ("sample", "error"),
    [("criminal/B3.xml", VendorResponseInvalid), ("household_drivers/D3.xml", VendorRejected)],
)
def test_quirk_is_refused(sample: str, error: type[Exception]) -> None:
    """Markup that could attach offenses to the wrong person is not repaired (B3); 403 is a refused request (D3)."""
    with pytest.raises(error):
        result_of(sample)


def rows() -> list[list[str]]:
    """Return the cells of the table in docs/quirks.md."""
    text = (ROOT / "docs" / "quirks.md").read_text(encoding="utf-8")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:3] in _STARTS]


_STARTS = {"| A", "| B", "| C", "| D"}


def test_table_of_quirks_is_complete() -> None:
    """docs/quirks.md has one row for each quirk, in order."""
    assert [row[0] for row in rows()] == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_table_of_quirks_names_its_proof(number: str) -> None:
    """Each row names an existing sample with an assertion above, or an existing test."""
    proof = next(row[3] for row in rows() if row[0] == number)
    asserted = {sample for _, sample, _, _ in READ} | {"criminal/B3.xml", "household_drivers/D3.xml"}
    named = re.findall(r"`([^`]+)`", proof)
    assert named or proof == "nothing to read"
    for name in named:
        if "::" in name:
            file, _, test = name.partition("::")
            assert f"def {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), name
        else:
            assert name in asserted
            assert (SAMPLES / name).is_file()


def test_every_sample_of_a_quirk_is_asserted() -> None:
    """Every sample has an assertion."""
    asserted = {sample for _, sample, _, _ in READ} | {"criminal/B3.xml", "household_drivers/D3.xml"}
    present = {f"{path.parent.name}/{path.name}" for path in SAMPLES.glob("*/[ABCD][0-9]*")}
    assert present == asserted
