"""The integration type MVR_REPORT_API."""

from integration_hub.vendor.contract import Integration
from integration_hub.vendor.oauth import ClientCredentials
from tests.second_vendor.mvr.order import ORDERED_REPORT
from tests.second_vendor.mvr.report import REPORT
from tests.second_vendor.mvr.settings import BILLING_CODE, TOKEN_PATH

MVR = Integration(
    type_code="MVR_REPORT_API",
    vendor="MVR",
    fallback="MANUAL_REVIEW",
    operations=(REPORT, ORDERED_REPORT),
    authentication=ClientCredentials(TOKEN_PATH, scope="reports"),
    settings=(TOKEN_PATH, BILLING_CODE),
)
