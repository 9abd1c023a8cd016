"""The response cache: which questions are the same, for how long, and what encryption protects."""

import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dcs.criminal import CRIMINAL, CRIMINAL_SEARCH
from dcs.drivers import DRIVER, HOUSEHOLD_DRIVERS
from dcs.vehicles import VEHICLE, VEHICLE_VIN
from integration_hub.configuration.effective import ConfigurationRow, EffectiveConfiguration, resolve
from integration_hub.configuration_key import Level
from integration_hub.integration_log.store import StoredRow
from integration_hub.models.answer import Cached
from integration_hub.models.call import Call
from integration_hub.models.identifiers import References
from integration_hub.models.purpose import Purpose
from integration_hub.response_cache import encryption
from integration_hub.response_cache.encryption import ResponseCipher, same_fingerprint
from integration_hub.response_cache.fingerprint import cache_seconds, question
from integration_hub.response_cache.stored import ResponseCache
from tests.support.dcs.calls import call_of
from tests.support.dcs.operations import OPERATIONS, SAMPLES, read

DRIVERS = call_of(HOUSEHOLD_DRIVERS, DRIVER, "driver")
ANSWERED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def _cipher(key: bytes = b"k" * 32) -> ResponseCipher:
    return ResponseCipher(lambda: key)


def _settings(**values: str) -> EffectiveConfiguration:
    rows = [
        ConfigurationRow(number, "DCS_CACHE", key, value, Level.SYSTEM)
        for number, (key, value) in enumerate(values.items())
    ]
    return resolve("DCS", 1, 7, 1, rows)


def _searching(search: dict[str, Any]) -> Call:
    return replace(DRIVERS, search=HOUSEHOLD_DRIVERS.request.model_validate_json(json.dumps(search)))


def test_responses_are_cached_for_as_long_as_their_operation_allows() -> None:
    """Drivers a day, VINs a week, criminal records never; a setting may shorten or lengthen the first two only."""
    vin = call_of(VEHICLE_VIN, VEHICLE, "vehicle-vin")
    criminal = call_of(CRIMINAL_SEARCH, CRIMINAL, "criminal")
    assert [cache_seconds(call, _settings()) / 3600 for call in (DRIVERS, vin, criminal)] == [24, 168, 0]
    changed = _settings(household_drivers="1", vehicle_vin="0", criminal="24")
    assert [cache_seconds(call, changed) / 3600 for call in (DRIVERS, vin, criminal)] == [1, 0, 0]


@pytest.mark.parametrize("flag", ["criminal_history", "new_driver_criminal_history"])
def test_a_driver_search_with_criminal_records_is_never_cached(flag: str) -> None:
    """However it asks for them."""
    search = DRIVERS.search.model_dump(mode="json")
    (search if flag.startswith("new") else search["drivers"][0])[flag] = True
    assert cache_seconds(_searching(search), _settings(household_drivers="720")) == 0


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"call_id": "c2", "correlation_id": "y"}, True),
        ({"references": References(quote_id=1)}, True),
        ({"force_refresh": True, "idempotency_key": "k"}, True),
        ({"program_id": 2}, False),
        ({"purpose": Purpose.CLAIMS}, False),
    ],
)
def test_the_same_question_is_that_of_a_program_and_a_purpose(changes: dict[str, Any], same: bool) -> None:  # noqa: FBT001 - a case
    """For whichever quote it is asked."""
    assert (question(replace(DRIVERS, **changes)) == question(DRIVERS)) is same


def test_every_field_of_a_search_makes_another_question() -> None:
    """Also one letter of a name."""
    search = DRIVERS.search.model_dump(mode="json")
    search["drivers"][0]["last_name"] += "X"
    assert question(_searching(search)) != question(DRIVERS)


def test_a_text_is_decrypted_only_with_its_key_under_its_call_and_unchanged() -> None:
    """Anything else reads as None."""
    text, key = b'{"result": "SAMPLE, RITA"}', secrets.token_bytes(32)
    own = _cipher(key)
    encrypted = own.encrypted(text, "c1")
    assert encrypted is not None
    assert b"SAMPLE" not in encrypted
    assert own.encrypted(text, "c1") != encrypted
    assert own.decrypted(encrypted, "c1") == text
    assert own.decrypted(encrypted, "c2") is None
    assert _cipher(secrets.token_bytes(32)).decrypted(encrypted, "c1") is None
    for place in range(0, len(encrypted), 7):
        changed = bytearray(encrypted)
        changed[place] ^= 1
        assert own.decrypted(bytes(changed), "c1") is None
    assert own.decrypted(encrypted[:10], "c1") is None
    assert own.decrypted(b"", "c1") is None


def test_a_fingerprint_reveals_nothing_without_the_key() -> None:
    """A VIN could be guessed from a plain digest."""
    one, other = _cipher(), _cipher(b"o" * 32)
    assert one.fingerprint(b"VIN") == one.fingerprint(b"VIN")
    assert one.fingerprint(b"VIN") != other.fingerprint(b"VIN")
    assert one.fingerprint(b"VIN")[4:] != other.fingerprint(b"VIN")[4:]
    assert len(one.fingerprint(b"VIN")) == 32


def test_fingerprints_differ_only_where_that_is_known() -> None:
    """Those of two keys cannot be compared."""
    one, other = _cipher(), _cipher(b"o" * 32)
    assert same_fingerprint(one.fingerprint(b"VIN"), one.fingerprint(b"VIN"))
    assert not same_fingerprint(one.fingerprint(b"VIN"), one.fingerprint(b"another"))
    assert same_fingerprint(one.fingerprint(b"VIN"), other.fingerprint(b"another"))
    assert same_fingerprint(None, None)


def test_the_key_is_loaded_once_and_only_when_it_is_needed() -> None:
    """Loading asks the database and KMS."""
    loads: list[int] = []

    def load() -> bytes:
        loads.append(1)
        return b"k" * 32

    cipher = ResponseCipher(load)
    assert not loads
    cipher.fingerprint(b"VIN")
    cipher.encrypted(b"x", "c1")
    assert len(loads) == 1


def test_what_is_too_large_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is that of the encrypted response, so a text that compresses well may be longer."""
    monkeypatch.setattr(encryption, "MAX_ENCRYPTED_BYTES", 1000)
    own = _cipher()
    assert own.encrypted(secrets.token_bytes(2000), "c1") is None
    assert own.encrypted(b"a" * 2000, "c1") is not None


def _result() -> Any:
    operation, request = OPERATIONS["household_drivers"]
    body = (SAMPLES / "household_drivers" / "whole.xml").read_bytes()
    return read(operation, body, operation.request.model_validate(request))


def _row(encrypted: bytes | None, call_id: str = "c1", answered_at: datetime | None = ANSWERED_AT) -> StoredRow:
    return StoredRow(call_id, "x", answered_at, encrypted)


def test_a_stored_response_is_read_back_as_it_was() -> None:
    """Every field of the result, and where the call had it from the cache itself, the call that paid for it."""
    cache, result = ResponseCache(_cipher()), _result()
    stored = cache.read(_row(cache.encrypted(DRIVERS, result)), HOUSEHOLD_DRIVERS)
    assert stored is not None
    assert stored.result.model_dump_json() == result.model_dump_json()
    assert (stored.call_id, stored.correlation_id, stored.answered_at) == ("c1", "x", ANSWERED_AT)
    assert stored.cached is None
    cached = Cached(call_id="c0", answered_at=ANSWERED_AT)
    again = cache.read(_row(cache.encrypted(DRIVERS, result, cached)), HOUSEHOLD_DRIVERS)
    assert again is not None
    assert again.cached == cached


def test_what_cannot_be_read_back_is_none() -> None:
    """Expired, not settled, another call's, or encrypted with another key."""
    cache = ResponseCache(_cipher())
    encrypted = cache.encrypted(DRIVERS, _result())
    assert encrypted is not None
    assert cache.read(_row(None), HOUSEHOLD_DRIVERS) is None
    assert cache.read(_row(encrypted, answered_at=None), HOUSEHOLD_DRIVERS) is None
    assert cache.read(_row(encrypted, call_id="c2"), HOUSEHOLD_DRIVERS) is None
    assert ResponseCache(_cipher(b"o" * 32)).read(_row(encrypted), HOUSEHOLD_DRIVERS) is None


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"{}",
        b'{"result": {"a_field_of_another_version": 1}}',
        b'{"result": null, "cached": null}',
        b"\xff",
    ],
)
def test_a_stored_response_of_another_version_is_none(content: bytes) -> None:
    """Its results had another form; the vendor is asked again."""
    encrypted = _cipher().encrypted(content, "c1")
    assert ResponseCache(_cipher()).read(_row(encrypted), HOUSEHOLD_DRIVERS) is None


def test_a_response_of_another_operation_is_none() -> None:
    """Its fields are unknown here."""
    cache = ResponseCache(_cipher())
    assert cache.read(_row(cache.encrypted(DRIVERS, _result())), CRIMINAL_SEARCH) is None
