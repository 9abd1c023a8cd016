"""No statement of a call is above 16 KB, where RDS Proxy would pin its connection, whatever it has to carry."""

import secrets
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dcs.criminal_records.findings import CriminalFindings, CriminalStatus
from dcs.criminal_records.records import PossibleMatch
from dcs.drivers import DRIVER, HOUSEHOLD_DRIVERS, HouseholdDriversRequest, HouseholdDriversResult
from dcs.drivers.licenses import DriverLicense
from dcs.fields import MAX_ENTRIES
from integration_hub.admission.admission import Admission
from integration_hub.admission.request import AdmissionRequest, admission_request
from integration_hub.configuration.effective import ConfigurationRow, EffectiveConfiguration, resolve
from integration_hub.configuration_key import Level
from integration_hub.deadline import Deadline
from integration_hub.errors import VendorUnavailable
from integration_hub.integration_log.settlement import Settlement, answered, failed
from integration_hub.integration_log.store import IntegrationLog, RequestIdentity
from integration_hub.models.call import Call
from integration_hub.models.identifiers import References
from integration_hub.models.outcome import Attempt
from integration_hub.models.purpose import Purpose
from integration_hub.response_cache.encryption import MAX_ENCRYPTED_BYTES
from tests.support.dcs import requests
from tests.support.statement_texts import StatementTexts

PINNED_ABOVE_BYTES = 16_384
CHARACTERS = ["x", '"', "'\\", "😀"]
LONGEST_ID = 2_147_483_647
BEGUN = {"claim": "CLAIMED", "reason": None}


def _settings() -> EffectiveConfiguration:
    values = {
        ("CONNECTION", "environment"): "DEVELOPMENT",
        ("CONNECTION", "base_url"): "https://" + "h" * 192,
        ("CONNECTION", "household_drivers_path"): "/" + "'" * 199,
        ("CREDENTIALS", "account_number"): "9" * 100,
        ("PRICE", "household_drivers"): "9999.9999",
        ("LIMITS", "daily_limit"): "10000000",
    }
    rows = [
        ConfigurationRow(number, f"DCS_{kind}", key, value, level)
        for level in Level
        for number, ((kind, key), value) in enumerate(values.items())
    ]
    return resolve("DCS", LONGEST_ID, LONGEST_ID, LONGEST_ID, rows)


def _call(drivers: list[dict[str, Any]] | None = None) -> Call:
    search = {**requests.HOUSEHOLD_DRIVERS, **({} if drivers is None else {"drivers": drivers})}
    return Call(
        call_id="c" * 36,
        correlation_id="c" * 100,
        integration=DRIVER,
        operation=HOUSEHOLD_DRIVERS,
        program_id=LONGEST_ID,
        purpose=Purpose.UNDERWRITING,
        references=References(**dict.fromkeys(References.model_fields, LONGEST_ID)),
        search=HouseholdDriversRequest.model_validate(search),
        deadline=Deadline(0.0),
        idempotency_key="k",
        trace_id="'" * 200,
    )


def _drivers(count: int, character: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"D{number}".ljust(50, ":"),
            "first_name": " ".join(character[0] * 30),
            "last_name": " ".join(character[-1] * 30),
            "birth_date": "1984-04-17",
            "license_state": "TX",
            "license_number": "*" * 25,
            "household": True,
            "criminal_history": True,
        }
        for number in range(count)
    ]


def _attempts() -> list[Attempt]:
    return [
        Attempt(number, 30_000, 503, "VENDOR_RESPONSE_INVALID", Decimal("9999.9999"), "CREDENTIAL_UNAVAILABLE")
        for number in range(1, 12)
    ]


def _result(licenses: int, text: str) -> HouseholdDriversResult:
    """Return a result with criminal records; `text` is what the vendor wrote wherever the log may hold it."""
    match = PossibleMatch(name="SAMPLE, RITA", birth_date=date(1980, 1, 1))
    license_ = DriverLicense(
        id=text,
        full_name=text,
        license_state=text,
        state=text,
        criminal=CriminalFindings(status=CriminalStatus.RECORDS, matches=(match,) * 20),
        raw={"city": text},
    )
    return HouseholdDriversResult(
        address_status=None,
        drivers_found=licenses,
        truncated=True,
        licenses=(license_,) * licenses,
        household=(license_,) * 10,
        unanswered_ids=(text,) * MAX_ENTRIES,
        unattributed=(match,),
    )


def _settled(settlement: Settlement, encrypted: bytes | None = None) -> list[bytes]:
    database = StatementTexts()
    IntegrationLog(database, report=lambda _event: None).settle(
        _call(), settlement, cached_response=encrypted, keep_seconds=30 * 24 * 3600
    )
    return database.texts


def _begun(call: Call) -> bytes:
    database, settings = StatementTexts(BEGUN), _settings()
    request: AdmissionRequest = admission_request(call, settings, "v" * 64)
    question = Admission(database, report=lambda _event: None).question(request)
    identity = RequestIdentity(b"'" * 32, b"'" * 32, 30 * 24 * 3600, 30 * 24 * 3600)
    IntegrationLog(database, report=lambda _event: None).begin(call, settings, identity, question.arguments)
    (text,) = database.texts
    return text


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_call_begins_in_a_small_statement(character: str) -> None:
    """With any number of drivers, so also with those that just fit, and with quotes that double when they are sent."""
    sizes = [len(_begun(_call(_drivers(count, character)))) for count in (1, 6, 8, 10, 12, 15, 20, MAX_ENTRIES)]
    assert max(sizes) < PINNED_ABOVE_BYTES


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("licenses", [1, 100])
def test_an_answer_is_settled_in_a_small_statement(licenses: int, character: str) -> None:
    """With texts of any length, so also with those that just fit, beside the end of its encrypted response."""
    encrypted = secrets.token_bytes(10_000)
    sizes = [
        len(text)
        for length in (0, 1, 20, 80, 200, 400, 1_200, 5_000)
        for text in _settled(answered(_result(licenses, character * length), _attempts(), "v" * 64), encrypted)
    ]
    assert max(sizes) < PINNED_ABOVE_BYTES


def test_an_answer_that_is_all_quotes_is_settled_in_a_small_statement() -> None:
    """The worst that can be: each quote is escaped in JSON, and quote and escape are escaped again."""
    answer = answered(_result(0, ""), _attempts(), "v" * 64)
    quotes = [replace(answer, response_data={"a": '"' * count}) for count in (2_490, 2_496, 2_497, 5_000)]
    texts = [text for settlement in quotes for text in _settled(settlement, secrets.token_bytes(10_000))]
    assert max(map(len, texts)) < PINNED_ABOVE_BYTES
    assert max(map(len, texts)) > PINNED_ABOVE_BYTES - 2_000, "the quotes did not get into the statement"


@pytest.mark.parametrize("character", CHARACTERS)
def test_an_error_is_settled_in_a_small_statement(character: str) -> None:
    """Its message is cut."""
    (text,) = _settled(failed(VendorUnavailable(character * 5_000, may_be_charged=True), _attempts(), "v" * 64))
    assert len(text) < PINNED_ABOVE_BYTES


def test_the_largest_encrypted_response_is_stored_in_small_statements() -> None:
    """As large as one may be."""
    encrypted = secrets.token_bytes(MAX_ENCRYPTED_BYTES)
    texts = _settled(answered(_result(100, '"'), _attempts(), "v" * 64), encrypted)
    assert len(texts) > MAX_ENCRYPTED_BYTES // PINNED_ABOVE_BYTES
    assert max(map(len, texts)) < PINNED_ABOVE_BYTES
