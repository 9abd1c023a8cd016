"""What it costs to refuse the largest document: a list of VINs that are all wrong."""

import json
import statistics
import time

from local.bundle import ROOT, Bundle
from tests.benchmark.environment import handlers_of
from tests.benchmark.figures import Figure
from tests.support.fleet import Invocation

_BYTES = 256 * 1024
_WRONG_VIN = "1HGCM82633A00435{}"  # 17 characters of which the check digit is wrong, or the alphabet
_ROUNDS = 15


def measured(bundle: Bundle) -> list[Figure]:
    """Return the time of the vehicle handler against parsing the same bytes; medians of alternating rounds."""
    body = _document()
    event = {"httpMethod": "POST", "requestContext": {}, "headers": {}, "body": body, "isBase64Encoded": False}
    ours, floor = [], []
    with handlers_of(bundle):
        from vehicle.app import handler  # noqa: PLC0415 - its environment has to be there first

        for _ in range(_ROUNDS):
            started = time.perf_counter()
            response = handler(event, Invocation())
            between = time.perf_counter()
            json.loads(body)
            floor.append(time.perf_counter() - between)
            ours.append(between - started)
    if response["statusCode"] != 400:
        raise RuntimeError(f"a document of wrong VINs was answered with {response['statusCode']}")
    took, parse = statistics.median(ours), statistics.median(floor)
    size = f"{len(body) // 1000} kB of wrong VINs"
    return [
        Figure("refusal_ms_256kb", round(1000 * took, 1), "ms", size),
        Figure("refusal_ratio_256kb", round(took / parse, 1), "x", "json.loads of the same bytes", goal="<= 30"),
    ]


def _document() -> str:
    document = json.loads((ROOT / "events" / "vehicle-vin.json").read_text(encoding="utf-8"))
    document["search"]["vins"] = []
    space = _BYTES - len(json.dumps(document))
    one = len(json.dumps(_WRONG_VIN.format(0))) + len(", ")
    document["search"]["vins"] = [_WRONG_VIN.format(number % 10) for number in range(space // one)]
    return json.dumps(document)
