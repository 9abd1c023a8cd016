"""The tests that every vendor integration has to pass, whoever the vendor is.

    class TestMvr(VendorContract):
        integration = MVR
        samples = (OperationSamples("Report", request={...}, responses=(...), personal=("T0001234",)), ...)

It uses nothing of an integration but what `integration_hub.vendor.contract` declares.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr, ValidationError

from integration_hub.configuration_key import Key, Settings
from integration_hub.errors import (
    IntegrationError,
    VendorAuthRefused,
    VendorResponseInvalid,
    VendorUnavailable,
)
from integration_hub.privacy import masked
from integration_hub.vendor.contract import AnyOperation, Integration, Pending, ReadingCounts
from integration_hub.vendor.message import VendorRequest, VendorResponse

CANARY = "CANARYXQ7"
COMMON_STATUSES: Mapping[int, type[IntegrationError]] = MappingProxyType(
    {401: VendorAuthRefused, 500: VendorUnavailable, 502: VendorUnavailable, 503: VendorUnavailable}
)
GARBAGE = (
    b"",
    b"\x00",
    b"\xff\xfe<",
    b"null",
    b"[]",
    b"{}",
    b"<a/>",
    b"<html>502</html>",
    b"[" * 100_000,
    b"<a>" * 100_000,
)


@dataclass(frozen=True)
class OperationSamples:
    """What is documented of one operation. All people in it are invented.

    `responses` give a result, `pending` ask for patience; `statuses` adds the vendor's own statuses to the common
    ones. `personal` lists the texts in request and responses that no log may show.
    """

    operation: str
    request: Mapping[str, Any]
    responses: tuple[VendorResponse, ...]
    personal: tuple[str, ...]
    pending: tuple[VendorResponse, ...] = ()
    statuses: Mapping[int, type[IntegrationError]] = MappingProxyType({})


class SampleSettings:
    """Settings with these values, else the defaults; a key without either has its name as its value."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._values = values or {}

    def __getitem__[T](self, key: Key[T]) -> T:
        """Return a usable value."""
        if key.name in self._values:
            value: T = self._values[key.name]
            return value
        return key.parse(key.name) if key.default is None else key.default


class VendorContract:
    """Subclass it as `Test...` with an integration and samples for each of its operations."""

    integration: ClassVar[Integration]
    samples: ClassVar[tuple[OperationSamples, ...]]
    settings: ClassVar[Settings] = SampleSettings()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run the tests of an operation for each sample."""
        if "sample" in metafunc.fixturenames:
            metafunc.parametrize("sample", self.samples, ids=[sample.operation for sample in self.samples])

    def test_names_are_unique_and_every_operation_has_samples(self) -> None:
        """Names lead to operations, and setting names to their settings."""
        names = [operation.name for operation in self.integration.operations]
        assert _repeated(names) == []
        assert _repeated(operation.setting_name for operation in self.integration.operations) == []
        assert {sample.operation for sample in self.samples} == set(names)
        assert self.integration.type_code.startswith(f"{self.integration.vendor}_")

    def test_fallback_is_never_clear(self) -> None:
        """A vendor that cannot answer says nothing about a person."""
        assert self.integration.fallback
        assert "CLEAR" not in self.integration.fallback.upper()

    def test_settings_are_documented_and_their_defaults_are_usable(self) -> None:
        """Each has a help and a form, and a default that its own parser accepts."""
        keys = self.integration.settings
        assert _repeated((key.kind, key.name) for key in keys) == []
        for key in keys:
            assert key.help, key.name
            assert key.form, key.name
            if key.default is not None and str(key.default):
                assert key.parse(str(key.default)) == key.default, key.name
            with pytest.raises(ValueError, match="must be") as caught:
                key.parse(f"{CANARY}\n")
            assert CANARY not in str(caught.value), "the reason repeats the value"

    def test_authentication_shows_no_secret(self) -> None:
        """Neither its requests' repr nor the account that the lockout names hold a secret."""
        authentication = self.integration.authentication
        assert authentication.secret_names
        assert _repeated(authentication.secret_names) == []
        secrets = {name: SecretStr(f"{CANARY}-{name}") for name in authentication.secret_names}
        flow = authentication.flow(secrets, self.settings)
        request = next(flow, None)  # None: no exchange is needed
        if request is not None:
            _check_request(request)
            assert CANARY not in repr(request) + str(request.path) + str(request.query)
        flow.close()
        assert CANARY not in authentication.account(self.settings)

    def test_request_model_names_what_is_wrong(self, sample: OperationSamples) -> None:
        """A missing and an unknown field are refused under their names."""
        model = self._operation(sample).request
        required = [name for name, field in model.model_fields.items() if field.is_required()]
        wrong = [{**sample.request, "surprise": 1}]
        wrong += [{key: value for key, value in sample.request.items() if key != name} for name in required]
        for document, name in zip(wrong, ["surprise", *required], strict=True):
            with pytest.raises(ValidationError) as caught:
                model.model_validate_json(json.dumps(document), strict=True)
            assert caught.value.errors()[0]["loc"] == (name,)

    def test_encoded_request_is_complete_and_carries_no_credential(self, sample: OperationSamples) -> None:
        """What a log may hold of it, its repr and its path, names nobody."""
        request = self._operation(sample).encode(self._request(sample), self.settings)
        _check_request(request)
        assert "authorization" not in {name.casefold() for name in request.headers}
        assert _shown(sample, repr(request) + (request.path or "")) == []

    def test_statuses_have_their_consequences(self, sample: OperationSamples) -> None:
        """Whatever the body says: it is not repeated, and a refusal is never charged."""
        statuses = {**COMMON_STATUSES, **sample.statuses}
        for status, error in statuses.items():
            for body in (b"", CANARY.encode(), sample.responses[0].body):
                with pytest.raises(IntegrationError) as caught:
                    self._operation(sample).parse_response(VendorResponse(status, {}, body))
                assert type(caught.value) is error, f"{status}: {caught.value!r}"
                assert CANARY not in caught.value.detail
                assert _shown(sample, caught.value.detail) == []
                if 400 <= status < 500:
                    assert not caught.value.may_be_charged, status

    def test_garbage_is_an_invalid_response(self, sample: OperationSamples) -> None:
        """Also a response that was cut off anywhere."""
        bodies = [response.body for response in (*sample.responses, *sample.pending)]
        cut = [body.rstrip()[: round(len(body.rstrip()) * tenth / 10)] for body in bodies for tenth in range(1, 10)]
        for body in [*GARBAGE, *cut]:
            with pytest.raises(VendorResponseInvalid) as caught:
                self._read(sample, VendorResponse(200, {}, body))
            assert _shown(sample, caught.value.detail) == []

    def test_every_sample_gives_a_result_that_counts_its_reading(self, sample: OperationSamples) -> None:
        """The result is of the declared type, and says what was tolerated and what is unknown."""
        for response in sample.responses:
            result = self._read(sample, response)
            assert type(result) is self._operation(sample).result
            counts: ReadingCounts = result
            for counted in (counts.tolerances, counts.tolerances_on_record, counts.unknown_elements):
                assert all(isinstance(name, str) and number > 0 for name, number in counted.items())

    def test_a_stored_result_is_the_same_result(self, sample: OperationSamples) -> None:
        """What the idempotency record and the response cache keep reads back as it was."""
        for response in sample.responses:
            result = self._read(sample, response)
            stored = result.model_dump_json()
            assert self._operation(sample).result.model_validate_json(stored).model_dump_json() == stored

    def test_personal_data_is_marked(self, sample: OperationSamples) -> None:
        """No personal value shows in the masked form or repr of request and results, and each occurs in one."""
        values = [self._request(sample), *(self._read(sample, response) for response in sample.responses)]
        clear = "".join(value.model_dump_json() for value in values)
        assert sample.personal
        assert [text for text in sample.personal if text not in clear] == [], "not in any sample"
        assert _shown(sample, "".join(json.dumps(masked(value)) + repr(value) for value in values)) == []

    def test_pending_responses_say_when_to_ask_again(self, sample: OperationSamples) -> None:
        """With a request that is as clean as the first."""
        for response in sample.pending:
            found = self._operation(sample).parse_response(response)
            assert isinstance(found, Pending)
            assert 0 <= found.after_seconds <= 3600
            _check_request(found.request)
            assert _shown(sample, repr(found)) == []

    def test_cache_policy_decides_for_the_sample(self, sample: OperationSamples) -> None:
        """For a positive number of hours."""
        if (policy := self._operation(sample).cache) is not None:
            assert policy.hours > 0
            assert policy.allowed(self._request(sample)) in (True, False)

    def _operation(self, sample: OperationSamples) -> AnyOperation:
        return next(found for found in self.integration.operations if found.name == sample.operation)

    def _request(self, sample: OperationSamples) -> Any:
        return self._operation(sample).request.model_validate_json(json.dumps(sample.request), strict=True)

    def _read(self, sample: OperationSamples, response: VendorResponse) -> Any:
        operation = self._operation(sample)
        return operation.decode(operation.parse_response(response), self._request(sample))


def _check_request(request: VendorRequest) -> None:
    """Check that a request can be sent as it is."""
    assert request.method in {"GET", "POST"}
    assert request.method == "POST" or not request.body
    assert not request.body or request.content_type
    assert request.path is None or request.path.startswith("/")
    assert not request.path_suffix or request.path_suffix.startswith("/")
    assert "?" not in request.path_suffix + (request.path or "")
    for name, value in chain(request.headers.items(), request.query.items()):
        assert f"{name}{value}".isprintable(), name


def _shown(sample: OperationSamples, text: str) -> list[str]:
    return [value for value in sample.personal if value in text]


def _repeated(values: Any) -> list[Any]:
    counted: Iterator[tuple[Any, int]] = iter(Counter(values).items())
    return [value for value, number in counted if number > 1]
