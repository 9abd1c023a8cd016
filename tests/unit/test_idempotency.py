"""Idempotency keys: whose a key is, and what the next request under it finds."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from dcs.criminal import CRIMINAL, CRIMINAL_SEARCH
from dcs.drivers import DRIVER, HOUSEHOLD_DRIVERS
from dcs.vehicles import VEHICLE, VEHICLE_VIN
from integration_hub.configuration.effective import ConfigurationRow, resolve
from integration_hub.configuration_key import Level
from integration_hub.idempotency.record import KEY_SECONDS, LOST_KEY_SECONDS, Status, key_hash, status
from integration_hub.integration_log.store import KeyHolder, StoredRow
from integration_hub.models.identifiers import References
from integration_hub.models.outcome import Outcome
from integration_hub.pipeline.claim import identify
from integration_hub.response_cache.encryption import ResponseCipher
from integration_hub.response_cache.stored import ResponseCache
from tests.support.dcs.calls import QUOTE, call_of

if TYPE_CHECKING:
    from integration_hub.pipeline.services import Services

DRIVERS = call_of(HOUSEHOLD_DRIVERS, DRIVER, "driver")
ADMITTED = datetime(2026, 11, 1, tzinfo=UTC)


def _holder(
    outcome: Outcome, age_seconds: int, fingerprint: bytes | None, *, admitted_at: datetime | None = ADMITTED
) -> KeyHolder:
    stored = StoredRow("c1", "x", answered_at=None, encrypted_response=None)
    return KeyHolder(stored, outcome, age_seconds, admitted_at, fingerprint, QUOTE)


def test_a_key_belongs_to_its_program() -> None:
    """Two programs may choose the same key; it is stored as a digest only."""
    keyed = replace(DRIVERS, idempotency_key="k")
    assert key_hash(DRIVERS) is None
    assert key_hash(keyed) == key_hash(replace(keyed, search=DRIVERS.search, call_id="c2"))
    assert key_hash(keyed) != key_hash(replace(keyed, program_id=2))
    assert key_hash(replace(keyed, program_id=1, idempotency_key="2 k")) != key_hash(replace(keyed, program_id=12))
    assert len(key_hash(keyed) or b"") == 32


@pytest.mark.parametrize(
    ("outcome", "age_seconds", "expected"),
    [
        (Outcome.OPEN, 0, Status.IN_PROGRESS),
        (Outcome.OPEN, 59, Status.IN_PROGRESS),
        (Outcome.OPEN, 60, Status.LOST),
        (Outcome.UNKNOWN, 0, Status.LOST),
        (Outcome.ANSWERED, 0, Status.COMPLETED),
        (Outcome.CACHED, KEY_SECONDS - 1, Status.COMPLETED),
        (Outcome.CACHED, KEY_SECONDS, Status.EXPIRED),
        (Outcome.ANSWERED, KEY_SECONDS - 1, Status.COMPLETED),
        (Outcome.ANSWERED, KEY_SECONDS, Status.EXPIRED),
        (Outcome.UNKNOWN, KEY_SECONDS, Status.LOST),
        (Outcome.UNKNOWN, LOST_KEY_SECONDS - 1, Status.LOST),
        (Outcome.UNKNOWN, LOST_KEY_SECONDS, Status.EXPIRED),
        (Outcome.OPEN, LOST_KEY_SECONDS, Status.EXPIRED),
        (Outcome.ABANDONED, 900, Status.LOST),
        (Outcome.ABANDONED, LOST_KEY_SECONDS, Status.EXPIRED),
    ],
)
def test_the_status_of_a_key_that_is_held(outcome: Outcome, age_seconds: int, expected: Status) -> None:
    """Only a call that may still be answered is in progress."""
    cipher, other_cipher = ResponseCipher(lambda: b"k" * 32), ResponseCipher(lambda: b"o" * 32)
    asked = cipher.fingerprint(b"asked")
    holder = _holder(outcome, age_seconds, asked)
    assert status(holder, asked, QUOTE) is expected
    assert status(holder, other_cipher.fingerprint(b"asked"), QUOTE) is expected, "another key's is not comparable"
    if expected is not Status.EXPIRED:
        assert status(holder, cipher.fingerprint(b"something else"), QUOTE) is Status.MISMATCH
        assert status(holder, asked, References(quote_id=1)) is Status.MISMATCH


@pytest.mark.parametrize(
    ("outcome", "age_seconds", "expected"),
    [
        (Outcome.OPEN, 59, Status.IN_PROGRESS),
        (Outcome.OPEN, 60, Status.EXPIRED),
        (Outcome.ABANDONED, 900, Status.EXPIRED),
        (Outcome.CACHED, 60, Status.COMPLETED),
    ],
)
def test_a_call_that_was_not_admitted_releases_its_key(outcome: Outcome, age_seconds: int, expected: Status) -> None:
    """When it cannot be running any more; a different request may have the key then, too."""
    holder = _holder(outcome, age_seconds, b"asked", admitted_at=None)
    assert status(holder, b"asked", QUOTE) is expected
    if expected is Status.EXPIRED:
        assert status(holder, b"something else", References(quote_id=1)) is Status.EXPIRED


def test_a_response_is_kept_for_its_key_and_for_its_question() -> None:
    """A day for a key, longer where the response may be used again for longer, not at all without either."""
    services = cast("Services", SimpleNamespace(response_cache=ResponseCache(ResponseCipher(lambda: b"k" * 32))))
    vin = call_of(VEHICLE_VIN, VEHICLE, "vehicle-vin")
    criminal = call_of(CRIMINAL_SEARCH, CRIMINAL, "criminal")

    def kept(call: Any, key: str | None) -> tuple[int, int]:
        row = ConfigurationRow(1, "DCS_CACHE", "household_drivers", "1", Level.SYSTEM)
        identity = identify(replace(call, idempotency_key=key), resolve("DCS", 1, 7, 1, [row]), services)
        assert (identity.fingerprint is None) is (identity.keep_seconds == 0)
        return identity.cache_seconds, identity.keep_seconds

    assert [kept(call, None) for call in (DRIVERS, vin, criminal)] == [(3_600, 3_600), (604_800, 604_800), (0, 0)]
    assert [kept(call, "k") for call in (DRIVERS, vin, criminal)] == [
        (3_600, KEY_SECONDS),
        (604_800, 604_800),
        (0, KEY_SECONDS),
    ]
