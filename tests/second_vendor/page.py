"""The code blocks of docs/new-integration.md, and where they come from.

python -m tests.second_vendor.page      # writes the page's blocks anew from their sources
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "new-integration.md"
APP, TEMPLATE = "functions/mvr_report/app.py", "template.yaml"
CONTRACT_TEST = "tests/contract/test_mvr.py"
"""The one file that stands only in the page."""

_HERE = Path(__file__).parent
_BLOCK = re.compile(r"^`(?P<path>[^`\n]+)`:\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_APP_DOCSTRING = '"""Motor vehicle reports from MVR, at once by license number or by order (mvr)."""\n'


def blocks() -> dict[str, str]:
    """Return the page's files in their order, each with its text."""
    return {found["path"]: found["text"] for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


def source(path: str) -> str:
    """Return what a block of the page has to say: the second vendor's files, else the vehicle function's."""
    if path == APP:
        return _app((ROOT / "functions" / "vehicle" / "app.py").read_text(encoding="utf-8"))
    if path == TEMPLATE:
        return _resources((ROOT / TEMPLATE).read_text(encoding="utf-8"))
    if path.startswith("layers/hub/mvr/"):
        text = (_HERE / "mvr" / Path(path).name).read_text(encoding="utf-8")
        return text.replace("tests.second_vendor.mvr", "mvr")
    return (_HERE / Path(path).name).read_text(encoding="utf-8")


def _app(text: str) -> str:
    """Turn the vehicle function into MVR's; a vendor package is imported in the order of names."""
    text = re.sub(r'\A""".*?"""\n', _APP_DOCSTRING, text, flags=re.DOTALL)
    text = text.replace("from dcs.vehicles import VEHICLE\n", "").replace("VEHICLE", "MVR")
    text = text.replace("one vehicle inquiry", "one inquiry")
    end = text.rindex("from integration_hub")
    end = text.index("\n", end) + 1
    return f"{text[:end]}from mvr.integration import MVR\n{text[end:]}"


def _resources(text: str) -> str:
    """Turn the vehicle function's resources into MVR's."""
    section = re.search(r"^  # --- DCS_VEHICLE_API.*?(?=\n\n  # ---)", text, re.MULTILINE | re.DOTALL)
    assert section, "template.yaml has no section DCS_VEHICLE_API"
    description = "Description: MVR_REPORT_API - the driving record of a license"
    described = re.sub(r"Description: .*", description, section[0], count=1)
    named = described.replace("DCS_VEHICLE_API ", "MVR_REPORT_API -").replace("DCS_VEHICLE_API", "MVR_REPORT_API")
    named = named.replace("/api/v1/dcs/vehicles", "/api/v1/mvr/reports").replace("vehicle.app", "mvr_report.app")
    return named.replace("Vehicle", "MvrReport").replace("vehicle", "mvr-report") + "\n"


def main() -> None:
    """Write every block but the page's own test anew."""
    text = PAGE.read_text(encoding="utf-8")
    for path, present in blocks().items():
        if path != CONTRACT_TEST:
            text = text.replace(present, source(path))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
