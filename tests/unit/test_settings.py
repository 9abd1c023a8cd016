"""The environment is read once and every mistake in it is named at once."""

from pathlib import Path

import pytest

from integration_hub.errors import ConfigurationMissing
from integration_hub.settings import Settings


def _environment(ca_file: Path) -> dict[str, str]:
    return {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_NAME": "hub",
        "DATABASE_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:hub",
        "DATABASE_CA_FILE": str(ca_file),
        "CREDENTIAL_KEY_ARN": "arn:aws:kms:us-east-1:000000000000:key/hub",
        "HUB_ENVIRONMENT": "DEVELOPMENT",
        "VENDOR_HOSTS": "ws.dcsinfosys.com:442, LOCALHOST:8443",
        "PATH": "/usr/bin",
    }


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    """A file that exists."""
    path = tmp_path / "ca.pem"
    path.write_text("")
    return path


def test_a_complete_environment_is_read(ca_file: Path) -> None:
    """Foreign variables are ignored, the port has a default, hosts are compared in lower case."""
    settings = Settings.read(_environment(ca_file))
    assert settings.database_port == 3306
    assert settings.allowed_hosts == {"ws.dcsinfosys.com:442", "localhost:8443"}


def test_every_mistake_is_named_at_once(ca_file: Path) -> None:
    """Nobody should deploy five times to find five names."""
    broken = _environment(ca_file) | {"DATABASE_PORT": "eighty", "HUB_ENVIRONMENT": "TEST", "DATABASE_CA_FILE": "/no"}
    del broken["DATABASE_HOST"]
    with pytest.raises(ConfigurationMissing) as caught:
        Settings.read(broken)
    for name in ("DATABASE_HOST", "DATABASE_PORT", "HUB_ENVIRONMENT", "DATABASE_CA_FILE"):
        assert name in caught.value.detail
    assert "eighty" not in caught.value.detail
