"""The size of what is deployed."""

import subprocess

from local.bundle import ROOT
from tests.benchmark.figures import Figure


def measured() -> list[Figure]:
    """Build the layer as for Lambda and weigh it."""
    target = ROOT / "build" / "layer"
    subprocess.run(["rm", "-rf", str(target)], check=True)
    subprocess.run(
        ["make", "--quiet", "-C", str(ROOT / "layers" / "hub"), "build-HubLayer", f"ARTIFACTS_DIR={target}"], check=True
    )
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    return [Figure("layer_mb", round(size / 1e6, 1), "MB", "Lambda's limit is 250 MB", goal="< 20")]
