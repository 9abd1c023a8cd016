"""Directories of the repository that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
VENDOR_SAMPLES = ROOT / "tests" / "vendor_samples"
