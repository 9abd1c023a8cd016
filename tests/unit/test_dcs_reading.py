"""How responses are read: elements by name, tolerances, attribution of criminal records, statuses, Retry-After."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dcs import normal_forms, statuses
from dcs.criminal import CRIMINAL_SEARCH, CriminalRequest
from dcs.drivers import HOUSEHOLD_DRIVERS, HouseholdDriversRequest
from dcs.names import same_name
from integration_hub.errors import IntegrationError, VendorResponseInvalid, VendorUnavailable
from integration_hub.privacy import masked
from integration_hub.vendor.message import VendorResponse
from tests.support.dcs import requests
from tests.support.dcs.operations import SAMPLES, read

DRIVERS = HouseholdDriversRequest.model_validate(requests.HOUSEHOLD_DRIVERS)
PERSONS = CriminalRequest.model_validate(requests.CRIMINAL)
WHOLE = (SAMPLES / "household_drivers" / "whole.xml").read_text(encoding="utf-8")
FOUND = "<Id>D-1</Id><FullName>TESTERMAN, ROSALIND</FullName><BirthDate>04/17/1984</BirthDate>"
RECORD = (
    "<CriminalHistory><StateId>1</StateId><CriminalSearchStatus>Offenses Found</CriminalSearchStatus>"
    "<Offenses><Offense><OffenseCode>2</OffenseCode></Offense></Offenses></CriminalHistory>"
)
CLEAR = "<CriminalHistory><CriminalSearchStatus>Clear</CriminalSearchStatus></CriminalHistory>"
UNIDENTIFIED = RECORD.replace("OffenseCode", "CourtOffense")


def drivers(inner: str) -> Any:
    """Read a drivers response with this content in its only licence."""
    license_ = f"<DriversLicenses><DriversLicense>{inner}</DriversLicense></DriversLicenses>"
    return result_of(f"<HouseholdDriversResponse>{license_}</HouseholdDriversResponse>")


def result_of(document: str | bytes) -> Any:
    """Read a drivers response."""
    return read(HOUSEHOLD_DRIVERS, document.encode() if isinstance(document, str) else document, DRIVERS)


@pytest.mark.parametrize(
    "form",
    [
        WHOLE.encode("utf-8-sig"),
        WHOLE.encode("utf-16"),
        b"\r\n <?xml version='1.0' encoding='iso-8859-1'?>" + WHOLE.encode(),
        b"<?xml version='1.0'?><!-- x --><?pi x?>" + WHOLE.encode() + b"<!-- y -->",
        WHOLE.replace(">D-1<", "><![CDATA[D-1]]><").encode(),
    ],
    ids=["byte order mark", "UTF-16", "declaration", "comments", "CDATA"],
)
def test_encoding_and_markup_do_not_change_the_result(form: bytes) -> None:
    """Byte order mark, declaration, encoding, comments and CDATA do not affect the result."""
    assert result_of(form) == result_of(WHOLE)


def test_namespaces_and_case_are_tolerated_and_counted() -> None:
    """A response with a namespace and in another case has the same records."""
    upper = WHOLE.replace("<HouseholdDriversResponse>", "<HouseholdDriversResponse xmlns='urn:dcs'>")
    upper = upper.replace("FullName", "FULLNAME")
    result = result_of(upper)
    assert result.licenses == result_of(WHOLE).licenses
    assert result.tolerances["case"] == 4
    assert result.tolerances["namespace"] > 100


def test_unknown_elements_are_counted_by_name() -> None:
    """Unknown elements are ignored and counted; a name that could be data is not repeated."""
    result = drivers(f"{FOUND}<Email>x</Email><Email>y</Email><A09990001-x>z</A09990001-x>")
    assert result.unknown_elements == {"Email": 2, "(other)": 1}


def test_unreadable_value_affects_no_other() -> None:
    """An unreadable value is None, its raw text is kept, and it is counted."""
    license_ = drivers(f"{FOUND}<IssueDate>soon</IssueDate><IdCard>perhaps</IdCard><City><b>X</b></City>")
    assert license_.unreadable_values == {"IssueDate": 1, "IdCard": 1, "City": 1}
    (one,) = license_.licenses
    assert (one.issue_date, one.id_card, one.city) == (None, None, None)
    assert one.raw["issue_date"] == "soon"
    assert one.birth_date_agrees is True


def test_unreadable_record_affects_no_other() -> None:
    """A record without elements is set aside and counted; an empty one is dropped."""
    wrapper = f"<DriversLicense>?</DriversLicense><DriversLicense>{FOUND}</DriversLicense><DriversLicense />"
    result = result_of(
        f"<HouseholdDriversResponse><DriversLicenses>{wrapper}</DriversLicenses></HouseholdDriversResponse>"
    )
    assert [one.id for one in result.licenses] == ["D-1"]
    assert (result.records_set_aside, result.tolerances["B13"]) == (1, 1)


def test_two_different_values_are_not_used() -> None:
    """A licence with two different ids belongs to no driver, also when a third id repeats the first."""
    result = drivers(f"{FOUND}<Id>D-2</Id><Id>D-1</Id>")
    assert result.licenses == ()
    assert result.household[0].id is None
    assert "D-1" in result.unanswered_ids
    assert drivers(f"{FOUND}<Id>D-1</Id>").licenses[0].id == "D-1"


@pytest.mark.parametrize(
    ("inner", "status", "matches", "unattributed"),
    [
        ("", "NOT_SEARCHED", 0, 0),
        ("<CriminalHistories />", "NOT_SEARCHED", 0, 0),
        (f"<CriminalHistories>{CLEAR}</CriminalHistories>", "CLEAR", 0, 0),
        (f"<CriminalHistories>{RECORD}</CriminalHistories>", "RECORDS", 1, 0),
        (f"<CriminalHistories>{RECORD}{RECORD}</CriminalHistories>", "RECORDS", 2, 0),
        (f"<CriminalHistories>{CLEAR}{RECORD}</CriminalHistories>", "REVIEW", 0, 1),
        (f"<CriminalHistories>{CLEAR}</CriminalHistories>" * 2, "REVIEW", 0, 0),
        (f"<CriminalHistories>{RECORD}</CriminalHistories>" * 2, "REVIEW", 0, 2),
        (f"<CriminalHistories>{RECORD.replace('Offenses Found', 'Clear')}</CriminalHistories>", "REVIEW", 0, 1),
        (f"<CriminalHistories>{RECORD.replace('Offenses Found', 'Sealed')}</CriminalHistories>", "REVIEW", 0, 1),
        (f"<CriminalHistories>{RECORD.replace('Offenses Found', '')}</CriminalHistories>", "REVIEW", 0, 1),
        (f"<CriminalHistories>{UNIDENTIFIED}</CriminalHistories>", "REVIEW", 0, 1),
    ],
)
def test_criminal_status_of_a_driver(inner: str, status: str, matches: int, unattributed: int) -> None:
    """CLEAR needs an explicit "clear" and nothing else; contradictory records are REVIEW and not attributed."""
    result = drivers(FOUND + inner)
    found = result.licenses[0].criminal
    assert (found.status, len(found.matches), len(result.unattributed)) == (status, matches, unattributed)


@pytest.mark.parametrize("other", [FOUND.replace("ROSALIND", "ROSANNE"), FOUND.replace("1984", "1985")])
def test_license_of_another_person_carries_no_criminal_record(other: str) -> None:
    """A wrong licence number returns another person's licence: its criminal records are not the driver's."""
    result = drivers(f"{other}<CriminalHistories>{RECORD}</CriminalHistories>")
    assert False in (result.licenses[0].name_agrees, result.licenses[0].birth_date_agrees)
    assert (result.licenses[0].criminal.status, len(result.unattributed)) == ("REVIEW", 1)


def test_masked_result_does_not_reveal_a_criminal_record() -> None:
    """In a log, drivers with and without a criminal record are equal."""
    shown = [
        masked(drivers(f"{FOUND}<CriminalHistories>{inner}</CriminalHistories>"))
        for inner in (RECORD, RECORD + RECORD, CLEAR, CLEAR + RECORD, "")
    ]
    assert all(one == shown[0] for one in shown)
    assert shown[0]["licenses"][0]["criminal"] == "[removed]"


def test_masked_result_counts_the_household() -> None:
    """For people who are not in the request, a log contains their number only."""
    assert masked(result_of(WHOLE))["household"] == {"count": 1}


def profile(key: str, status: str, inner: str = "", name: str = "ROSALIND") -> str:
    """Write a profile."""
    histories = f"<CriminalHistories>{inner}</CriminalHistories>"
    return (
        f"<CriminalProfile><Id>{key}</Id><FirstName>{name}</FirstName>"
        f"<CriminalStatus>{status}</CriminalStatus>{histories}</CriminalProfile>"
    )


def criminal(profiles: str, end: str = "<ResponseStatusCode>200</ResponseStatusCode>") -> Any:
    """Read a criminal response with these profiles."""
    body = f"<CriminalResponse><CriminalProfiles>{profiles}</CriminalProfiles>{end}</CriminalResponse>"
    return read(CRIMINAL_SEARCH, body.encode(), PERSONS)


@pytest.mark.parametrize(
    ("profiles", "status", "unattributed"),
    [
        ("", "NO_ANSWER", 0),
        (profile("P-1", "Clear"), "CLEAR", 0),
        (profile("P-1", "Clear", CLEAR), "CLEAR", 0),
        (profile("P-1", ""), "NOT_SEARCHED", 0),
        (profile("P-1", "Criminal Records Found", RECORD), "RECORDS", 0),
        (profile("P-1", "Criminal Records Found"), "REVIEW", 0),
        (profile("P-1", "Clear", RECORD), "REVIEW", 1),
        (profile("P-1", "", RECORD), "REVIEW", 1),
        (profile("P-1", "Pending"), "REVIEW", 0),
        (profile("P-1", "Clear", name="ROSANNE"), "REVIEW", 0),
        (profile("P-1", "Clear") * 2, "REVIEW", 0),
        (profile("P-1", "Clear") + profile("P-1", "Criminal Records Found", RECORD), "REVIEW", 1),
        (profile("P-9", "Criminal Records Found", RECORD), "NO_ANSWER", 1),
    ],
)
def test_criminal_status_of_a_person(profiles: str, status: str, unattributed: int) -> None:
    """A person is CLEAR only when exactly one profile with that id states it and has no record."""
    result = criminal(profiles)
    assert (result.persons[0].criminal.status, len(result.unattributed)) == (status, unattributed)
    assert result.persons[1].criminal.status == "NO_ANSWER"
    assert ("P-1" in result.unanswered_ids) == (status == "NO_ANSWER")


NAMED = RECORD.replace("<StateId>", "<Name>MOCKFORD,ROSANNE</Name><SearchSource>P</SearchSource><StateId>")
SECOND = "<CriminalHistory><StateId>2</StateId><Name>MOCKFORD,ROSANNE</Name></CriminalHistory>"


@pytest.mark.parametrize(
    "inner",
    [
        CLEAR.replace("</CriminalHistory>", "<TotalOffenses>2</TotalOffenses></CriminalHistory>"),
        CLEAR.replace("</CriminalHistory>", "<Gender>F</Gender></CriminalHistory>"),
        CLEAR.replace(
            "</CriminalSearchStatus>", "</CriminalSearchStatus><Offenses><Offense>THEFT</Offense></Offenses>"
        ),
        "<TotalOffenses>2</TotalOffenses>",
        "<TotalOffenses>2</TotalOffenses>" + CLEAR,
        "<CriminalHistory>garbled</CriminalHistory>",
        CLEAR + "<CriminalHistory>garbled</CriminalHistory>",
        "<CriminalHistory><Foo>x</Foo></CriminalHistory>",
        "<CriminalHistroy><StateId>1</StateId></CriminalHistroy>",
        "3 records",
    ],
)
def test_contradicted_or_unreadable_clear_is_reviewed(inner: str) -> None:
    """For a profile and for a driver whose record states "clear"."""
    assert criminal(profile("P-1", "Clear", inner)).persons[0].criminal.status == "REVIEW"
    found = drivers(f"{FOUND}<CriminalHistories>{inner}</CriminalHistories>").licenses[0].criminal
    assert found.status == "REVIEW"
    assert found.matches == ()


@pytest.mark.parametrize(
    "record",
    [
        RECORD.replace("</Offense></", f"</Offense>{SECOND}</"),
        RECORD.replace("</Offenses>", f"</Offenses>{SECOND}"),
        RECORD.replace("</Offenses>", "<Offense><StateId>2</StateId><Name>OTHER, GUY</Name></Offense></Offenses>"),
        RECORD.replace(">2<", ">UNKNOWN<"),
        NAMED,
        f"{RECORD}</CriminalHistories><CriminalHistories>{RECORD}",
    ],
    ids=["in the offenses", "in the record", "as an offense", "no code", "of another name", "two lists"],
)
def test_merged_records_are_not_attributed(record: str) -> None:
    """B4 and B16: merged records are not attributed to a person, but kept in the result."""
    result = criminal(profile("P-1", "Criminal Records Found", record))
    assert result.persons[0].criminal.status == "REVIEW"
    assert result.persons[0].criminal.matches == ()
    assert result.unattributed
    result = drivers(f"{FOUND}<CriminalHistories>{record}</CriminalHistories>")
    assert result.licenses[0].criminal.status == "REVIEW"
    assert result.unattributed


@pytest.mark.parametrize(
    "echo",
    [
        "<BirthDate>17-APR-84</BirthDate>",
        "<FirstName>ROSANNE</FirstName>",
        "<CriminalStatus>Criminal Records Found</CriminalStatus>",
    ],
)
def test_contradictory_or_unreadable_profile_is_not_clear(echo: str) -> None:
    """Although the name fits and the status is Clear."""
    profiles = profile("P-1", "Clear").replace("<CriminalStatus>", f"{echo}<CriminalStatus>", 1)
    assert criminal(profiles).persons[0].criminal.status == "REVIEW"


@pytest.mark.parametrize(
    "end",
    [
        "",
        "<ResponseStatusCode/>",
        "<ResponseStatusCode>200</ResponseStatusCode><ResponseStatusCode>500</ResponseStatusCode>",
    ],
)
def test_status_code_is_required_except_for_drivers(end: str) -> None:
    """A criminal response needs ResponseStatusCode, and none of several may be an error."""
    with pytest.raises((VendorResponseInvalid, VendorUnavailable)):
        criminal(profile("P-1", "Clear"), end)
    with pytest.raises(VendorResponseInvalid):
        result_of("<HouseholdDriversResponse/>")


def test_ids_are_compared_without_case() -> None:
    """C5: a response in another case belongs to its person; ids that differ only in case are refused."""
    persons = CriminalRequest(persons=tuple(p.model_copy(update={"id": p.id.lower()}) for p in PERSONS.persons))
    body = f"<CriminalResponse><CriminalProfiles>{profile('P-1', 'Clear')}</CriminalProfiles>"
    body += "<ResponseStatusCode>200</ResponseStatusCode></CriminalResponse>"
    assert read(CRIMINAL_SEARCH, body.encode(), persons).persons[0].criminal.status == "CLEAR"
    upper = read(HOUSEHOLD_DRIVERS, WHOLE.replace(">D-1<", ">d-1<").encode(), DRIVERS)
    assert len(upper.licenses) == len(result_of(WHOLE).licenses)
    assert "D-1" not in upper.unanswered_ids
    with pytest.raises(ValueError, match="twice"):
        CriminalRequest(persons=(PERSONS.persons[0], PERSONS.persons[0].model_copy(update={"id": "p-1"})))


def test_record_with_unknown_id_is_kept_while_a_driver_is_unanswered() -> None:
    """It may be the record of that driver."""
    result = drivers(FOUND.replace("<Id>D-1</Id>", "") + f"<CriminalHistories>{RECORD}</CriminalHistories>")
    assert "D-1" in result.unanswered_ids
    assert (len(result.unattributed), result.criminal_records_dropped) == (1, 0)


def test_contradictory_licenses_of_one_driver_are_reviewed() -> None:
    """No criminal record is attributed to the driver."""
    clear = f"{FOUND}<CriminalHistories>{CLEAR}</CriminalHistories>"
    result = drivers(f"{clear}</DriversLicense><DriversLicense>{FOUND}<CriminalHistories>{RECORD}</CriminalHistories>")
    assert [found.criminal.status for found in result.licenses] == ["REVIEW", "REVIEW"]
    assert len(result.unattributed) == 1


@pytest.mark.parametrize("name", ["ROSALIND TESTERMAN", "BOB ROE", ""])
def test_name_without_a_comma_is_not_compared(name: str) -> None:
    """C4: the name is not split, so the licence is not known to be the driver's and needs a review."""
    license_ = FOUND.replace("TESTERMAN, ROSALIND", name) + "<DLSearchStatus>Found</DLSearchStatus>"
    result = drivers(f"{license_}<CriminalHistories>{CLEAR}</CriminalHistories>")
    assert (result.licenses[0].name_agrees, result.licenses[0].criminal.status) == (None, "REVIEW")


@pytest.mark.parametrize(
    ("last", "given", "wanted", "same"),
    [
        ("DOE", "ANNE MARIE", "Anne-Marie Doe", True),
        ("DOE", "MARYANN", "Mary-Ann Doe", True),
        ("DOE JR", "JANE Q", "Jane Doe", True),
        ("DOE", "ANNE", "Ann Doe", False),
        ("DOE", "JANE", "Jane Doering", False),
        ("DOE", "QUINN JANE", "Jane Doe", False),
    ],
)
def test_names_are_compared_without_punctuation_and_suffixes(last: str, given: str, wanted: str, same: bool) -> None:  # noqa: FBT001 - a case
    """Hyphens, blanks and suffixes are ignored; another word makes another name."""
    first, _, wanted_last = wanted.rpartition(" ")
    assert same_name(last, given, wanted_last, first) is same


@pytest.mark.parametrize(("count", "truncated"), [("1", False), ("2", True), ("100+", True)])
def test_unreadable_count_means_truncated(count: str, truncated: bool) -> None:  # noqa: FBT001 - a case
    """A result is complete only where the count proves it."""
    licenses = f"<DriversLicenses><DriversLicense>{FOUND}</DriversLicense></DriversLicenses>"
    body = f"<HouseholdDriversResponse><DriversFound>{count}</DriversFound>{licenses}</HouseholdDriversResponse>"
    assert result_of(body).truncated is truncated


def test_json_and_xml_give_one_result() -> None:
    """The JSON form of a response gives the result of its XML form."""
    results = [
        read(CRIMINAL_SEARCH, (SAMPLES / "criminal" / name).read_bytes(), PERSONS)
        for name in ("whole.xml", "whole.json")
    ]
    assert results[0] == results[1]


def test_repeated_json_keys_are_repeated_elements() -> None:
    """Two values under one key are two elements, as in XML: of two ids, neither is used."""
    body = b'{"CriminalProfiles": [{"Id": "P-1", "Id": "P-2", "CriminalStatus": "Clear"}], "ResponseStatusCode": 200}'
    result = read(CRIMINAL_SEARCH, body, PERSONS)
    assert result.unanswered_ids == ("P-1", "P-2")


def test_lone_surrogate_in_json_is_refused() -> None:
    """It could be parsed, but not encoded in a result."""
    body = rb'{"CriminalProfiles": [{"Id": "P-1", "CriminalStatus": "A\ud800"}]}'
    with pytest.raises(VendorResponseInvalid):
        read(CRIMINAL_SEARCH, body, PERSONS)


@pytest.mark.parametrize(("records", "truncated"), [(99, False), (100, True)])
def test_hundred_records_mean_truncated(records: int, truncated: bool) -> None:  # noqa: FBT001 - a case
    """The vendor returns at most 100 records and does not indicate that there are more."""
    licenses = "<DriversLicense><FullName>A, B</FullName></DriversLicense>" * records
    body = f"<HouseholdDriversResponse><DriversLicenses>{licenses}</DriversLicenses></HouseholdDriversResponse>"
    assert result_of(body).truncated is truncated


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "999999999999"}, 3600.0),
        ({"retry-after": "000000000007"}, 7.0),
        ({"retry-after": "9" * 5_000}, 3600.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 02 Jul 2025 10:00:30 GMT"}, None),
        ({"retry-after": "Wed, 02 Jul 2025 10:00:30 GMT", "date": "Wed, 02 Jul 2025 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 02 Jul 2025 09:00:00 GMT", "date": "Wed, 02 Jul 2025 10:00:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 02 Jul 2025 10:00:30", "date": "Wed, 02 Jul 2025 10:00:00 GMT"}, None),
        ({"retry-after": "Wed, 02 Jul 2025 10:00:30 +9999", "date": "Wed, 02 Jul 2025 10:00:00 GMT"}, None),
        ({"retry-after": f"Wed, 02 Jul 2025 10:00:30 +{'9' * 20}", "date": "Wed, 02 Jul 2025 10:00:00 GMT"}, None),
        ({"retry-after": "Mon, 01 Jan 0001 00:00:00 +2300", "date": "Wed, 02 Jul 2025 10:00:00 GMT"}, 0.0),
    ],
)
def test_retry_after_is_read_and_capped(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, or a date compared with the Date of the same response; a malformed value is ignored."""
    with pytest.raises(VendorUnavailable) as caught:
        HOUSEHOLD_DRIVERS.parse_response(VendorResponse(503, headers, b""))
    assert caught.value.retry_after_seconds == seconds
    assert caught.value.may_be_charged is False


@pytest.mark.parametrize(
    ("status", "may_be_charged"),
    [
        *((status, False) for status in (302, 400, 401, 403, 404, 429, 500, 502, 503)),
        (504, True),
        (204, True),
        (599, True),
    ],
)
def test_refused_request_is_not_charged(status: int, may_be_charged: bool) -> None:  # noqa: FBT001 - a case
    """After a time-out at the vendor, and after an undocumented status, the search may have run."""
    with pytest.raises(IntegrationError) as caught:
        HOUSEHOLD_DRIVERS.parse_response(VendorResponse(status, {}, b""))
    assert caught.value.may_be_charged is may_be_charged


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (normal_forms.day("02/30/2000"), (None, "unreadable")),
        (normal_forms.day("2019W101"), (None, "unreadable")),
        (normal_forms.day("٢٠١٩٠٣٠٢"), (None, "unreadable")),
        (normal_forms.height("5-12"), (None, "unreadable")),
        (normal_forms.height("500"), (60, "C6")),
        (normal_forms.amount("13700.00"), (Decimal("13700.00"), None)),
        (normal_forms.amount("0.00"), (None, "C11")),
        (normal_forms.amount("1e9"), (None, "unreadable")),
        (normal_forms.count("0"), (0, None)),
        (normal_forms.count("9" * 19), (None, "unreadable")),
        (normal_forms.vin("1 SHORT"), ("1 SHORT", None)),
        (normal_forms.race("HAWAIIAN"), ("HAWAIIAN", None)),
        (statuses.address_status(" anns "), (statuses.AddressStatus.APARTMENT_NOT_SUPPLIED, "D1")),
        (statuses.address_status("House  Number Not Found"), (statuses.AddressStatus.HOUSE_NOT_FOUND, "D1")),
        (statuses.address_status("Elsewhere"), (statuses.AddressStatus.UNKNOWN, "unreadable")),
    ],
)
def test_boundary_cases_of_values(reading: normal_forms.Reading[object], expected: object) -> None:
    """Malformed values are unreadable; unusual forms of a value are read."""
    assert reading == expected


_RECORDS = re.compile(rb"(<CriminalHistories\b[^>/]*>).*?(</CriminalHistories>)", re.DOTALL | re.IGNORECASE)


@pytest.mark.parametrize("path", sorted((SAMPLES / "household_drivers").glob("[ABC]*.xml")), ids=lambda path: path.name)
def test_log_row_is_the_same_with_and_without_a_criminal_record(path: Path) -> None:
    """Tolerances inside criminal records are in the result and the metrics, never in the log row of one call."""
    body = path.read_bytes()
    emptied = _RECORDS.sub(rb"\1\2", body)
    with_records, without = result_of(body), result_of(emptied)
    assert masked(with_records)["tolerances"] == "[removed]"
    assert masked(with_records).get("tolerances_on_record") == masked(without).get("tolerances_on_record")
    assert "tolerances_on_record" not in with_records.model_dump()


def test_log_row_contains_all_other_tolerances() -> None:
    """By quirk number, so that a change at the vendor is visible in the row of the affected call."""
    sample = (SAMPLES / "household_drivers" / "C18.xml").read_bytes()
    assert masked(result_of(sample))["tolerances_on_record"]["C18"] >= 1
    inside = (SAMPLES / "household_drivers" / "B5.xml").read_bytes()
    assert result_of(inside).tolerances["B5"] >= 1
    assert "B5" not in masked(result_of(inside)).get("tolerances_on_record", {})
