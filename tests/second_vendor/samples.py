"""MVR's documented requests and responses. Everybody in them is invented."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from integration_hub.errors import (
    IntegrationError,
    VendorRejected,
    VendorResponseInvalid,
    VendorTimedOut,
    VendorUnavailable,
)
from integration_hub.vendor.message import VendorResponse
from tests.second_vendor.simulator import REPORT
from tests.support.contract_suite import OperationSamples

STATUSES: Mapping[int, type[IntegrationError]] = MappingProxyType(
    {
        204: VendorResponseInvalid,
        302: VendorResponseInvalid,
        400: VendorRejected,
        404: VendorResponseInvalid,
        422: VendorRejected,
        429: VendorUnavailable,
        504: VendorTimedOut,
    }
)
PERSONAL = ("T0001234", "Testerman", "1984-04-17", "SPEED", "2025-03-02", "VALID")


def response(document: Mapping[str, Any], status: int = 200) -> VendorResponse:
    """Return a response as MVR writes it."""
    return VendorResponse(status, {"content-type": "application/json"}, json.dumps(document).encode())


def order(status: str, **members: Any) -> VendorResponse:
    """Return the state of an order."""
    return response({"order_id": "o-17", "status": status, **members}, 202 if status == "PENDING" else 200)


REPORT_REQUEST = {"license_number": "T0001234"}
ORDER_REQUEST = {**REPORT_REQUEST, "last_name": "Testerman", "birth_date": "1984-04-17"}
SAMPLES = (
    OperationSamples(
        "Report",
        request=REPORT_REQUEST,
        responses=(
            response(REPORT),
            response({"found": False}),
            response({**REPORT, "violations": None, "Testerman": "an unknown member may be named anything"}),
        ),
        personal=PERSONAL,
        statuses=STATUSES,
    ),
    OperationSamples(
        "OrderedReport",
        request=ORDER_REQUEST,
        responses=(order("READY", report=REPORT), order("READY", report={"found": False})),
        personal=PERSONAL,
        pending=(order("PENDING"), order("PENDING", poll_after_ms=10)),
        statuses=STATUSES,
    ),
)
