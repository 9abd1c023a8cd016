"""The error tree in the module's docstring is the tree in the code."""

import re

import pytest

from integration_hub import errors
from integration_hub.errors import IntegrationError

DRAWN = {
    match["name"]: (int(match["status"]), *(match[name] == "yes" for name in ("retryable", "trips", "operator")))
    for match in re.finditer(
        r"── (?P<name>\w+) +(?P<status>\d+) +(?P<retryable>yes|no) +(?P<trips>yes|no) +(?P<operator>yes|no)",
        errors.__doc__ or "",
    )
}


def _classes(root: type[IntegrationError]) -> list[type[IntegrationError]]:
    return [found for child in root.__subclasses__() for found in (child, *_classes(child))]


def test_the_drawing_is_complete() -> None:
    """Each class is drawn once."""
    assert sorted(DRAWN) == sorted(found.__name__ for found in _classes(IntegrationError))


@pytest.mark.parametrize("found", _classes(IntegrationError), ids=lambda found: found.__name__)
def test_the_drawing_is_true(found: type[IntegrationError]) -> None:
    """Status, retry, breaker and whom it needs are as drawn, and the code is the name in capitals."""
    assert DRAWN[found.__name__] == (
        found.http_status,
        found.retryable,
        found.trips_breaker,
        found.needs_operator,
    )
    assert found.code == re.sub(r"(?<!^)(?=[A-Z])", "_", found.__name__).upper()


def test_a_direct_caller_sees_the_class_name() -> None:
    """Step Functions matches the name of the raised class."""
    raised = errors.VendorTimedOut.named("{}")
    assert type(raised).__name__ == "VendorTimedOut"
    assert str(raised) == "{}"
