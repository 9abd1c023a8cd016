"""Most specific wins; a value that cannot be used never becomes effective, and is always reported."""

from itertools import permutations

import pytest

from dcs.settings import ACCOUNT_NUMBER, SETTINGS, USER_ID
from integration_hub.configuration import keys
from integration_hub.configuration.effective import ConfigurationRow, EffectiveConfiguration, resolve
from integration_hub.configuration.keys import KEYS
from integration_hub.configuration_key import Key, Level
from integration_hub.errors import ConfigurationMissing


def _row(row_id: int, level: Level, value: str, key: str = "timeout_seconds") -> ConfigurationRow:
    return ConfigurationRow(row_id, "DCS_CONNECTION", key, value, level)


def _resolved(*rows: ConfigurationRow) -> EffectiveConfiguration:
    return resolve("DCS", program_id=1, integration_id=7, system_user_id=1, rows=rows)


ROWS = (_row(1, Level.SYSTEM, "30"), _row(2, Level.PROGRAM, "20"), _row(3, Level.INTEGRATION, "10"))


@pytest.mark.parametrize("order", list(permutations(ROWS)))
def test_most_specific_wins_whatever_the_order(order: tuple[ConfigurationRow, ...]) -> None:
    """SYSTEM < PROGRAM < INTEGRATION."""
    assert _resolved(*order)[keys.TIMEOUT_SECONDS] == 10
    assert _resolved(*(row for row in order if row.level is not Level.INTEGRATION))[keys.TIMEOUT_SECONDS] == 20
    assert _resolved(*(row for row in order if row.level is Level.SYSTEM))[keys.TIMEOUT_SECONDS] == 30


def test_an_unusable_value_gives_way_to_the_next_level_and_is_reported() -> None:
    """A typing error at 2 a.m. must not stop the calls, nor pass unseen, nor show a value."""
    configuration = _resolved(_row(1, Level.SYSTEM, "30"), _row(2, Level.PROGRAM, "thirty-secret"))
    assert configuration[keys.TIMEOUT_SECONDS] == 30
    (bad,) = configuration.ignored(KEYS)
    assert bad.row.row_id == 2
    assert "thirty" not in bad.reason


def _limit(row_id: int, level: Level, value: str) -> ConfigurationRow:
    return ConfigurationRow(row_id, "DCS_LIMITS", "requests_per_minute", value, level)


def test_a_limit_is_told_for_each_level_that_sets_one() -> None:
    """Limits intersect, so the most specific must not hide the others."""
    configuration = _resolved(_limit(1, Level.SYSTEM, "90"), _limit(2, Level.INTEGRATION, "40"))
    assert configuration.at_each_level(keys.REQUESTS_PER_MINUTE) == {Level.SYSTEM: 90, Level.INTEGRATION: 40}


def test_the_default_of_a_limit_stands_in_for_the_system() -> None:
    """A program's own limit must not lift the one that holds for all, whether or not that one is set and usable."""
    program = _limit(2, Level.PROGRAM, "600")
    expected = {Level.SYSTEM: 100, Level.PROGRAM: 600}
    assert _resolved(program).at_each_level(keys.REQUESTS_PER_MINUTE) == expected
    unusable = _limit(1, Level.SYSTEM, "many")
    assert _resolved(unusable, program).at_each_level(keys.REQUESTS_PER_MINUTE) == expected


def test_an_unusable_value_is_reported_even_where_another_counts_before_it() -> None:
    """For a limit it would have counted; for the rest it waits to be uncovered."""
    configuration = _resolved(_limit(1, Level.SYSTEM, "many"), _limit(2, Level.PROGRAM, "50"))
    assert [bad.row.row_id for bad in configuration.ignored(KEYS)] == [1]


def test_a_default_counts_when_no_row_does() -> None:
    """Keys with a default need no row."""
    assert _resolved()[keys.CONNECT_TIMEOUT_SECONDS] == 5


def test_a_missing_value_names_the_setting_and_the_program() -> None:
    """The person who reads the error has to know what to set."""
    with pytest.raises(ConfigurationMissing, match=r"DCS_CONNECTION\.base_url .*program 1"):
        _resolved()[keys.BASE_URL]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (keys.TIMEOUT_SECONDS, "0"),
        (keys.TIMEOUT_SECONDS, "31"),
        (keys.TIMEOUT_SECONDS, "-1"),
        (keys.TIMEOUT_SECONDS, "1.5"),
        (keys.TIMEOUT_SECONDS, "٣"),
        (keys.TIMEOUT_SECONDS, ""),
        (keys.ENABLED, "maybe"),
        (keys.ENABLED, ""),
        (keys.BASE_URL, "http://ws.dcsinfosys.com:442"),
        (keys.BASE_URL, "https://user@host"),
        (keys.BASE_URL, "https://user:password@host"),
        (keys.BASE_URL, "https://@host"),
        (keys.BASE_URL, "https://host:0"),
        (keys.BASE_URL, "https://host:65536"),
        (keys.BASE_URL, "https://host:-1"),
        (keys.BASE_URL, "https://host:port"),
        (keys.BASE_URL, "https://[::1"),
        (keys.BASE_URL, "https://host#x"),
        (keys.BASE_URL, "https://" + "h" * 193),
        (keys.BASE_URL, "https://host/path"),
        (keys.BASE_URL, "https://host?x=1"),
        (keys.BASE_URL, "https://"),
        (keys.ENVIRONMENT, "production"),
        (keys.ENVIRONMENT, "TEST"),
        (USER_ID, " "),
        (USER_ID, "a\nb"),
        (USER_ID, "x" * 101),
        (keys.operation_path("criminal"), "DcsSearchApi/Criminal"),
        (keys.operation_path("criminal"), "/a?b=c"),
        (keys.operation_path("criminal"), "/a b"),
        (keys.operation_price("criminal"), "-1"),
        (keys.operation_price("criminal"), "1e3"),
        (keys.operation_price("criminal"), "2.50001"),
        (keys.operation_price("criminal"), "$2.50"),
        (keys.MAX_RESPONSE_BYTES, "999"),
        (keys.REQUESTS_PER_MINUTE, "0"),
        (keys.REQUESTS_PER_MINUTE, "601"),
        (keys.DAILY_LIMIT, "0"),
        (keys.MAX_RETRIES, "11"),
        (keys.RETRY_BUDGET_PERCENT, "101"),
        (keys.BREAKER_OPEN_SECONDS, "0"),
        (keys.ALLOWED_PURPOSES, ""),
        (keys.ALLOWED_PURPOSES, "RATING,"),
        (keys.ALLOWED_PURPOSES, "RATING, CURIOSITY"),
        (ACCOUNT_NUMBER, ""),
        (keys.DAY_TIME_ZONE, "Texas"),
        (keys.DAY_TIME_ZONE, "America"),
        (keys.DAY_TIME_ZONE, ""),
        (keys.DAY_TIME_ZONE, "../../etc/passwd"),
        (keys.DAY_TIME_ZONE, "/etc/localtime"),
    ],
)
def test_values_outside_the_rule_are_refused(key: Key[object], value: str) -> None:
    """Each kind of value refuses what it cannot mean."""
    with pytest.raises(ValueError, match=r"^must be "):
        key.parse(value)


@pytest.mark.parametrize("key", [*KEYS, *SETTINGS], ids=lambda key: key.name)
def test_no_refusal_repeats_the_value(key: Key[object]) -> None:
    """A password may have been put into the wrong row."""
    with pytest.raises(ValueError, match=r"^must be ") as caught:
        key.parse("CANARY\n" * 200)
    assert "CANARY" not in str(caught.value)


def test_the_version_changes_exactly_with_what_applies() -> None:
    """A call can be held against the settings that it was made with."""
    assert _resolved(*ROWS).version == _resolved(*reversed(ROWS)).version
    assert _resolved(*ROWS).version != _resolved(*ROWS[:2]).version
    changed = _row(3, Level.INTEGRATION, "11")
    assert _resolved(*ROWS).version != _resolved(*ROWS[:2], changed).version


def test_the_vendors_own_keys_are_settings_like_the_hubs() -> None:
    """They are resolved, reported and missed in the same way; the registry of the hub has none of them."""
    assert not set(SETTINGS) & set(KEYS)
    row = ConfigurationRow(1, "DCS_CREDENTIALS", "account_number", "900123", Level.PROGRAM)
    assert _resolved(row)[ACCOUNT_NUMBER] == "900123"
    with pytest.raises(ConfigurationMissing, match=r"DCS_CREDENTIALS\.account_number .*program 1"):
        _resolved()[ACCOUNT_NUMBER]


@pytest.mark.parametrize("url", ["https://ws.dcsinfosys.com:442", "https://host", "https://host:65535/", " https://h "])
def test_a_base_url_is_a_host_and_perhaps_a_port(url: str) -> None:
    """Without the final slash, because paths begin with one."""
    assert keys.BASE_URL.parse(url) == url.strip().rstrip("/")


@pytest.mark.parametrize("key", [*KEYS, *SETTINGS], ids=lambda key: key.name)
def test_every_default_obeys_its_own_rule(key: Key[object]) -> None:
    """An empty text stands for "none" and cannot be set."""
    if key.default is not None and key.default != "":
        text = str(key.default)
        assert key.parse(text.lower() if isinstance(key.default, bool) else text) == key.default


def test_no_two_keys_share_a_place() -> None:
    """The first word of a type is the vendor, so the kind and the name tell keys apart."""
    places = [(key.kind, key.name) for key in (*KEYS, *SETTINGS)]
    assert len(set(places)) == len(places)
