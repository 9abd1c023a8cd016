-- Who may call the vendor now. All moments are microseconds since 1970 (UTC), by the database's clock.
-- These rows are state, not records: they may be deleted while nothing runs, and come back by themselves.

-- step: Count the calls of everything that has a limit.
-- unless: table rate_limit
CREATE TABLE rate_limit (
  vendor VARCHAR(50) NOT NULL COMMENT 'For example DCS',
  level VARCHAR(20) NOT NULL COMMENT 'SYSTEM, PROGRAM or INTEGRATION',
  level_id INT NOT NULL COMMENT 'program.id or integration.id; 0 for SYSTEM',
  recent_calls VARBINARY(4800) NOT NULL COMMENT 'Moments of the last 600 admitted calls, oldest first, 8 bytes each, big-endian',
  day_start BIGINT NOT NULL DEFAULT 0 COMMENT 'Midnight of the day that day_count counts; never moves back',
  day_count INT NOT NULL DEFAULT 0,
  minute_limit INT NULL COMMENT 'The limit that the last admitted call went by, for people; NULL: none',
  day_limit INT NULL COMMENT 'As minute_limit',
  PRIMARY KEY (vendor, level, level_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='Sliding-minute and calendar-day use per limited thing';

-- step: Keep the state of each vendor operation, shared by all that call it.
-- unless: table circuit_breaker
CREATE TABLE circuit_breaker (
  endpoint VARCHAR(150) NOT NULL COMMENT 'vendor:operation:environment',
  epoch INT NOT NULL DEFAULT 0 COMMENT 'Grows with each change of state; results of calls from earlier periods do not count',
  failures INT NOT NULL DEFAULT 0 COMMENT 'Outages in a row',
  opened_at BIGINT NOT NULL DEFAULT 0 COMMENT '0: closed',
  open_until BIGINT NOT NULL DEFAULT 0 COMMENT '0: closed; from then on one probe at a time',
  opened_because VARCHAR(50) NULL COMMENT 'Error code of the last outage that opened it',
  probe_token BIGINT NOT NULL DEFAULT 0 COMMENT 'Who probes; 0: nobody',
  probe_until BIGINT NOT NULL DEFAULT 0 COMMENT 'End of the probe''s lease',
  forced VARCHAR(10) NULL COMMENT 'OPEN or CLOSED by an operator; NULL: automatic',
  forced_until BIGINT NULL COMMENT 'NULL: until an operator ends it',
  forced_by VARCHAR(100) NULL,
  forced_reason VARCHAR(255) NULL,
  forced_at BIGINT NULL,
  retry_tokens INT NOT NULL DEFAULT 0 COMMENT 'Retry budget in hundredths of a retry',
  PRIMARY KEY (endpoint)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='Circuit breaker and retry budget per vendor operation';

-- step: Stop a login before the vendor locks the account.
-- unless: table credential_lockout
CREATE TABLE credential_lockout (
  login VARCHAR(150) NOT NULL COMMENT 'Which login in which version; no part of it is secret',
  verified TINYINT(1) NOT NULL DEFAULT 0 COMMENT '1: the vendor accepted it, and has not refused it since',
  refusals INT NOT NULL DEFAULT 0 COMMENT 'Refusals in a row; 2 lock',
  trials INT NOT NULL DEFAULT 0 COMMENT 'Calls under way with a login that is not verified',
  trial_until BIGINT NOT NULL DEFAULT 0 COMMENT 'Trials that have not reported by then are forgotten',
  locked_at BIGINT NULL,
  unlocked_at BIGINT NULL,
  unlocked_by VARCHAR(100) NULL,
  unlocked_reason VARCHAR(255) NULL,
  PRIMARY KEY (login)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
  COMMENT='Refusals per login version';
