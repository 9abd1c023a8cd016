"""Settings for requests that are written without a configuration store."""

from collections.abc import Mapping
from typing import Any

from dcs.settings import ACCOUNT_NUMBER, DEPARTMENT_ID, USER_ID, USER_NAME
from integration_hub.configuration_key import Key, Settings
from integration_hub.errors import ConfigurationMissing


class GivenSettings:
    """The given values, otherwise the defaults."""

    def __init__(self, values: Mapping[Key[Any], Any]) -> None:
        self._values = values

    def __getitem__[T](self, key: Key[T]) -> T:
        """Return the value of a key; raise ConfigurationMissing where it has neither a value nor a default."""
        value: T | None = self._values.get(key, key.default)
        if value is None:
            raise ConfigurationMissing(f"{key.name} is not set")
        return value


def dcs_settings(changes: Mapping[Key[Any], Any] | None = None) -> Settings:
    """Return the settings of the vendor's samples, with changes."""
    values = {ACCOUNT_NUMBER: "900123", DEPARTMENT_ID: "UW-07", USER_ID: "svc-quote", USER_NAME: "Quote Service"}
    return GivenSettings({**values, **(changes or {})})
