"""Writing results into the response cache and reading them back."""

import functools
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError, create_model

from integration_hub.integration_log.store import StoredRow
from integration_hub.models.answer import Cached
from integration_hub.models.call import Call
from integration_hub.privacy import HubModel
from integration_hub.response_cache.encryption import ResponseCipher
from integration_hub.vendor.contract import AnyOperation


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A result that another call, `call_id`, paid for; `cached` is set where that call had it from the cache itself."""

    call_id: str
    correlation_id: str
    answered_at: datetime
    result: HubModel
    cached: Cached | None


class ResponseCache:
    """Encrypts and decrypts results; the rows that hold them are found by integration_log."""

    def __init__(self, cipher: ResponseCipher) -> None:
        self._cipher = cipher

    def fingerprint(self, question: bytes) -> bytes:
        """Return the keyed digest of a question; raise CredentialUnavailable where the data key cannot be loaded."""
        return self._cipher.fingerprint(question)

    def encrypted(self, call: Call, result: HubModel, cached: Cached | None = None) -> bytes | None:
        """Return a result in the form that is stored, or None where it is too large."""
        content = _content_model(call.operation)(result=result, cached=cached)
        return self._cipher.encrypted(content.model_dump_json().encode(), call.call_id)

    def read(self, row: StoredRow, operation: AnyOperation) -> StoredResponse | None:
        """Return a stored response; None where it has expired, or is of a version whose results had another form."""
        if row.encrypted_response is None or row.answered_at is None:
            return None
        text = self._cipher.decrypted(row.encrypted_response, row.call_id)
        try:
            content: Any = None if text is None else _content_model(operation).model_validate_json(text)
        except ValidationError:
            return None
        if content is None:
            return None
        return StoredResponse(row.call_id, row.correlation_id, row.answered_at, content.result, content.cached)


@functools.cache
def _content_model(operation: AnyOperation) -> type[Any]:
    return create_model(
        f"{operation.name}Stored", __base__=HubModel, result=(operation.result, ...), cached=(Cached | None, None)
    )
