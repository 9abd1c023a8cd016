"""Environment variables of a function: typed, read once, refused with every missing name at once."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FilePath, ValidationError

from integration_hub.errors import ConfigurationMissing


def _hosts(text: str) -> str:
    if not all(part.strip() for part in text.split(",")):
        raise ValueError("must be a comma-separated list of host:port")
    return text


class Settings(BaseModel):
    """One field per environment variable; the variable's name is the field's in upper case.

    They say where things are. How the hub behaves (limits, time-outs, retries) is configuration and lives in
    the database, where a change needs no deployment.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_host: str = Field(min_length=1)
    database_port: int = Field(default=3306, ge=1, le=65535)
    database_name: str = Field(min_length=1)
    database_secret_arn: str = Field(min_length=1)
    """Secrets Manager secret with `username` and `password` of the account that this function may use."""
    database_ca_file: FilePath
    """PEM file; for RDS the regional bundle. Connections without verified TLS are not made."""

    credential_key_arn: str = Field(min_length=1)
    """KMS key that encrypts vendor logins and wraps the data key of the response cache."""

    hub_environment: Literal["PRODUCTION", "STAGING", "DEVELOPMENT"]
    """Must equal the configured environment, so that a copied database cannot make a test stage buy records."""
    vendor_hosts: Annotated[str, AfterValidator(_hosts)]
    """The only `host:port` pairs that vendor calls may go to, whatever the configured base URL says."""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables; raise ConfigurationMissing that names each one that is absent or wrong."""
        values = {name: environment[name.upper()] for name in cls.model_fields if name.upper() in environment}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            wrong = ", ".join(
                f"{str(problem['loc'][0]).upper()} ({problem['msg'].lower()})"
                for problem in error.errors(include_input=False, include_url=False, include_context=False)
            )
            raise ConfigurationMissing(f"The function's environment is not usable: {wrong}.") from None

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The allow-list as a set of `host:port`, lower case."""
        return frozenset(part.strip().lower() for part in self.vendor_hosts.split(","))
