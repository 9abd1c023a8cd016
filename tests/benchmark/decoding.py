"""What reading an answer costs: against bare parsing of the same bytes, and in memory."""

import copy
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable
from xml.etree import ElementTree as ET

from defusedxml import ElementTree

from dcs.drivers import HOUSEHOLD_DRIVERS, HouseholdDriversRequest
from integration_hub.configuration import keys
from integration_hub.vendor.contract import Pending
from integration_hub.vendor.message import VendorResponse
from local.bundle import ROOT
from tests.benchmark.figures import Figure

_ROUNDS = 25
_DRIVERS = 100


def measured() -> list[Figure]:
    """Measure an answer of 100 drivers, and the largest answer that the settings allow by default."""
    answer = _answer(_DRIVERS)
    ratio = _alternating(lambda: _read(answer), lambda: ElementTree.fromstring(answer))
    limit = keys.MAX_RESPONSE_BYTES.default or 0
    largest = _answer(_DRIVERS * limit // len(answer) - 1)
    return [
        Figure("decode_ratio", round(ratio, 2), "x", f"bare parse of {len(answer) // 1000} kB", goal="<= 3"),
        Figure(
            "decode_peak_mb", round(_peak(largest) / 1e6, 1), "MB", f"an answer of {len(largest) / 1e6:.1f} MB", goal=""
        ),
    ]


def _read(body: bytes) -> object:
    document = HOUSEHOLD_DRIVERS.parse_response(VendorResponse(200, {"content-type": "application/xml"}, body))
    if isinstance(document, Pending):
        raise TypeError("DCS answers at once")
    return HOUSEHOLD_DRIVERS.decode(document, _REQUEST)


_REQUEST = HouseholdDriversRequest.model_validate_json(
    json.dumps(json.loads((ROOT / "events" / "driver.json").read_text(encoding="utf-8"))["search"])
)


def _answer(drivers: int) -> bytes:
    """Return the example answer with its first record repeated, each under a key of its own."""
    sample = ROOT / "tests" / "vendor_samples" / "household_drivers" / "whole.xml"
    root = ET.fromstring(sample.read_text(encoding="utf-8"))  # noqa: S314 - a file of ours
    records = root.find("DriversLicenses")
    if records is None:
        raise RuntimeError("the sample holds no records")
    first = records[0]
    records.clear()
    for number in range(drivers):
        record = copy.deepcopy(first)
        record.findall("Id")[0].text = f"X-{number}"
        records.append(record)
    return ET.tostring(root)


def _alternating(ours: Callable[[], object], floor: Callable[[], object]) -> float:
    ratios = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        ours()
        between = time.perf_counter()
        floor()
        ratios.append((between - started) / (time.perf_counter() - between))
    return statistics.median(ratios)


def _peak(body: bytes) -> int:
    tracemalloc.start()
    try:
        _read(body)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
