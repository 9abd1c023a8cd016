"""What can go wrong, and the consequences.

Each class carries its consequences, so that the retry loop, the circuit breaker, integration_log, the HTTP response
and the state machine read them here instead of deciding again. For a direct invocation the class name is the error
name that Step Functions matches in `Retry` and `Catch`. "breaker": an outage, which the circuit breaker counts;
"operator": a condition that needs an operator.

    IntegrationError                status  retryable  breaker  operator
    ├── RequestInvalid              400     no         no       no        the caller's input, with field paths
    ├── PurposeNotAllowed           403     no         no       no        the program may not state this purpose
    ├── ProgramUnknown              404     no         no       no        no such program
    ├── ReferenceUnknown            422     no         no       no        no such policy, quote, driver or vehicle
    ├── ConfigurationMissing        503     no         no       yes       a setting is missing, invalid or off
    ├── CredentialUnavailable       503     no         no       yes       absent, expired, or KMS refused
    ├── DatabaseUnavailable         503     yes        no       no        no row, no call
    ├── IdempotencyKeyReused        422     no         no       no        the key belongs to another request
    ├── RequestInProgress           409     yes        no       no        the first request with this key is running
    ├── OutcomeUnknown              409     no         no       no        its answer is lost; a new call may be charged
    ├── NotAdmitted                 503     yes        no       no        not admitted now; nothing was sent
    │   ├── RateLimited             429     yes        no       no        a limit per minute or day is used up
    │   ├── CircuitOpen             503     yes        no       no        a vendor outage, or stopped by an operator
    │   └── LoginLocked             503     no         no       yes       refused twice; more would lock the account
    ├── VendorUnavailable           502     yes        yes      no        connection refused or lost, 429, 5xx
    │   └── VendorTimedOut          504     yes        yes      no        no complete answer before the deadline
    ├── VendorRejected              422     no         no       no        the vendor understood and refused
    ├── VendorAuthRefused           502     no         no       yes       the vendor refused our login
    ├── VendorResponseInvalid       502     no         no       yes       not what the vendor's manual promises
    └── InternalError               500     no         no       yes       a defect in the hub itself

"No record found" is a result, not an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field: its path in the request, and what is expected (no value)."""

    field: str
    message: str


class IntegrationError(Exception):
    """A failure with its consequences.

    `detail` is shown to the caller and written to the log: it names fields, settings and times, never personal data
    or a secret.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    http_status: ClassVar[int]
    retryable: ClassVar[bool] = False
    trips_breaker: ClassVar[bool] = False
    needs_fallback: ClassVar[bool] = True
    """Whether the caller has to go on without the vendor; false where the caller can correct the request."""
    needs_operator: ClassVar[bool] = False
    """Whether the condition needs an operator: it does not end by itself."""
    may_be_charged: bool = False
    """Whether the vendor may charge for the attempt that ended with this error: a search ran, or may have run."""

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
    """The program may not use the stated permissible purpose (DPPA, FCRA)."""

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
    """A referenced policy, quote, driver or vehicle does not exist; the vendor was not called."""

    code = "REFERENCE_UNKNOWN"
    title = "A referenced record does not exist"
    http_status = 422
    needs_fallback = False


class ConfigurationMissing(IntegrationError):
    """A setting that the call needs is missing, invalid or switched off."""

    code = "CONFIGURATION_MISSING"
    title = "The integration is not configured"
    http_status = 503
    needs_operator = True


class CredentialUnavailable(IntegrationError):
    """The vendor login is missing, expired, or could not be decrypted."""

    code = "CREDENTIAL_UNAVAILABLE"
    title = "The vendor login is not available"
    http_status = 503
    needs_operator = True


class DatabaseUnavailable(IntegrationError):
    """The hub's database does not answer; without a log row no call is made."""

    code = "DATABASE_UNAVAILABLE"
    title = "The hub's database is not available"
    http_status = 503
    retryable = True


class IdempotencyKeyReused(IntegrationError):
    """The idempotency key was used for another request before; the vendor was not called."""

    code = "IDEMPOTENCY_KEY_REUSED"
    title = "The idempotency key belongs to another request"
    http_status = 422
    needs_fallback = False


class RequestInProgress(IntegrationError):
    """The first request with this idempotency key is still running; a retry gets its answer."""

    code = "REQUEST_IN_PROGRESS"
    title = "The same request is in progress"
    http_status = 409
    retryable = True
    needs_fallback = False


class OutcomeUnknown(IntegrationError):
    """The first request with this idempotency key may have been charged and its answer is lost; it is not repeated."""

    code = "OUTCOME_UNKNOWN"
    title = "The answer to the first request is lost"
    http_status = 409
    may_be_charged = True

    def __init__(self, call_id: str, what: str) -> None:
        super().__init__(
            f"The first request with this idempotency key {what} (call {call_id})."
            " The vendor was not called again; send a new key for a new call, which may be charged."
        )


class NotAdmitted(IntegrationError):
    """The call is not admitted now; nothing was sent to the vendor and nothing is charged.

    `retryable` is for the caller, who may retry after `retry_after_seconds`. The hub itself has waited as long as it
    may.
    """

    code = "NOT_ADMITTED"
    title = "The call is not admitted now"
    http_status = 503
    retryable = True


class RateLimited(NotAdmitted):
    """A limit is used up: `limit` calls per `window_seconds` (a minute, or a calendar day) at `level`."""

    code = "RATE_LIMITED"
    title = "The rate limit is reached"
    http_status = 429

    def __init__(self, detail: str, *, level: str, limit: int, window_seconds: int, retry_after_seconds: float) -> None:
        super().__init__(detail, retry_after_seconds=retry_after_seconds)
        self.level = level
        self.limit = limit
        self.window_seconds = window_seconds


class CircuitOpen(NotAdmitted):
    """The vendor's operation failed too often in a row, or an operator stopped it."""

    code = "CIRCUIT_OPEN"
    title = "Calls to the vendor are stopped"


class LoginLocked(NotAdmitted):
    """The vendor refused this login twice; it is locked until the credential changes or an operator unlocks it."""

    code = "LOGIN_LOCKED"
    title = "The vendor login is locked by the hub"
    retryable = False
    needs_operator = True


class VendorUnavailable(IntegrationError):
    """The vendor cannot be reached, or answers that it is out of service.

    `may_be_charged` is true where the answer is lost: the request may have arrived.
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
    """The vendor refused our login (401); more attempts may lock the account."""

    code = "VENDOR_AUTH_REFUSED"
    title = "The vendor refused the login"
    http_status = 502
    needs_operator = True


class VendorResponseInvalid(IntegrationError):
    """The vendor's answer is not what its manual promises; it is probably charged."""

    code = "VENDOR_RESPONSE_INVALID"
    title = "The vendor's answer cannot be read"
    http_status = 502
    needs_operator = True

    def __init__(self, detail: str, *, may_be_charged: bool = True) -> None:
        super().__init__(detail)
        self.may_be_charged = may_be_charged


class InternalError(IntegrationError):
    """A defect in the hub itself; its log says where it happened."""

    code = "INTERNAL_ERROR"
    title = "Internal error"
    http_status = 500
    needs_operator = True

    def __init__(
        self,
        detail: str = "Internal error; search the logs for this correlation ID.",
        *,
        may_be_charged: bool = False,
    ) -> None:
        super().__init__(detail)
        self.may_be_charged = may_be_charged


class CallFailed(Exception):
    """A failed call: the error, whose call it was, and whether the vendor may charge for any of its attempts.

    `call_id` and `correlation_id` are None where the call failed before they were known.
    """

    def __init__(
        self, error: IntegrationError, *, call_id: str | None, correlation_id: str | None, may_be_charged: bool
    ) -> None:
        super().__init__(error.detail)
        self.error = error
        self.call_id = call_id
        self.correlation_id = correlation_id
        self.may_be_charged = may_be_charged
