"""Checks the coverage of the last measured run against the project's minimums: `python -m tests.support.coverage_gate`.

Lines and branches are checked separately, over all measured code and, completely, over the parts in `COMPLETE`.
"""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coverage import Coverage

MINIMUM_PERCENT = 95.0
HUB = "layers/hub/integration_hub/"
COMPLETE = (f"{HUB}idempotency/", f"{HUB}admission/", f"{HUB}privacy.py")
"""Path prefixes whose lines and branches must all be covered; each must match at least one file."""

type Summary = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """How much of something is covered; nothing to cover counts as all covered."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """Covered share in percent."""
        return 100 * self.covered / self.total if self.total else 100.0


def shares(files: dict[str, Summary]) -> dict[str, Share]:
    """Return the covered lines and branches of some files together."""
    return {
        kind: Share(
            sum(summary[f"covered_{covered}"] for summary in files.values()),
            sum(summary[f"num_{total}"] for summary in files.values()),
        )
        for kind, covered, total in (("lines", "lines", "statements"), ("branches", "branches", "branches"))
    }


def shortfalls(files: dict[str, Summary]) -> list[str]:
    """Return a sentence for each minimum that is not reached. `files` maps paths to coverage.py's JSON summaries."""
    found = [
        f"all: {share.percent:.2f} % of {kind}, at least {MINIMUM_PERCENT:g} % required"
        for kind, share in shares(files).items()
        if share.percent < MINIMUM_PERCENT
    ]
    for prefix in COMPLETE:
        chosen = {path: summary for path, summary in files.items() if path.startswith(prefix)}
        if not chosen:
            found.append(f"{prefix}: no measured file")
        found += [
            f"{path}: {share.covered} of {share.total} {kind}, all required"
            for path, summary in sorted(chosen.items())
            for kind, share in shares({path: summary}).items()
            if share.covered < share.total
        ]
    return found


def measured() -> dict[str, Summary]:
    """Return the summary of each file in the data of the last run; raise coverage's NoDataError without data."""
    coverage = Coverage()
    coverage.load()
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "coverage.json"
        coverage.json_report(outfile=str(report))
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {path: content["summary"] for path, content in files.items()}


def main() -> int:
    """Print totals and shortfalls; return 1 if there is a shortfall."""
    files = measured()
    for kind, share in shares(files).items():
        print(f"coverage: {share.percent:.2f} % of {kind} ({share.covered} of {share.total})")
    found = shortfalls(files)
    for shortfall in found:
        print(f"too low: {shortfall}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
