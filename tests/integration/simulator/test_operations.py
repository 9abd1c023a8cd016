"""The five operations over HTTPS: the documented examples, the login, and the strict reading of requests."""

import json

import pytest

from local.simulator import Credentials, Simulator
from tests.support.simulator_client import PATH, Client, sample


@pytest.mark.parametrize("operation", PATH)
def test_documented_example(client: Client, operation: str) -> None:
    """The documented request gets the documented answer, byte for byte."""
    reply = client.ask(operation)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert reply.body == sample(operation, "whole.xml")


def test_documented_json_example(client: Client) -> None:
    """Criminal takes and gives JSON, with the root kept (shape A)."""
    reply = client.ask("Criminal", sample("Criminal", "request.json"), Content_Type="application/json")
    assert reply.headers["Content-Type"].startswith("application/json")
    assert json.loads(reply.body) == json.loads(sample("Criminal", "whole.json"))


def test_json_without_root(client: Client) -> None:
    """A request without the root (shape B) is answered in the same shape."""
    document = json.loads(sample("Criminal", "request.json"))["CriminalRequest"]
    document["Persons"] = document["Persons"]["Person"]
    reply = client.ask("Criminal", json.dumps(document).encode(), Content_Type="application/json")
    profiles = json.loads(reply.body)["CriminalProfiles"]
    assert [profile["Id"] for profile in profiles] == ["P-1", "P-2"]
    assert profiles[0]["CriminalHistories"][1]["SearchSource"] == "A"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer " + Credentials().header().removeprefix("Basic "),
        Credentials(password="another").header(),
        Credentials(account="900124").header(),
    ],
)
def test_wrong_login(simulator: Simulator, client: Client, authorization: str) -> None:
    """Anything but the three right parts is refused with 401 and is not charged."""
    reply = client.ask("VehicleVin", Authorization=authorization)
    assert reply.status == 401
    assert reply.root.findtext("ResponseStatusCode") == "401"
    assert simulator.invoice().total_cents == 0


@pytest.mark.parametrize(
    ("operation", "edit", "status", "place"),
    [
        ("HouseholdDrivers", ("</Driver>", ""), 403, "well-formed"),
        ("HouseholdDrivers", ("HouseholdDriversRequest>", "HouseholdDriverRequest>"), 403, "root element"),
        ("HouseholdDrivers", ("<HouseholdDriversRequest>", "<!DOCTYPE a><HouseholdDriversRequest>"), 403, "DTD"),
        ("HouseholdDrivers", ("TransactionInfo>", "TransactionInformation>"), 400, "TransactionInfo: missing"),
        ("HouseholdDrivers", ("<UserId>svc-quote</UserId>", ""), 400, "TransactionInfo/UserId"),
        ("HouseholdDrivers", ("<Id>D-2</Id>", "<Id>D-1</Id>"), 400, "unique"),
        ("HouseholdDrivers", ("<Id>D-2</Id>", "<Id/>"), 400, "Driver[2]/Id"),
        ("HouseholdDrivers", ("<Id>D-2</Id>", "<Id>D-2</Id><Id>D-4</Id>"), 400, "more than once"),
        ("HouseholdDrivers", ("11/02/1986", "1986-11-02"), 400, "Driver[2]/BirthDate"),
        ("HouseholdDrivers", ("11/02/1986", "02/30/1986"), 400, "Driver[2]/BirthDate"),
        ("HouseholdDrivers", ("<HouseholdFlag>Yes", "<HouseholdFlag>yes"), 400, "HouseholdFlag"),
        ("HouseholdDrivers", ("<ZipCode>75999", "<ZipCode>75999-0314"), 400, "ZipCode"),
        ("HouseholdDrivers", ("<ZipPlus4>0314", "<ZipPlus4>314"), 400, "ZipPlus4"),
        ("HouseholdVehicles", ("<Vin>1ZZTESTA9KX000101", "<Vin>1ZZTESTA9KX00010O"), 400, "VehicleVin[1]/Vin"),
        ("VehicleVin", ("VehicleVin>", "Vehicle>"), 400, "unknown element"),
        ("VehicleTag", ("<Tag>TST4271", "<Tag>TST-4271"), 400, "VehicleTag[1]/Tag"),
        ("Criminal", ("<LastName>Testerman</LastName>", ""), 400, "Person[1]/LastName"),
    ],
)
def test_strict_reading(client: Client, operation: str, edit: tuple[str, str], status: int, place: str) -> None:
    """What the vendor's tables do not allow is refused with the vendor's code and XML, and the place."""
    text = sample(operation).decode()
    assert edit[0] in text
    reply = client.ask(operation, text.replace(*edit).encode())
    assert (reply.status, reply.root.tag) == (status, f"{operation}Response")
    assert reply.root.findtext("ResponseStatusCode") == str(status)
    assert place in reply.headers["X-Simulator-Reason"]


def test_empty_list(client: Client) -> None:
    """A search for nobody is refused."""
    text = sample("Criminal").decode()
    start, end = text.index("<Person>"), text.rindex("</Person>") + len("</Person>")
    assert client.ask("Criminal", (text[:start] + text[end:]).encode()).status == 400


@pytest.mark.parametrize(
    ("operation", "media"), [("VehicleVin", "application/json"), ("Criminal", "text/plain"), ("Criminal", "text/xml")]
)
def test_media_type(client: Client, operation: str, media: str) -> None:
    """Only the documented media types are read."""
    assert client.ask(operation, Content_Type=media).status == 403


def test_not_a_call(simulator: Simulator, client: Client) -> None:
    """Another method or path is refused and is no call."""
    for method, path, status in (("GET", PATH["VehicleVin"], 405), ("POST", "/admin/state", 404)):
        connection = client.connect()
        connection.request(method, path, headers={"Authorization": client.authorization})
        assert connection.getresponse().status == status
        connection.close()
    assert simulator.calls() == ()


def test_keep_alive(simulator: Simulator, client: Client) -> None:
    """Several calls travel over one connection."""
    connection = client.connect()
    for _ in range(3):
        client.send(connection, "VehicleTag")
        assert connection.getresponse().read() == sample("VehicleTag", "whole.xml")
    connection.close()
    assert simulator.state()["connections"] == 1
