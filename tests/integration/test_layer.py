"""The built layer holds all that the functions import, and nothing that the lock does not name."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from local.bundle import ROOT

FUNCTIONS = sorted(folder.name for folder in (ROOT / "functions").iterdir() if (folder / "app.py").exists())
# What the Lambda runtime brings; here it lies in the virtual environment, of which nothing else may be used.
RUNTIME = ("boto3", "botocore", "s3transfer", "urllib3", "jmespath", "dateutil", "six")


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer, built by its own Makefile for this machine's processor."""
    target = tmp_path_factory.mktemp("layer")
    environment = {**os.environ, "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    subprocess.run(
        ["make", "--quiet", "-C", str(ROOT / "layers" / "hub"), "build-HubLayer", f"ARTIFACTS_DIR={target}",
         "PLATFORM=x86_64-manylinux2014"],
        check=True,
        env=environment,
    )  # fmt: skip
    return target / "python"


def test_every_handler_imports_from_the_layer_and_the_runtime_alone(layer: Path, tmp_path: Path) -> None:
    """As Lambda would: no virtual environment, only the layer, the function's code and what the runtime has."""
    for name in RUNTIME:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        if not (layer / source.name).exists():
            (tmp_path / source.name).symlink_to(source)
    script = "; ".join(f"import {name}.app" for name in FUNCTIONS)
    base = Path(sys.base_prefix) / "bin" / "python3"
    path = os.pathsep.join(str(entry) for entry in (layer, tmp_path, ROOT / "functions"))
    done = subprocess.run(
        [str(base), "-s", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env={
            "PYTHONPATH": path,
            "PYTHONDONTWRITEBYTECODE": "1",
            "POWERTOOLS_SERVICE_NAME": "layer-test",
        },
    )
    assert done.returncode == 0, done.stderr


def test_the_layer_brings_no_aws_sdk_and_no_caches(layer: Path) -> None:
    """boto3 comes with the runtime; a second one would be 25 MB."""
    names = {entry.name for entry in layer.iterdir()}
    assert {"integration_hub", "dcs", "pydantic", "pymysql", "nacl"} <= names
    assert not names & {"boto3", "botocore", "tests", "local"}
    assert not list(layer.rglob("__pycache__"))
