"""OrderedReport: a report that MVR prepares. POST an order, then GET /orders/{order_id} until it is ready."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from integration_hub.configuration_key import Settings
from integration_hub.errors import VendorResponseInvalid
from integration_hub.privacy import BirthDate, PersonName
from integration_hub.vendor.contract import Operation, Pending
from integration_hub.vendor.message import VendorRequest, VendorResponse
from tests.second_vendor.mvr.report import JSON, ReportDocument, ReportRequest, ReportResult, decode, read
from tests.second_vendor.mvr.settings import BILLING_CODE


class OrderRequest(ReportRequest):
    """The person whose report is ordered."""

    last_name: PersonName = Field(min_length=1, max_length=100)
    birth_date: BirthDate


class OrderDocument(BaseModel):
    """The state of an order."""

    order_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,40}$")]
    status: Literal["PENDING", "READY"]
    poll_after_ms: int = Field(1000, ge=0, le=60_000)
    report: ReportDocument | None = None


def encode_order(request: OrderRequest, settings: Settings) -> VendorRequest:
    """Place an order."""
    headers = {"X-Billing-Code": settings[BILLING_CODE]}
    return VendorRequest(request.model_dump_json().encode(), content_type=JSON, accept=JSON, headers=headers)


def parse_order(response: VendorResponse) -> ReportDocument | Pending:
    """Return the report once it is ready; until then say when to ask again."""
    order = read(OrderDocument, response)
    if order.status == "PENDING":
        poll = VendorRequest(method="GET", path_suffix=f"/{order.order_id}", accept=JSON)
        return Pending(poll, after_seconds=order.poll_after_ms / 1000)
    if order.report is None:
        raise VendorResponseInvalid("MVR's order is ready without a report")
    return order.report


ORDERED_REPORT = Operation(
    name="OrderedReport",
    setting_name="ordered_report",
    request=OrderRequest,
    result=ReportResult,
    encode=encode_order,
    parse_response=parse_order,
    decode=decode,
)
