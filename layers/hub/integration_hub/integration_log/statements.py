"""All SQL on integration_log. The procedures are in functions/migrations/sql/0007_call_procedures.sql."""

from integration_hub.admission.decision import ARGUMENTS

BEGIN_ARGUMENTS = (
    "call_id",
    "policy_id",
    "quote_id",
    "driver_id",
    "vehicle_id",
    "purpose",
    "request_type",
    "request_url",
    "request_data",
    "correlation_id",
    "trace_id",
    "configuration_version",
    "created_by",
    "cost",
    "key_hash",
    "fingerprint",
    "cache_seconds",
    "admit",
    "patience",
    *ARGUMENTS,
)

BEGIN = f"CALL hub_begin_call({', '.join(f'%({name})s' for name in BEGIN_ARGUMENTS)})"

# A settlement that was queued up behind a lost connection finds the row as it was, so it is safe to repeat.
SETTLE = """
UPDATE integration_log
SET outcome = %(outcome)s, is_success = %(is_success)s, response_code = %(response_code)s,
    response_time_ms = %(response_time_ms)s, response_data = %(response_data)s, error_code = %(error_code)s,
    error_message = %(error_message)s, retry_count = %(retry_count)s, attempts = %(attempts)s, cost = %(cost)s,
    credential_version = %(credential_version)s, source_call_id = %(source_call_id)s, closed_at = UTC_TIMESTAMP(6),
    cached_response = IF(COALESCE(LENGTH(cached_response), 0) = %(offset)s,
                         CONCAT(COALESCE(cached_response, ''), %(cached_response)s), NULL),
    cached_until = UTC_TIMESTAMP(6) + INTERVAL %(keep_seconds)s SECOND,
    idempotency_key_hash = IF(%(releases_key)s, NULL, idempotency_key_hash)
WHERE call_id = %(call_id)s AND outcome = 'OPEN'
"""

# The offset makes it safe to repeat.
APPEND_CACHED = """
UPDATE integration_log SET cached_response = CONCAT(COALESCE(cached_response, ''), %(part)s)
WHERE call_id = %(call_id)s AND outcome = 'OPEN' AND COALESCE(LENGTH(cached_response), 0) = %(offset)s
"""

KEY_HOLDER = """
SELECT call_id, correlation_id, outcome, request_fingerprint, admitted_at, policy_id, quote_id, driver_id, vehicle_id,
       TIMESTAMPDIFF(SECOND, opened_at, UTC_TIMESTAMP(6)) AS age_seconds, closed_at,
       IF(cached_until > UTC_TIMESTAMP(6), cached_response, NULL) AS cached_response
FROM integration_log WHERE idempotency_key_hash = %(key_hash)s
"""

# Only as it was found: a call that was admitted meanwhile keeps its key.
RELEASE_KEY = """
UPDATE integration_log SET idempotency_key_hash = NULL
WHERE call_id = %(call_id)s AND idempotency_key_hash = %(key_hash)s AND admitted_at <=> %(admitted_at)s
  AND outcome = %(outcome)s
"""

# 15 minutes: no Lambda function lives longer, so such a row is not going to be settled. Its cost stays what it was when
# it was opened, unless it is certain that nothing was sent.
ABANDON = """
UPDATE integration_log
SET outcome = 'ABANDONED', is_success = FALSE, error_code = 'ABANDONED', closed_at = UTC_TIMESTAMP(6),
    cost = IF(admitted_at IS NULL, 0, cost), cached_response = NULL,
    error_message = 'The function ended without settling the call; search its log for this call id.'
WHERE outcome = 'OPEN' AND opened_at < UTC_TIMESTAMP(6) - INTERVAL 15 MINUTE ORDER BY opened_at LIMIT %(batch)s
"""

EXPIRE_CACHED = """
UPDATE integration_log
SET cached_response = NULL, cached_until = NULL, request_fingerprint = NULL, idempotency_key_hash = NULL
WHERE cached_until <= UTC_TIMESTAMP(6) ORDER BY cached_until LIMIT %(batch)s
"""
