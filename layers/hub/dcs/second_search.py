"""The second search after a response that does not know the apartment."""

from typing import Any

from dcs.settings import SECOND_SEARCH
from dcs.statuses import AddressStatus
from integration_hub.configuration_key import Settings
from integration_hub.vendor.contract import FollowUp


def without_apartment(search: Any, result: Any, settings: Settings) -> FollowUp[Any] | None:
    """Suggest the same search without an apartment that the vendor does not know (vendor manuals: ANNF)."""
    if not settings[SECOND_SEARCH]:
        return None
    if result.address_status is not AddressStatus.APARTMENT_NOT_FOUND or search.address.apartment is None:
        return None
    address_only = search.address.model_copy(update={"apartment": None})
    return FollowUp(search.model_copy(update={"address": address_only}), reason=result.address_status.value)
