"""README, CHANGELOG and docs/ agree with the code."""

import importlib.util
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from docs import generate
from integration_hub.administration import ACTS
from integration_hub.models.call import CallRequest
from integration_hub.models.outcome import Outcome
from integration_hub.models.purpose import Purpose

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HUB = ROOT / "layers" / "hub" / "integration_hub"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}

TERMS = (
    "sliding window",
    "half-open",
    "backoff",
    "retention",
    "response cache",
    "lockout",
    "idempotency record",
)

RUN_HERE = (
    ".venv/bin/python -m local.simulator people",
    ".venv/bin/python -m local.simulator faults",
)
"""Commands that a test of this module runs as they stand."""

RUN_ELSEWHERE = {
    "curl -s": "tests/end_to_end/test_documented_commands.py, at the address of its own gateway",
    ".venv/bin/python -m local invoke": "tests/end_to_end/test_documented_commands.py",
    "sam build": "Makefile, target package, which make test runs",
    "aws kms encrypt": "needs an AWS account; its context and SQL run in tests/end_to_end/test_administration.py",
    "aws lambda invoke": "needs an AWS account; the act runs in tests/end_to_end/test_administration.py",
    "sam deploy": "needs an AWS account; the template is validated by make test",
}
"""How a command begins, and where it is run or why not."""


def _table(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without head and rule."""
    section = TEXTS[page].split(f"# {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def _blocks(language: str) -> Iterator[str]:
    for text in TEXTS.values():
        yield from re.findall(rf"^```{language}\n(.+?)^```", text, re.DOTALL | re.MULTILINE)


def _commands() -> list[str]:
    blocks = [re.sub(r"\\\n\s*", "", block) for block in _blocks("bash")]
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


def _template() -> Any:
    return yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))


def test_readme_is_at_most_120_lines() -> None:
    """The rest is in docs/."""
    assert len(TEXTS["README.md"].splitlines()) <= 120


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: str(page.name))
def test_generated_tables_are_current(page: Path) -> None:
    """Errors, settings, operations and acts as the code declares them; `make docs` rewrites them."""
    text = page.read_text(encoding="utf-8")
    assert generate.with_tables(text) == text


def test_every_generated_table_is_shown() -> None:
    """Exactly once, on the page of its question."""
    shown = {name: re.findall(r"<!-- generated: (\w+) -->", text) for name, text in TEXTS.items()}
    assert {name: found for name, found in shown.items() if found} == {
        "docs/api.md": ["errors"],
        "docs/configuration.md": ["settings", "operations"],
        "docs/runbook.md": ["acts"],
    }


def test_every_outcome_is_explained() -> None:
    """The outcomes that a row of integration_log can have."""
    table = _table("docs/runbook.md", "What happened to quote 4711?")
    assert {row[0] for row in table} == {outcome.value for outcome in Outcome}


def test_the_example_request_is_valid() -> None:
    """It is accepted as it stands, and every purpose that a caller may state is named."""
    (example,) = (block for block in _blocks("json") if '"operation":' in block)
    document = json.loads(example)
    (operation,) = (
        operation
        for integration in generate.INTEGRATIONS
        for operation in integration.operations
        if operation.name == document["operation"]
    )
    operation.request.model_validate_json(json.dumps(document.pop("search")), strict=True)
    CallRequest.model_validate_json(json.dumps(document), strict=True)
    for purpose in Purpose:
        assert purpose.value in TEXTS["docs/api.md"]


def test_every_json_block_is_json() -> None:
    """A reader can paste it."""
    for block in _blocks("json"):
        json.loads(block)


def test_every_operation_has_an_example_event() -> None:
    """And stands in the table of paths."""
    events = [file.read_text(encoding="utf-8") for file in (ROOT / "events").glob("*.json")]
    for integration in generate.INTEGRATIONS:
        for operation in integration.operations:
            assert any(f'"{operation.name}"' in event for event in events), operation.name
            assert operation.name in TEXTS["docs/api.md"]


def test_every_act_has_an_example() -> None:
    """Which the function `admin` accepts as it stands."""
    for name, act in ACTS.items():
        document = (ROOT / "events" / f"admin-{name}.json").read_text(encoding="utf-8")
        assert act.model_validate_json(document, strict=True).action == name


def test_every_function_is_listed_with_its_trigger() -> None:
    """As template.yaml declares them."""
    resources = _template()["Resources"]
    at_deployment = {
        str(found["Properties"]["ServiceToken"]) for found in resources.values() if found["Type"].startswith("Custom::")
    }
    declared = {}
    for name, found in resources.items():
        if found["Type"] == "AWS::Serverless::Function":
            events = found["Properties"].get("Events", {}).values()
            otherwise = "deployment" if any(f"'{name}'" in token for token in at_deployment) else "direct"
            trigger = next((_trigger(event) for event in events), otherwise)
            declared[found["Properties"]["Handler"].split(".", maxsplit=1)[0]] = trigger
    listed = {row[0]: row[1].split(",")[0].strip("`") for row in _table("docs/architecture.md", "Functions")}
    assert listed == declared


def _trigger(event: dict[str, Any]) -> str:
    properties = event["Properties"]
    return f"POST {properties['Path']}" if event["Type"] == "Api" else str(properties["Schedule"])


def test_every_parameter_is_listed() -> None:
    """And every output."""
    cells = " ".join(row[0] for row in _table("docs/deploying.md", "Parameters"))
    assert sorted(re.findall(r"\w+", cells)) == sorted(_template()["Parameters"])
    for output in _template()["Outputs"]:
        assert f"`{output}`" in TEXTS["docs/deploying.md"]


@pytest.mark.parametrize("page", TEXTS)
def test_every_relative_link_resolves(page: str) -> None:
    """A link leads to a file or folder of this repository."""
    prose = re.sub(r"```.*?```", "", TEXTS[page], flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", prose):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), target


@pytest.mark.parametrize("page", TEXTS)
def test_every_path_and_module_exists(page: str) -> None:
    """Paths in backticks are relative to the repository or to layers/hub/integration_hub; modules can be imported."""
    # build/ is what the tools write.
    roots = {"database", *(found.name for place in (ROOT, HUB) for found in place.iterdir() if found.is_dir())} - {
        "build"
    }
    # What a page walks its reader through creating; tests/second_vendor/test_walkthrough.py executes that.
    created = re.findall(r"^`([\w./-]+)`:$", TEXTS[page], re.MULTILINE)
    for name in re.findall(r"`([\w.-]+/[\w./-]*)`", TEXTS[page]):
        if name.split("/")[0] in roots and not any(made.startswith(name) for made in created):
            assert (ROOT / name).exists() or (HUB / name).exists(), name
    for module in re.findall(r"`((?:integration_hub|dcs)(?:\.[a-z_]+)+)`", TEXTS[page]):
        assert importlib.util.find_spec(module), module


def test_every_make_target_exists() -> None:
    """In the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {target for text in TEXTS.values() for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", text)}
    assert named
    missing = {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)}
    assert not missing


def test_glossary_is_short() -> None:
    """At most twenty words, each once."""
    words = [row[0] for row in _table("docs/glossary.md", "Glossary")]
    assert len(words) <= 20
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("term", TERMS)
def test_every_standard_term_is_found(term: str) -> None:
    """A reader who searches for the usual term lands in the architecture and in the code."""
    pattern = re.compile(re.sub(r"[ -]", "[ _-]", term), re.IGNORECASE)
    code = [
        file
        for folder in ("layers/hub/integration_hub", "functions")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".sql"} and pattern.search(file.read_text(encoding="utf-8"))
    ]
    assert pattern.search(TEXTS["docs/architecture.md"])
    assert code


def test_every_command_is_run_somewhere() -> None:
    """Or the list says why it cannot be; the list holds nothing else."""
    rest = [command for command in _commands() if command not in RUN_HERE]
    assert set(RUN_HERE) <= set(_commands())
    for command in rest:
        assert any(command.startswith(beginning) for beginning in RUN_ELSEWHERE), command
    for beginning, where in RUN_ELSEWHERE.items():
        assert any(command.startswith(beginning) for command in rest), beginning
        for file in re.findall(r"tests/[\w/]+\.py", where):
            assert (ROOT / file).exists(), file


@pytest.mark.parametrize("command", RUN_HERE)
def test_command_works(command: str) -> None:
    """It ends well and prints something."""
    words = shlex.split(command)
    words[0] = sys.executable if words[0] == ".venv/bin/python" else words[0]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip()


def test_decisions_have_one_form() -> None:
    """Numbered without a gap, each with its four parts, all in the index."""
    files = sorted(file.name for file in (DOCS / "decisions").glob("[0-9]*.md"))
    assert [name[:4] for name in files] == [f"{number:04d}" for number in range(1, len(files) + 1)]
    index = TEXTS["docs/decisions/README.md"]
    for name in files:
        text = TEXTS[f"docs/decisions/{name}"]
        assert text.startswith(f"# {name[:4]}. ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Status", "Context", "Decision", "Consequences"]
        assert f"({name})" in index


@pytest.mark.parametrize("page", TEXTS)
def test_no_figure_is_missing(page: str) -> None:
    """Where a measured figure belongs, it has been filled in."""
    assert "FIGURE" not in TEXTS[page]
