"""The pure parts of paying once: what makes two calls the same, what a taken key means, what a seal keeps."""

import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dcs.criminal import CRIMINAL, CRIMINAL_SEARCH
from dcs.drivers import DRIVER, HOUSEHOLD_DRIVERS
from dcs.vehicles import VEHICLE, VEHICLE_VIN
from integration_hub.configuration.effective import ConfigurationRow, EffectiveConfiguration, resolve
from integration_hub.configuration.keys import Level
from integration_hub.deadline import Deadline
from integration_hub.idempotency.record import Earlier, Standing
from integration_hub.models import Call, Outcome, Purpose, References
from integration_hub.response_cache import encryption as seal
from integration_hub.response_cache.encryption import Seal
from integration_hub.response_cache.fingerprint import (
    KEY_SECONDS,
    LOST_KEY_SECONDS,
    Question,
    claim,
    reuse_seconds,
    words,
)
from integration_hub.vendor.contract import AnyOperation, Integration

EVENTS = Path(__file__).parents[2] / "events"
QUOTE = References(quote_id=4711)


def _call(operation: AnyOperation, integration: Integration, event: str, **changes: Any) -> Call:
    search = json.loads((EVENTS / f"{event}.json").read_text())["search"]
    call = Call(
        call_id="c1",
        correlation_id="x",
        integration=integration,
        operation=operation,
        program_id=1,
        purpose=Purpose.UNDERWRITING,
        references=QUOTE,
        search=operation.request.model_validate_json(json.dumps(search)),
        deadline=Deadline(0.0),
    )
    return replace(call, **changes)


DRIVERS = _call(HOUSEHOLD_DRIVERS, DRIVER, "driver")


def _settings(**values: str) -> EffectiveConfiguration:
    rows = [
        ConfigurationRow(number, "DCS_CACHE", key, value, Level.SYSTEM)
        for number, (key, value) in enumerate(values.items())
    ]
    return resolve("DCS", 1, 7, 1, rows)


def test_answers_are_used_again_for_as_long_as_their_kind_allows() -> None:
    """Drivers a day, VINs a week, criminal records never; a setting may shorten or lengthen the first two only."""
    vin = _call(VEHICLE_VIN, VEHICLE, "vehicle-vin")
    criminal = _call(CRIMINAL_SEARCH, CRIMINAL, "criminal")
    assert [reuse_seconds(call, _settings()) / 3600 for call in (DRIVERS, vin, criminal)] == [24, 168, 0]
    changed = _settings(household_drivers="1", vehicle_vin="0", criminal="24")
    assert [reuse_seconds(call, changed) / 3600 for call in (DRIVERS, vin, criminal)] == [1, 0, 0]


@pytest.mark.parametrize("flag", ["criminal_history", "new_driver_criminal_history"])
def test_a_driver_search_with_criminal_records_is_always_new(flag: str) -> None:
    """However it asks for them."""
    search = DRIVERS.search.model_dump(mode="json")
    (search if flag.startswith("new") else search["drivers"][0])[flag] = True
    asked = replace(DRIVERS, search=HOUSEHOLD_DRIVERS.request.model_validate_json(json.dumps(search)))
    assert reuse_seconds(asked, _settings(household_drivers="720")) == 0


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
    assert (words(replace(DRIVERS, **changes)) == words(DRIVERS)) is same


def test_every_field_of_a_search_makes_another_question() -> None:
    """Also one letter of a name."""
    search = DRIVERS.search.model_dump(mode="json")
    search["drivers"][0]["last_name"] += "X"
    other = replace(DRIVERS, search=HOUSEHOLD_DRIVERS.request.model_validate_json(json.dumps(search)))
    assert words(other) != words(DRIVERS)


def test_a_key_is_its_programs_own_and_kept_for_a_day() -> None:
    """Two programs may choose the same."""
    keyed = replace(DRIVERS, idempotency_key="k")
    assert claim(DRIVERS) is None
    assert claim(keyed) == claim(replace(keyed, search=DRIVERS.search, call_id="c2"))
    assert claim(keyed) != claim(replace(keyed, program_id=2))
    assert claim(replace(keyed, program_id=1, idempotency_key="2 k")) != claim(replace(keyed, program_id=12))
    questions = (Question(b"c"), Question(None, b"s"), Question(b"c", b"s", 604_800), Question(b"c", b"s", 60))
    assert [question.keep_seconds for question in questions] == [KEY_SECONDS, 0, 604_800, KEY_SECONDS]
    assert [question.without_reuse().keep_seconds for question in questions] == [
        KEY_SECONDS,
        0,
        KEY_SECONDS,
        KEY_SECONDS,
    ]


@pytest.mark.parametrize(
    ("outcome", "age_seconds", "standing"),
    [
        (Outcome.OPEN, 0, Standing.UNDER_WAY),
        (Outcome.OPEN, 59, Standing.UNDER_WAY),
        (Outcome.OPEN, 60, Standing.LOST),
        (Outcome.UNKNOWN, 0, Standing.LOST),
        (Outcome.ANSWERED, 0, Standing.ANSWERED),
        (Outcome.REUSED, KEY_SECONDS - 1, Standing.ANSWERED),
        (Outcome.ANSWERED, KEY_SECONDS, Standing.FORGOTTEN),
        (Outcome.UNKNOWN, KEY_SECONDS, Standing.LOST),
        (Outcome.UNKNOWN, LOST_KEY_SECONDS, Standing.FORGOTTEN),
        (Outcome.OPEN, LOST_KEY_SECONDS, Standing.FORGOTTEN),
        (Outcome.ABANDONED, 900, Standing.LOST),
    ],
)
def test_what_a_taken_key_means(outcome: Outcome, age_seconds: int, standing: Standing) -> None:
    """Only a call that may still answer is waited for."""
    seal, other_seal = Seal(lambda: b"k" * 32), Seal(lambda: b"o" * 32)
    asked = seal.digest(b"asked")
    earlier = Earlier("c1", outcome, age_seconds, asked, sent=True, references=QUOTE)
    assert earlier.standing(asked, QUOTE) is standing
    assert earlier.standing(other_seal.digest(b"asked"), QUOTE) is standing, "with another key nobody can tell"
    if standing is not Standing.FORGOTTEN:
        assert earlier.standing(seal.digest(b"something else"), QUOTE) is Standing.ANOTHER_QUESTION
        assert earlier.standing(asked, References(quote_id=1)) is Standing.ANOTHER_QUESTION


@pytest.mark.parametrize(
    ("outcome", "age_seconds", "standing"),
    [
        (Outcome.OPEN, 59, Standing.UNDER_WAY),
        (Outcome.OPEN, 60, Standing.FORGOTTEN),
        (Outcome.ABANDONED, 900, Standing.FORGOTTEN),
        (Outcome.REUSED, 60, Standing.ANSWERED),
    ],
)
def test_a_call_that_sent_nothing_gives_its_key_back(outcome: Outcome, age_seconds: int, standing: Standing) -> None:
    """When it cannot be at work any more; another question may have the key then, too."""
    earlier = Earlier("c1", outcome, age_seconds, b"asked", sent=False, references=QUOTE)
    assert earlier.standing(b"asked", QUOTE) is standing


def test_a_seal_opens_only_with_its_key_under_its_call_and_unchanged() -> None:
    """Anything else is as if it were not there."""
    text, key = b'{"result": "SAMPLE, RITA"}', secrets.token_bytes(32)
    own = Seal(lambda: key)
    sealed = own.sealed(text, "c1")
    assert sealed is not None
    assert b"SAMPLE" not in sealed
    assert own.sealed(text, "c1") != sealed
    assert own.opened(sealed, "c1") == text
    assert own.opened(sealed, "c2") is None
    assert Seal(lambda: secrets.token_bytes(32)).opened(sealed, "c1") is None
    for place in range(0, len(sealed), 7):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert own.opened(bytes(changed), "c1") is None
    assert own.opened(sealed[:10], "c1") is None


def test_a_digest_tells_nothing_without_the_key() -> None:
    """A VIN could be guessed from a plain digest."""
    one, other = Seal(lambda: b"k" * 32), Seal(lambda: b"o" * 32)
    assert one.digest(b"VIN") == one.digest(b"VIN")
    assert one.digest(b"VIN") != other.digest(b"VIN")


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than a statement that the database refuses, which would lose the closing as well."""
    monkeypatch.setattr(seal, "MOST_BYTES", 1000)
    own = Seal(lambda: b"k" * 32)
    assert own.sealed(secrets.token_bytes(2000), "c1") is None
    assert own.sealed(b"a" * 2000, "c1") is not None
