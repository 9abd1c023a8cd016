"""What can go wrong, and what follows from it.

Each class carries its consequences, so that the retry loop, the breaker, integration_log, the HTTP
answer and the state machine read them here instead of deciding again. For a direct invocation the
class name is the error name that Step Functions matches in `Retry` and `Catch`. "breaker": an outage, which the
breaker counts; "operator": it lasts until somebody of the carrier acts.

    IntegrationError                status  retryable  breaker  operator
    ├── RequestInvalid              400     no         no       no        the caller's input, with field paths
    ├── PurposeNotAllowed           403     no         no       no        the program may not ask for this purpose
    ├── ProgramUnknown              404     no         no       no        no such program
    ├── ReferenceUnknown            422     no         no       no        no such policy, quote, driver or vehicle
    ├── ConfigurationMissing        503     no         no       yes       an operator has to complete or mend a setting
    ├── CredentialUnavailable       503     no         no       yes       absent, expired, or KMS refused
    ├── DatabaseUnavailable         503     yes        no       no        no row, no call
    ├── IdempotencyKeyReused        422     no         no       no        the key belongs to another request
    ├── RequestInProgress           409     yes        no       no        the first request with this key is under way
    ├── OutcomeUnknown              409     no         no       no        its answer is lost; asking again may pay again
    ├── NotAdmitted                 503     yes        no       no        no leave to call now; nothing was sent
    │   ├── RateLimited             429     yes        no       no        a limit per minute or day is used up
    │   ├── CircuitOpen             503     yes        no       no        the vendor was out, or was stopped by hand
    │   └── LoginLocked             503     no         no       yes       refused twice; more would lock the account
    ├── VendorUnavailable           502     yes        yes      no        connection refused or lost, 429, 5xx
    │   └── VendorTimedOut          504     yes        yes      no        no complete answer before the deadline
    ├── VendorRejected              422     no         no       no        DCS understood and said no
    ├── VendorAuthRefused           502     no         no       yes       DCS refused our login
    ├── VendorResponseInvalid          502     no         no       yes       not what the vendor's manual promises
    └── InternalError                   500     no         no       yes       a mistake in the hub itself

"No record found" is a result, not an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field: its path in the request, and what to do about it (no value)."""

    field: str
    message: str


class IntegrationError(Exception):
    """A failure with its consequences.

    `detail` is shown to the caller and written to the log: it names fields, settings and times, never
    a value of a person or a secret.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    http_status: ClassVar[int]
    retryable: ClassVar[bool] = False
    trips_breaker: ClassVar[bool] = False
    needs_fallback: ClassVar[bool] = True
    """Whether the caller has to go on without the vendor; false where the caller can mend the request."""
    needs_operator: ClassVar[bool] = False
    """Whether it lasts until somebody of the carrier acts, so that somebody has to be called."""
    may_be_charged: bool = False
    """Whether the vendor may charge for the attempt that ended so: a search ran, or may have run."""

    def __init__(
        self,
        detail: str,
        *,
        fields: Sequence[FieldProblem] = (),
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = tuple(fields)
        self.retry_after_seconds = retry_after_seconds

    @classmethod
    def named(cls, message: str) -> Exception:
        """Return an exception of this class's name whose text is `message`, for callers that match names."""
        error: Exception = type(cls.__name__, (Exception,), {})(message)
        return error


class RequestInvalid(IntegrationError):
    """The caller's input breaks a rule; `fields` names each."""

    code = "REQUEST_INVALID"
    title = "The request is not valid"
    http_status = 400
    needs_fallback = False


class PurposeNotAllowed(IntegrationError):
    """The stated permissible purpose (DPPA, FCRA) is not one this program may use."""

    code = "PURPOSE_NOT_ALLOWED"
    title = "The permissible purpose is not allowed"
    http_status = 403
    needs_fallback = False


class ProgramUnknown(IntegrationError):
    """The program in the request does not exist."""

    code = "PROGRAM_UNKNOWN"
    title = "The program does not exist"
    http_status = 404
    needs_fallback = False


class ReferenceUnknown(IntegrationError):
    """A referenced policy, quote, driver or vehicle does not exist; nothing was bought."""

    code = "REFERENCE_UNKNOWN"
    title = "A referenced record does not exist"
    http_status = 422
    needs_fallback = False


class ConfigurationMissing(IntegrationError):
    """A setting that the call needs is absent, unusable or switched off."""

    code = "CONFIGURATION_MISSING"
    title = "The integration is not configured"
    http_status = 503
    needs_operator = True


class CredentialUnavailable(IntegrationError):
    """The vendor login is absent, expired, or could not be decrypted."""

    code = "CREDENTIAL_UNAVAILABLE"
    title = "The vendor login is not available"
    http_status = 503
    needs_operator = True


class DatabaseUnavailable(IntegrationError):
    """The hub's database does not answer, so no call can be put on record and none is made."""

    code = "DATABASE_UNAVAILABLE"
    title = "The hub's database is not available"
    http_status = 503
    retryable = True


class IdempotencyKeyReused(IntegrationError):
    """The idempotency key was used for another request before; nothing was bought."""

    code = "IDEMPOTENCY_KEY_REUSED"
    title = "The idempotency key belongs to another request"
    http_status = 422
    needs_fallback = False


class RequestInProgress(IntegrationError):
    """The first request with this idempotency key is still under way; its answer will be this one's too."""

    code = "REQUEST_IN_PROGRESS"
    title = "The same request is under way"
    http_status = 409
    retryable = True
    needs_fallback = False


class OutcomeUnknown(IntegrationError):
    """The first request with this idempotency key may have been paid for and its answer is lost: no second payment."""

    code = "OUTCOME_UNKNOWN"
    title = "The answer to the first request is lost"
    http_status = 409
    may_be_charged = True

    def __init__(self, call_id: str, what: str) -> None:
        super().__init__(
            f"The first request with this idempotency key {what} (call {call_id})."
            " Nothing was bought again; to ask and pay again, send a new key."
        )


class NotAdmitted(IntegrationError):
    """The call may not reach the vendor now; nothing was sent and nothing was bought.

    `retryable` speaks to the caller: come again after `retry_after_seconds`. The hub itself has waited as long as
    it may.
    """

    code = "NOT_ADMITTED"
    title = "The call is not admitted now"
    http_status = 503
    retryable = True


class RateLimited(NotAdmitted):
    """A limit is used up: `limit` calls per `window_seconds` (a minute, or a calendar day) at `level`."""

    code = "RATE_LIMITED"
    title = "The limit of calls is reached"
    http_status = 429

    def __init__(self, detail: str, *, level: str, limit: int, window_seconds: int, retry_after_seconds: float) -> None:
        super().__init__(detail, retry_after_seconds=retry_after_seconds)
        self.level = level
        self.limit = limit
        self.window_seconds = window_seconds


class CircuitOpen(NotAdmitted):
    """The vendor's operation failed too often in a row, or an operator stopped it."""

    code = "CIRCUIT_OPEN"
    title = "Calls to the vendor are stopped for now"


class LoginLocked(NotAdmitted):
    """The vendor refused this login twice. It rests until the credential changes or an operator lifts the lock."""

    code = "LOGIN_LOCKED"
    title = "The vendor login is locked by the hub"
    retryable = False
    needs_operator = True


class VendorUnavailable(IntegrationError):
    """The vendor cannot be reached or says that it cannot serve now.

    `may_be_charged` is true where the answer is lost: the request may have arrived, and nobody said no.
    """

    code = "VENDOR_UNAVAILABLE"
    title = "The vendor is not available"
    http_status = 502
    retryable = True
    trips_breaker = True

    def __init__(self, detail: str, *, may_be_charged: bool, retry_after_seconds: float | None = None) -> None:
        super().__init__(detail, retry_after_seconds=retry_after_seconds)
        self.may_be_charged = may_be_charged


class VendorTimedOut(VendorUnavailable):
    """The vendor gave no complete answer before the deadline."""

    code = "VENDOR_TIMED_OUT"
    title = "The vendor did not answer in time"
    http_status = 504


class VendorRejected(IntegrationError):
    """The vendor understood the request and refused it (vendor manuals: 400, and 403 "not in the right format")."""

    code = "VENDOR_REJECTED"
    title = "The vendor refused the request"
    http_status = 422


class VendorAuthRefused(IntegrationError):
    """The vendor refused our login (401). Calling on may lock the account."""

    code = "VENDOR_AUTH_REFUSED"
    title = "The vendor refused the login"
    http_status = 502
    needs_operator = True


class VendorResponseInvalid(IntegrationError):
    """The vendor's answer is not what its manual promises; it was probably charged."""

    code = "VENDOR_RESPONSE_INVALID"
    title = "The vendor's answer cannot be read"
    http_status = 502
    needs_operator = True

    def __init__(self, detail: str, *, may_be_charged: bool = True) -> None:
        super().__init__(detail)
        self.may_be_charged = may_be_charged


class InternalError(IntegrationError):
    """The hub itself made a mistake. Never raised on purpose; the log says where it happened."""

    code = "INTERNAL_ERROR"
    title = "The hub failed"
    http_status = 500
    needs_operator = True
