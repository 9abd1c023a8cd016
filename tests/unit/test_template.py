"""House rules over template.yaml and what goes into the layer."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).parents[2]
RESOURCES: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]
FUNCTIONS = {name: found for name, found in RESOURCES.items() if found["Type"] == "AWS::Serverless::Function"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_log_group_with_retention(name: str) -> None:
    """Logs that Lambda makes by itself are kept for ever."""
    log_group = RESOURCES[name.removesuffix("Function") + "Logs"]
    assert log_group["Type"] == "AWS::Logs::LogGroup"
    assert "RetentionInDays" in log_group["Properties"]
    assert log_group["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_what_it_is_and_finds_its_handler(name: str) -> None:
    """One CodeUri, the handler named by its folder."""
    properties = FUNCTIONS[name]["Properties"]
    assert properties["Description"]
    assert properties["CodeUri"] == "functions/"
    folder, module, handler = properties["Handler"].split(".")
    assert f"def {handler}(" in (ROOT / "functions" / folder / f"{module}.py").read_text()


def test_a_new_migration_runs_at_the_next_deployment() -> None:
    """CloudFormation invokes the migrations when a property changes, and a version is easily forgotten."""
    newest = max((ROOT / "functions" / "migrations" / "sql").glob("*.sql"))
    assert RESOURCES["Migrations"]["Properties"]["Schema"] == newest.stem


def test_no_call_is_repeated_behind_our_back() -> None:
    """Those that buy are not invoked again by Lambda when they fail."""
    for name in ("Driver", "Vehicle", "Criminal"):
        assert FUNCTIONS[f"{name}Function"]["Properties"]["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


def test_the_alarm_hears_of_every_shout_and_of_every_crash() -> None:
    """One metric in one namespace: the functions' own, and what Lambda writes about those that answer callers."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    namespace = template["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]["Fn::Sub"]
    (query,) = RESOURCES["NeedsOperator"]["Properties"]["Metrics"]
    assert query["Expression"]["Fn::Sub"] == f'SELECT SUM(NeedsOperator) FROM "{namespace}"'
    callable_over_http = {name for name, found in FUNCTIONS.items() if "'Type': 'Api'" in str(found)}
    assert len(callable_over_http) == 3
    for name in callable_over_http:
        crashes = RESOURCES[name.removesuffix("Function") + "Crashes"]["Properties"]
        assert crashes["LogGroupName"] == {"Ref": name.removesuffix("Function") + "Logs"}
        (counted,) = crashes["MetricTransformations"]
        assert (counted["MetricName"], counted["MetricNamespace"]) == ("NeedsOperator", {"Fn::Sub": namespace})


def _statements(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if {"Effect", "Action"} <= value.keys() else []
        return own + [found for child in value.values() for found in _statements(child)]
    if isinstance(value, list):
        return [found for child in value for found in _statements(child)]
    return []


def test_no_function_may_do_everything() -> None:
    """Exact actions on exact resources; only a key's own policy speaks of all."""
    checked = {name: found for name, found in RESOURCES.items() if name != "CredentialKey"}
    granted = _statements(checked)
    assert granted
    for statement in granted:
        assert "*" not in str(statement["Action"])
        assert statement["Resource"] != "*"


def test_the_layer_carries_what_the_lock_says() -> None:
    """requirements.txt is exported, never edited: `make requirements` after a change of uv.lock."""
    recipe = next(line for line in (ROOT / "Makefile").read_text().split("\n\n") if "RUNTIME_REQUIREMENTS =" in line)
    command = recipe.split("RUNTIME_REQUIREMENTS = ")[1].replace("\\\n", " ").split()
    uv = ROOT / ".venv" / "bin" / "uv"
    exported = subprocess.run([str(uv), *command[1:]], cwd=ROOT, check=True, capture_output=True, text=True)
    assert exported.stdout == (ROOT / "layers" / "hub" / "requirements.txt").read_text()
    assert "boto" not in exported.stdout
