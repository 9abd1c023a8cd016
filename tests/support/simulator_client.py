"""A plain HTTPS client of the simulator, written without any code of the hub."""

import http.client
import ssl
import time
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, fromstring

from local.simulator import Credentials, Simulator
from local.simulator.call_log import Call, End
from local.simulator.operations import PATHS
from tests.support.paths import VENDOR_SAMPLES

FOLDERS = {
    "HouseholdDrivers": "household_drivers",
    "HouseholdVehicles": "household_vehicles",
    "VehicleVin": "vehicle_vin",
    "VehicleTag": "vehicle_tag",
    "Criminal": "criminal",
}
PATH = {operation: path for path, operation in PATHS.items()}


def sample(operation: str, name: str = "request.xml") -> bytes:
    """Return a documented example of an operation."""
    return (VENDOR_SAMPLES / FOLDERS[operation] / name).read_bytes()


def parses(body: bytes) -> bool:
    """Return whether a strict parser accepts a document."""
    try:
        fromstring(body)  # noqa: S314 - the simulator is ours
    except (ParseError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Reply:
    """The simulator's HTTP response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def root(self) -> Element:
        """The body as XML, read strictly."""
        return fromstring(self.body)  # noqa: S314 - the simulator is ours


class Client:
    """Calls a simulator with one connection per call."""

    def __init__(self, simulator: Simulator, credentials: Credentials | None = None) -> None:
        self.simulator = simulator
        self.context = ssl.create_default_context(cafile=simulator.ca_file)
        self.authorization = (credentials or Credentials()).header()

    def connect(self, seconds: float = 20) -> http.client.HTTPSConnection:
        """Return a connection that is not yet open."""
        return http.client.HTTPSConnection(
            self.simulator.url.removeprefix("https://"), context=self.context, timeout=seconds
        )

    def send(
        self, connection: http.client.HTTPSConnection, operation: str, body: bytes | None = None, **headers: str
    ) -> None:
        """Send a request and leave the answer to the caller. `X_Call_Id` stands for `X-Call-Id`."""
        usual = {"Authorization": self.authorization, "Content-Type": "application/xml; charset=utf-8"}
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST", PATH[operation], sample(operation) if body is None else body, usual)

    def ask(self, operation: str, body: bytes | None = None, *, seconds: float = 20, **headers: str) -> Reply:
        """Make a whole call; without a body it is the documented example."""
        connection = self.connect(seconds)
        try:
            self.send(connection, operation, body, **headers)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def fault(self, fault: str, operation: str = "HouseholdDrivers", *, seconds: float = 20) -> Reply:
        """Make the documented call with a fault."""
        return self.ask(operation, seconds=seconds, X_Simulator_Fault=fault)


def ended(simulator: Simulator, number: int) -> list[Call]:
    """Wait until so many calls have ended (the simulator writes the end after the last byte) and return them all."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        calls = simulator.calls()
        if len(calls) >= number and all(call.end for call in calls):
            return list(calls)
        time.sleep(0.005)
    raise AssertionError(f"{number} ended calls expected, got {simulator.calls()}")


def last(simulator: Simulator, number: int) -> End:
    """Return the end of the call with this sequence number."""
    end = ended(simulator, number)[number - 1].end
    assert end is not None
    return end
