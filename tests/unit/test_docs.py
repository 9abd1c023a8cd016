"""What the README says is so."""

import re
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

from integration_hub import errors
from integration_hub.administration import ACTS
from integration_hub.configuration.keys import KEYS
from integration_hub.models import Outcome, Purpose

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _table(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without head and rule."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def _classes(root: type[errors.IntegrationError]) -> list[type[errors.IntegrationError]]:
    return [found for child in root.__subclasses__() for found in (child, *_classes(child))]


def test_every_error_is_listed_truly() -> None:
    """Code, name, status and whether to come again."""
    said = {(row[0], row[1], int(row[2]), row[3] == "yes") for row in _table("Errors")}
    assert said == {
        (found.code, found.__name__, found.http_status, found.retryable) for found in _classes(errors.IntegrationError)
    }


def test_every_setting_is_listed_truly() -> None:
    """Type, key, form and default."""
    said = {(row[0], row[1], row[2], row[3]) for row in _table("Settings")}
    assert said == {(f"DCS_{key.kind}", key.name, key.form, _default(key.default)) for key in KEYS}


def _default(value: object) -> str:
    if value is None:
        return "-"
    return {"": "empty", "True": "true", "False": "false"}.get(str(value), str(value))


def test_every_outcome_and_purpose_is_explained() -> None:
    """The log's words, and the words a caller has to choose from."""
    assert {row[0] for row in _table("What happened to quote 4711?")} == {outcome.value for outcome in Outcome}
    for purpose in Purpose:
        assert purpose.value in README


def test_every_act_is_listed_and_has_an_example() -> None:
    """Which the function would take as it stands."""
    assert [row[0] for row in _table("Operating")] == list(ACTS)
    for name, act in ACTS.items():
        document = (ROOT / "events" / f"admin-{name}.json").read_text(encoding="utf-8")
        assert act.model_validate_json(document, strict=True).action == name


def test_every_function_is_listed_with_its_path() -> None:
    """As template.yaml declares them."""
    resources = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]
    at_deployment = {
        str(found["Properties"]["ServiceToken"]) for found in resources.values() if found["Type"].startswith("Custom::")
    }
    declared = {}
    for name, found in resources.items():
        if found["Type"] == "AWS::Serverless::Function":
            events = found["Properties"].get("Events", {}).values()
            otherwise = "deployment" if any(f"'{name}'" in token for token in at_deployment) else "direct"
            path = next((_trigger(event) for event in events), otherwise)
            declared[found["Properties"]["Handler"].split(".", maxsplit=1)[0]] = path
    said = {row[0]: row[1].split(",")[0].strip("`") for row in _table("The functions")}
    assert said == declared


def _trigger(event: dict[str, Any]) -> str:
    properties = event["Properties"]
    return f"POST {properties['Path']}" if event["Type"] == "Api" else str(properties["Schedule"])


def test_the_commands_and_files_that_it_names_exist() -> None:
    """Nobody should type what is not there."""
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"`(?:\$ )?make ([a-z-]+)`", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for name in set(re.findall(r"`((?:functions|layers|local|events|tests|docs)/[\w./-]*)`", README)):
        assert (ROOT / name).exists(), name


def test_the_examples_run_through_the_same_operations() -> None:
    """Each operation that the README names has an example event."""
    for operation in ("HouseholdDrivers", "HouseholdVehicles", "VehicleVin", "VehicleTag", "Criminal"):
        assert operation in README
        assert any(f'"{operation}"' in file.read_text() for file in (ROOT / "events").glob("*.json"))
