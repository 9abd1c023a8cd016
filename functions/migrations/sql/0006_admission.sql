-- State of admission: rate limits, circuit breakers, credential lockout. Times are microseconds since 1970 (UTC) by the
-- database's clock. These rows are state, not records: they may be deleted while nothing runs and are created again.
-- Codes are ascii_bin, so that they compare exactly, also with the parameters of procedures.

-- step: Create the rate limits: a sliding window of recent calls and a calendar-day counter per limited thing.
-- unless: table rate_limit
CREATE TABLE rate_limit (
  vendor VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'For example DCS',
  level VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SYSTEM, PROGRAM or INTEGRATION',
  level_id INT NOT NULL COMMENT 'program.id or integration.id; 0 for SYSTEM',
  recent_calls VARBINARY(4800) NOT NULL DEFAULT '' COMMENT 'Start times in the sliding window, oldest first, 8 bytes each, big-endian',
  day_start BIGINT NOT NULL DEFAULT 0 COMMENT 'Midnight of the day that day_count counts; never moves back',
  day_count INT NOT NULL DEFAULT 0,
  minute_limit INT NULL COMMENT 'The limit that the last admitted call was held to, for display; NULL: none',
  day_limit INT NULL COMMENT 'As minute_limit',
  PRIMARY KEY (vendor, level, level_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='Sliding-window and calendar-day rate limits';

-- step: Create the circuit breakers, one per vendor operation.
-- unless: table circuit_breaker
CREATE TABLE circuit_breaker (
  endpoint VARCHAR(150) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'vendor:operation:environment',
  epoch INT NOT NULL DEFAULT 0 COMMENT 'Grows with each change of state; results of calls from earlier epochs are ignored',
  failures INT NOT NULL DEFAULT 0 COMMENT 'Consecutive outages',
  opened_at BIGINT NOT NULL DEFAULT 0 COMMENT '0: closed',
  open_until BIGINT NOT NULL DEFAULT 0 COMMENT '0: closed; half-open from then on: one trial call at a time',
  opened_because VARCHAR(50) NULL COMMENT 'Error code of the outage that opened it',
  probe_token BIGINT NOT NULL DEFAULT 0 COMMENT 'Call that holds the trial; 0: none',
  probe_until BIGINT NOT NULL DEFAULT 0 COMMENT 'End of the trial''s lease',
  forced VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'OPEN or CLOSED by an operator; NULL: automatic',
  forced_until BIGINT NULL COMMENT 'NULL: until an operator ends it',
  forced_by VARCHAR(100) NULL,
  forced_reason VARCHAR(255) NULL,
  forced_at BIGINT NULL,
  retry_tokens INT NOT NULL DEFAULT 0 COMMENT 'Retry budget in hundredths of a retry',
  PRIMARY KEY (endpoint)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='Circuit breaker and retry budget per vendor operation';

-- step: Create the credential lockout, which stops a credential before the vendor locks the account.
-- unless: table credential_lockout
CREATE TABLE credential_lockout (
  credential VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'Account and credential version; nothing secret',
  verified TINYINT(1) NOT NULL DEFAULT 0 COMMENT '1: the vendor accepted it and has not refused it since',
  refusals INT NOT NULL DEFAULT 0 COMMENT 'Consecutive refusals; 2 lock',
  trials INT NOT NULL DEFAULT 0 COMMENT 'Calls in progress with an unverified credential',
  trial_until BIGINT NOT NULL DEFAULT 0 COMMENT 'Trials without a result by then are ignored',
  locked_at BIGINT NULL,
  unlocked_at BIGINT NULL,
  unlocked_by VARCHAR(100) NULL,
  unlocked_reason VARCHAR(255) NULL,
  PRIMARY KEY (credential)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='Refusals per credential version';

-- step: Create the data key of the response cache, wrapped by KMS. Without the row cached responses cannot be read.
-- unless: table response_cache_key
CREATE TABLE response_cache_key (
  environment VARCHAR(50) NOT NULL COMMENT 'PRODUCTION, STAGING or DEVELOPMENT',
  wrapped_key VARBINARY(1024) NOT NULL COMMENT 'Only KMS can unwrap it, for this environment',
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (environment)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='Data key that encrypts cached responses and keys request fingerprints';
