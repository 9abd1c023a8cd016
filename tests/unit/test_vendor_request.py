"""What a vendor URL and request may look like is decided before anything is opened."""

import time
from pathlib import Path
from typing import Any

import pytest

from integration_hub.deadline import Deadline
from integration_hub.errors import ConfigurationMissing, IntegrationError, RequestInvalid
from integration_hub.vendor.address import parse_address
from integration_hub.vendor.message import VendorRequest
from integration_hub.vendor.transport import Exchange, VendorTransport

TRANSPORT = VendorTransport(frozenset({"vendor.example:443", "vendor.example:8443", "::1:443"}))


def _refused(error: type[IntegrationError], **changes: Any) -> str:
    values: dict[str, Any] = {
        "url": "https://vendor.example/path",
        "request": VendorRequest(**changes.pop("request", {})),
        "headers": {},
        "connect_timeout_seconds": 1.0,
        "deadline": Deadline(time.monotonic() - 1),
        "send_by": 0.0,
        "max_response_bytes": 1,
        "ca_bundle": "",
    }
    with pytest.raises(error) as caught:
        TRANSPORT.send(Exchange(**{**values, **changes}))
    assert not caught.value.may_be_charged
    return caught.value.detail


@pytest.mark.parametrize(
    "url",
    ["https://vendor.example", "https://VENDOR.example:8443/a%20b", "https://[::1]/a", "https://vendor.example:443/"],
)
def test_an_allowed_url_passes(url: str) -> None:
    """Case and the default port do not matter."""
    TRANSPORT.check(url, "")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "vendor.example",
        "http://vendor.example/a",
        "https://other.example/a",
        "https://vendor.example:444/a",
        "https://vendor.example:0/a",
        "https://vendor.example:65536/a",
        "https://vendor.example:-1/a",
        "https://vendor.example:x/a",
        "https://user@vendor.example/a",
        "https://user:hunter2@vendor.example/a",
        "https://other.example@vendor.example/a",
        "https://vendor.example/a?b=c",
        "https://vendor.example/a?",
        "https://vendor.example/a#b",
        "https://vendor.example#",
        "https://vendor.example/a b",
        "https://vendor.example/a\r\nX: y",
        "https://vendor.example/a\tb",
        "https://vendor.example/ü",
        "https://vendor..example/a",
        "https://[::1/a",
        "https:///a",
    ],
)
def test_a_url_that_can_never_work_is_refused(url: str) -> None:
    """Without repeating a password that stands in it."""
    with pytest.raises(ConfigurationMissing) as caught:
        TRANSPORT.check(url, "")
    assert "hunter2" not in caught.value.detail
    _refused(ConfigurationMissing, url=url)


def test_the_host_header_names_an_unusual_port() -> None:
    """An IPv6 address is in brackets."""
    assert parse_address("https://vendor.example:443/a").authority == "vendor.example"
    assert parse_address("https://[::1]:8443/a").authority == "[::1]:8443"
    assert parse_address("https://vendor.example").path == "/"


def test_a_ca_bundle_that_cannot_be_loaded_is_refused(tmp_path: Path) -> None:
    """Absent, not PEM, or not a path."""
    (tmp_path / "text.pem").write_text("no certificate")
    for bundle in (str(tmp_path / "absent.pem"), str(tmp_path / "text.pem"), str(tmp_path), "a\0b"):
        with pytest.raises(ConfigurationMissing, match="CA bundle"):
            TRANSPORT.check("https://vendor.example", bundle)


@pytest.mark.parametrize(
    "header",
    [
        {"X-A": "a\r\nX-B: c"},
        {"X-A": "a\n"},
        {"X-A": "a\0"},
        {"X-A": "\N{SNOWMAN}"},
        {"X-A\r\n": "a"},
        {"X A": "a"},
        {"": "a"},
        {"Content-Length": "0"},
        {"transfer-encoding": "chunked"},
        {"Host": "other.example"},
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(header: dict[str, str]) -> None:
    """From either source; the value, which may be a secret, is not repeated."""
    assert "c" * 2 not in _refused(ConfigurationMissing, headers=header)
    _refused(ConfigurationMissing, request={"headers": header})


@pytest.mark.parametrize("method", ["", "post", "GET /", "GET\r\n"])
def test_a_method_that_cannot_be_sent_is_refused(method: str) -> None:
    """The request line stays one line."""
    _refused(ConfigurationMissing, request={"method": method})


@pytest.mark.parametrize("name", ["content_type", "accept"])
def test_a_type_that_cannot_be_sent_is_refused(name: str) -> None:
    """As any header."""
    _refused(ConfigurationMissing, request={name: "a\r\nb"})


@pytest.mark.parametrize(
    "part",
    [
        {"path_suffix": "/a\n"},
        {"path_suffix": "/../admin"},
        {"path_suffix": "/."},
        {"query": {"a\0": "b"}},
        {"query": {"a": "b\r\n"}},
    ],
)
def test_a_value_that_does_not_belong_in_a_url_is_refused(part: dict[str, Any]) -> None:
    """These come from the caller's request."""
    _refused(RequestInvalid, request=part)
