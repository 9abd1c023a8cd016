"""Report: the driving record of a license, GET /reports/{license_number}?state=TX."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from integration_hub.configuration_key import Settings
from integration_hub.errors import (
    IntegrationError,
    VendorAuthRefused,
    VendorRejected,
    VendorResponseInvalid,
    VendorTimedOut,
    VendorUnavailable,
)
from integration_hub.privacy import RESTRICTED, BirthDate, HubModel, LicenseNumber, PersonName
from integration_hub.vendor.contract import CachePolicy, Operation
from integration_hub.vendor.message import VendorRequest, VendorResponse
from tests.second_vendor.mvr.settings import BILLING_CODE

JSON = "application/json"
License = Annotated[LicenseNumber, StringConstraints(pattern=r"^[A-Z0-9]{6,20}$")]
State = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class ReportRequest(HubModel):
    """A search by license number."""

    license_number: License
    state: State = "TX"


class Violation(HubModel):
    """An entry of the driving record."""

    code: str
    date: date
    points: int = 0


class ReportResult(HubModel):
    """The driving record of one license; `found` is false where MVR has none."""

    found: bool
    license_number: LicenseNumber | None
    name: PersonName | None
    birth_date: BirthDate | None
    license_status: Annotated[str | None, RESTRICTED]
    violations: Annotated[tuple[Violation, ...], RESTRICTED]
    tolerances: Annotated[Mapping[str, int], RESTRICTED]
    tolerances_on_record: Mapping[str, int] = Field({}, exclude=True)
    unknown_elements: Annotated[Mapping[str, int], RESTRICTED]


class ReportDocument(BaseModel):
    """The response as MVR writes it; members that it does not document are kept apart in `model_extra`."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)

    found: bool
    license_number: str | None = None
    name: str | None = None
    birth_date: date | None = None
    license_status: str | None = None
    violations: tuple[Violation, ...] | None = ()


def encode(request: ReportRequest, settings: Settings) -> VendorRequest:
    """Ask for the report of a license."""
    return VendorRequest(
        method="GET",
        path_suffix=f"/{request.license_number}",
        query={"state": request.state},
        headers={"X-Billing-Code": settings[BILLING_CODE]},
        accept=JSON,
    )


def read[DocumentT: BaseModel](model: type[DocumentT], response: VendorResponse) -> DocumentT:
    """Return the document of a successful response, or raise what another status means."""
    if response.status not in (200, 202):
        raise failure(response)
    try:
        return model.model_validate_json(response.body)
    except ValidationError as error:
        raise VendorResponseInvalid(f"MVR's response has {error.error_count()} wrong members") from None


def failure(response: VendorResponse) -> IntegrationError:
    """Return what a status means, without the vendor's own text, which could name a person."""
    status, wait = response.status, response.retry_after_seconds
    detail = f"MVR answered with HTTP {status}"
    if status == 401:
        return VendorAuthRefused(detail)
    if status in (400, 422):
        return VendorRejected(detail)
    if status == 504:
        return VendorTimedOut(detail, may_be_charged=True, retry_after_seconds=wait)  # the search may have run
    if status == 429 or status >= 500:
        return VendorUnavailable(detail, may_be_charged=False, retry_after_seconds=wait)
    return VendorResponseInvalid(detail, may_be_charged=status < 300)


def decode(document: ReportDocument, _request: Any) -> ReportResult:
    """Return the normalised result; MVR sends null for an empty list of violations (tolerance M1)."""
    tolerances = {"M1": 1} if document.violations is None else {}
    return ReportResult(
        **document.model_dump(include=set(ReportDocument.model_fields) - {"violations"}),
        violations=document.violations or (),
        tolerances=tolerances,
        unknown_elements={"(undocumented)": len(document.model_extra)} if document.model_extra else {},
    )


REPORT = Operation(
    name="Report",
    setting_name="report",
    request=ReportRequest,
    result=ReportResult,
    encode=encode,
    parse_response=lambda response: read(ReportDocument, response),
    decode=decode,
    cache=CachePolicy(hours=24),
)
