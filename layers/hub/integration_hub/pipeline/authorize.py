"""Phase authorize: check that this program may ask this, here and now, for this purpose."""

from integration_hub.configuration import keys
from integration_hub.configuration.effective import EffectiveConfiguration
from integration_hub.errors import ConfigurationMissing, PurposeNotAllowed
from integration_hub.models.call import Call
from integration_hub.pipeline.services import Services


def authorize(call: Call, services: Services) -> EffectiveConfiguration:
    """Return the settings that the call is made with.

    Raises ProgramUnknown, ConfigurationMissing, PurposeNotAllowed or DatabaseUnavailable; nothing was bought.
    """
    settings = services.configuration.effective(call.integration, call.program_id, call.settle_by)
    # Every level is a switch of its own, and one that cannot be read is off: a stop must not fail open.
    if not all(settings.at_each_level(keys.ENABLED).values()) or settings.ignored([keys.ENABLED]):
        raise ConfigurationMissing(f"{call.integration.type_code} is switched off for program {call.program_id}.")
    allowed = settings[keys.ALLOWED_PURPOSES].split(", ")
    if call.purpose not in allowed or settings.ignored([keys.ALLOWED_PURPOSES]):
        raise PurposeNotAllowed(
            f"{call.purpose} is not among the allowed_purposes of program {call.program_id} for"
            f" {call.integration.type_code}. Nothing was bought."
        )
    if settings[keys.ENVIRONMENT] != services.environment:
        raise ConfigurationMissing(
            f"The database is configured for {settings[keys.ENVIRONMENT]}, but this function was deployed for"
            f" {services.environment}. Nothing is bought until they agree."
        )
    return settings
