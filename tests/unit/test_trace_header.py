"""A trace id goes to the vendor in the header of its own format."""

import pytest

from integration_hub.pipeline.attempt import _trace_header


@pytest.mark.parametrize(
    ("trace_id", "header"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "traceparent"),
        ("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", "X-Amzn-Trace-Id"),
    ],
)
def test_each_format_has_its_header(trace_id: str, header: str) -> None:
    """W3C Trace Context and X-Ray."""
    assert _trace_header(trace_id) == header
