-- A paid answer is kept for a while, so that the same question is not paid for twice.

-- step: The kinds of settings that say what is paid, and how long an answer may be used again.
INSERT INTO configuration_type (code, name, description, is_default, status_id)
SELECT kind.code, kind.name, kind.description, 0, s.id
FROM status s JOIN (
  SELECT 'DCS_PRICE' AS code, 'DCS Prices' AS name, 'What DCS charges for a search' AS description
  UNION ALL SELECT 'DCS_CACHE', 'DCS CachePolicy', 'How long an answer may be used again') kind
WHERE s.code = 'ACTIVE'
ON DUPLICATE KEY UPDATE configuration_type.code = configuration_type.code;

-- step: A caller's idempotency key belongs to one call; it is given back by a call that bought nothing.
-- unless: column integration_log.idempotency_key_hash
ALTER TABLE integration_log ADD COLUMN idempotency_key_hash BINARY(32) NULL COMMENT 'Digest of program and idempotency key';

-- step: Two calls at once cannot hold one key.
-- unless: index integration_log.idx_integration_log_idempotency_key
ALTER TABLE integration_log ADD UNIQUE KEY idx_integration_log_idempotency_key (idempotency_key_hash);

-- step: The same question is known again, without the question standing there.
-- unless: column integration_log.request_fingerprint
ALTER TABLE integration_log ADD COLUMN request_fingerprint BINARY(32) NULL COMMENT 'Keyed digest of what was asked, by whom and why';

-- step: The answer is kept under lock and key.
-- unless: column integration_log.cached_response
ALTER TABLE integration_log ADD COLUMN cached_response MEDIUMBLOB NULL COMMENT 'Encrypted result, bound to the call id';

-- step: It is kept until then.
-- unless: column integration_log.cached_until
ALTER TABLE integration_log ADD COLUMN cached_until DATETIME(6) NULL COMMENT 'UTC; later it counts as gone';

-- step: Find the newest answer to a question.
-- unless: index integration_log.idx_integration_log_fingerprint
ALTER TABLE integration_log ADD KEY idx_integration_log_fingerprint (request_fingerprint, closed_at);

-- step: Find what has to go.
-- unless: index integration_log.idx_integration_log_cached
ALTER TABLE integration_log ADD KEY idx_integration_log_cached (cached_until);

-- step: A row that bought nothing because an answer was there says whose answer it was.
-- unless: column integration_log.source_call_id
ALTER TABLE integration_log
  ADD COLUMN source_call_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'Call id of the answer that was used';

-- step: The archive keeps that.
-- unless: column integration_log_archive.source_call_id
ALTER TABLE integration_log_archive
  ADD COLUMN source_call_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'Call id of the answer that was used';

-- step: The view over both shows it, and nothing of a kept answer.
CREATE OR REPLACE VIEW v_integration_log AS
SELECT id, call_id, integration_id, program_id, policy_id, quote_id, driver_id, vehicle_id, purpose, request_type, request_url, request_data, response_data, response_code, response_time_ms, is_success, error_message, error_code, retry_count, attempts, outcome, source_call_id, correlation_id, external_reference, configuration_version, credential_version, payload_key, cost, opened_at, closed_at, created_by, created_at, 0 AS is_archived FROM integration_log
UNION ALL
SELECT id, call_id, integration_id, program_id, policy_id, quote_id, driver_id, vehicle_id, purpose, request_type, request_url, request_data, response_data, response_code, response_time_ms, is_success, error_message, error_code, retry_count, attempts, outcome, source_call_id, correlation_id, external_reference, configuration_version, credential_version, payload_key, cost, opened_at, closed_at, created_by, created_at, 1 AS is_archived FROM integration_log_archive;

-- step: The key of kept answers, wrapped by KMS. Without the row every kept answer is gone for good.
-- unless: table response_cache_key
CREATE TABLE response_cache_key (
  environment VARCHAR(50) NOT NULL COMMENT 'PRODUCTION, STAGING or DEVELOPMENT',
  wrapped_key VARBINARY(1024) NOT NULL COMMENT 'Only KMS can open it, for this environment',
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (environment)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='Data key that encrypts kept answers and digests questions';
