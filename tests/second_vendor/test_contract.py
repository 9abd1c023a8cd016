"""The second vendor passes the contract suite, and counts what it tolerates."""

from integration_hub.vendor.contract import Pending
from tests.second_vendor.mvr.integration import MVR
from tests.second_vendor.mvr.order import parse_order
from tests.second_vendor.mvr.report import REPORT, ReportRequest
from tests.second_vendor.samples import REPORT_REQUEST, SAMPLES, order
from tests.support.contract_suite import SampleSettings, VendorContract


class TestMvr(VendorContract):
    """MVR_REPORT_API."""

    integration = MVR
    samples = SAMPLES


def test_request_names_the_person_only_where_no_log_looks() -> None:
    """In path suffix and query, which are added when the request is sent."""
    sent = REPORT.encode(ReportRequest.model_validate(REPORT_REQUEST), SampleSettings({"billing_code": "B-9"}))
    assert (sent.method, sent.path_suffix, sent.query) == ("GET", "/T0001234", {"state": "TX"})
    assert sent.headers == {"X-Billing-Code": "B-9"}


def test_deviations_are_counted() -> None:
    """A null list is tolerated as M1, and undocumented members are counted."""
    document = REPORT.parse_response(SAMPLES[0].responses[2])
    result = REPORT.decode(document, ReportRequest.model_validate(REPORT_REQUEST))  # type: ignore[arg-type]
    assert (result.tolerances, result.unknown_elements) == ({"M1": 1}, {"(undocumented)": 1})


def test_a_pending_order_is_polled_under_its_own_number() -> None:
    """After the time that the vendor names."""
    found = parse_order(order("PENDING", poll_after_ms=250))
    assert isinstance(found, Pending)
    assert (found.request.method, found.request.path_suffix, found.after_seconds) == ("GET", "/o-17", 0.25)
