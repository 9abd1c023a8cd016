-- One round trip from claim to permit. hub_admit decides; hub_admit_attempt admits an attempt of a call that is on record;
-- hub_begin_call puts a call on record, checks its idempotency key, looks for a cached response and admits it.
--
-- Each rule reads the rows after they are locked, and the clock once after that, so no decision is made on a stale
-- moment. Rows are locked in one order (rate limits from SYSTEM to INTEGRATION, breaker, credential), so calls cannot
-- deadlock: whoever waits for another call's log row holds none of them. Procedures run with the rights of their caller.

-- step: Decide whether a call may reach the vendor now, and take its slot. Runs in its caller's transaction.
-- unless: procedure hub_admit
CREATE PROCEDURE hub_admit(
  IN p_vendor VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_program_id INT,
  IN p_integration_id INT,
  IN p_endpoint VARCHAR(150) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_credential VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_system_minute INT, IN p_system_day INT,
  IN p_program_minute INT, IN p_program_day INT,
  IN p_integration_minute INT, IN p_integration_day INT,
  IN p_day_0 BIGINT, IN p_day_1 BIGINT, IN p_day_2 BIGINT, IN p_day_3 BIGINT,
  IN p_window BIGINT,
  IN p_trial BIGINT,
  IN p_retry_percent INT,
  IN p_is_retry BOOLEAN,
  IN p_token BIGINT,
  OUT o_reason INT, OUT o_wait BIGINT, OUT o_limit INT, OUT o_epoch INT, OUT o_failures INT,
  OUT o_is_probe BOOLEAN, OUT o_unverified BOOLEAN)
SQL SECURITY INVOKER
COMMENT 'o_reason: 0 admitted, 1 limit, 2 retry budget, 3 trial, 4 open, 5 locked, 6 forced open, NULL a row is missing'
BEGIN
  DECLARE v_now, v_today, v_tomorrow, v_until, v_s_day, v_p_day, v_i_day BIGINT;
  DECLARE v_s_count, v_p_count, v_i_count, v_refusals, v_trials, v_retry_tokens INT;
  DECLARE v_open_until, v_forced_until, v_probe_token, v_probe_until, v_trial_until BIGINT;
  DECLARE v_s_calls, v_p_calls, v_i_calls VARBINARY(4808);
  DECLARE v_oldest, v_call BINARY(8);
  DECLARE v_forced VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin;
  DECLARE v_is_forced, v_is_open BOOLEAN;
  -- A missing row leaves o_reason NULL; the caller creates the rows and asks again.
  DECLARE EXIT HANDLER FOR NOT FOUND SET o_reason = NULL;

  SELECT s.recent_calls, s.day_start, s.day_count, p.recent_calls, p.day_start, p.day_count,
         i.recent_calls, i.day_start, i.day_count,
         b.epoch, b.failures, b.open_until, b.forced, b.forced_until, b.probe_token, b.probe_until, b.retry_tokens,
         l.verified = 0, l.refusals, l.trials, l.trial_until
  INTO v_s_calls, v_s_day, v_s_count, v_p_calls, v_p_day, v_p_count, v_i_calls, v_i_day, v_i_count,
       o_epoch, o_failures, v_open_until, v_forced, v_forced_until, v_probe_token, v_probe_until, v_retry_tokens,
       o_unverified, v_refusals, v_trials, v_trial_until
  FROM rate_limit s
  STRAIGHT_JOIN rate_limit p ON p.vendor = p_vendor AND p.level = 'PROGRAM' AND p.level_id = p_program_id
  STRAIGHT_JOIN rate_limit i ON i.vendor = p_vendor AND i.level = 'INTEGRATION' AND i.level_id = p_integration_id
  STRAIGHT_JOIN circuit_breaker b ON b.endpoint = p_endpoint
  STRAIGHT_JOIN credential_lockout l ON l.credential = p_credential
  WHERE s.vendor = p_vendor AND s.level = 'SYSTEM' AND s.level_id = 0
  FOR UPDATE;

  -- Microseconds UTC. UTC_TIMESTAMP and NOW are the start of the statement; SYSDATE goes on, but in the session's local
  -- time, which repeats an hour each autumn. So: the start in UTC, plus how far SYSDATE is ahead of NOW; MOD removes a
  -- clock change between those two.
  SET v_now = (TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) + MOD(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) + 3600000000, 1800000000));
  SET v_is_forced = v_forced IS NOT NULL AND (v_forced_until IS NULL OR v_forced_until > v_now);
  SET v_is_open = v_open_until > 0 AND NOT v_is_forced;
  SET o_reason = 0, o_wait = 0, o_limit = 0, o_is_probe = v_is_open;
  IF v_is_forced AND v_forced = 'OPEN' THEN
    SET o_reason = 6, o_wait = GREATEST(COALESCE(v_forced_until - v_now, 0), 0);
  ELSEIF v_refusals >= 2 THEN
    SET o_reason = 5;
  ELSEIF v_is_open AND NOT (v_open_until <= v_now AND (v_probe_until <= v_now OR v_probe_token = p_token)) THEN
    -- Open, or half-open with its trial taken. A trial whose own answer was lost asks again with its token.
    SET o_reason = 4, o_wait = GREATEST(v_open_until - v_now, v_probe_until - v_now, 0);
  ELSEIF o_unverified AND v_refusals + v_trials >= 2 AND v_trial_until > v_now THEN
    SET o_reason = 3, o_wait = v_trial_until - v_now;
  ELSEIF p_is_retry AND v_retry_tokens < 100 THEN
    SET o_reason = 2;
  ELSE
    -- Rate limits. Sliding window: the call `limit` places back must have left the window. Without a limit the comparison is NULL.
    SET v_today = CASE WHEN v_now >= p_day_2 THEN p_day_2 WHEN v_now >= p_day_1 THEN p_day_1 ELSE p_day_0 END;
    SET v_tomorrow = CASE WHEN v_now >= p_day_2 THEN p_day_3 WHEN v_now >= p_day_1 THEN p_day_2 ELSE p_day_1 END;
    SET v_oldest = UNHEX(LPAD(HEX(v_now - p_window), 16, '0'));
    IF SUBSTRING(v_s_calls, -8 * p_system_minute, 8) > v_oldest THEN
      SET v_until = CONV(HEX(SUBSTRING(v_s_calls, -8 * p_system_minute, 8)), 16, 10) + p_window - v_now;
      IF o_reason = 0 OR v_until > o_wait THEN SET o_reason = 1, o_wait = v_until, o_limit = 1; END IF;
    END IF;
    IF v_s_count >= p_system_day AND v_s_day >= v_today THEN
      SET v_until = GREATEST(v_tomorrow - v_now, 0);
      IF o_reason = 0 OR v_until > o_wait THEN SET o_reason = 1, o_wait = v_until, o_limit = 4; END IF;
    END IF;
    IF SUBSTRING(v_p_calls, -8 * p_program_minute, 8) > v_oldest THEN
      SET v_until = CONV(HEX(SUBSTRING(v_p_calls, -8 * p_program_minute, 8)), 16, 10) + p_window - v_now;
      IF o_reason = 0 OR v_until > o_wait THEN SET o_reason = 1, o_wait = v_until, o_limit = 2; END IF;
    END IF;
    IF v_p_count >= p_program_day AND v_p_day >= v_today THEN
      SET v_until = GREATEST(v_tomorrow - v_now, 0);
      IF o_reason = 0 OR v_until > o_wait THEN SET o_reason = 1, o_wait = v_until, o_limit = 5; END IF;
    END IF;
    IF SUBSTRING(v_i_calls, -8 * p_integration_minute, 8) > v_oldest THEN
      SET v_until = CONV(HEX(SUBSTRING(v_i_calls, -8 * p_integration_minute, 8)), 16, 10) + p_window - v_now;
      IF o_reason = 0 OR v_until > o_wait THEN SET o_reason = 1, o_wait = v_until, o_limit = 3; END IF;
    END IF;
    IF v_i_count >= p_integration_day AND v_i_day >= v_today THEN
      SET v_until = GREATEST(v_tomorrow - v_now, 0);
      IF o_reason = 0 OR v_until > o_wait THEN SET o_reason = 1, o_wait = v_until, o_limit = 6; END IF;
    END IF;
  END IF;
  IF o_reason = 0 THEN
    SET v_call = UNHEX(LPAD(HEX(v_now), 16, '0'));
    -- What has left the window is dropped, at most two calls at a time: a window shrinks as fast as it grew.
    UPDATE rate_limit s
    STRAIGHT_JOIN rate_limit p ON p.vendor = p_vendor AND p.level = 'PROGRAM' AND p.level_id = p_program_id
    STRAIGHT_JOIN rate_limit i ON i.vendor = p_vendor AND i.level = 'INTEGRATION' AND i.level_id = p_integration_id
    STRAIGHT_JOIN circuit_breaker b ON b.endpoint = p_endpoint
    STRAIGHT_JOIN credential_lockout l ON l.credential = p_credential
    SET
      s.recent_calls = RIGHT(CONCAT(
        CASE WHEN RIGHT(v_s_calls, 8) <= v_oldest THEN '' WHEN LEFT(v_s_calls, 8) > v_oldest THEN v_s_calls
             WHEN SUBSTRING(v_s_calls, 9, 8) > v_oldest THEN SUBSTRING(v_s_calls, 9)
             ELSE SUBSTRING(v_s_calls, 17) END, v_call), 4800),
      s.day_count = IF(v_s_day >= v_today, v_s_count, 0) + 1, s.day_start = GREATEST(v_s_day, v_today),
      s.minute_limit = p_system_minute, s.day_limit = p_system_day,
      p.recent_calls = RIGHT(CONCAT(
        CASE WHEN RIGHT(v_p_calls, 8) <= v_oldest THEN '' WHEN LEFT(v_p_calls, 8) > v_oldest THEN v_p_calls
             WHEN SUBSTRING(v_p_calls, 9, 8) > v_oldest THEN SUBSTRING(v_p_calls, 9)
             ELSE SUBSTRING(v_p_calls, 17) END, v_call), 4800),
      p.day_count = IF(v_p_day >= v_today, v_p_count, 0) + 1, p.day_start = GREATEST(v_p_day, v_today),
      p.minute_limit = p_program_minute, p.day_limit = p_program_day,
      i.recent_calls = RIGHT(CONCAT(
        CASE WHEN RIGHT(v_i_calls, 8) <= v_oldest THEN '' WHEN LEFT(v_i_calls, 8) > v_oldest THEN v_i_calls
             WHEN SUBSTRING(v_i_calls, 9, 8) > v_oldest THEN SUBSTRING(v_i_calls, 9)
             ELSE SUBSTRING(v_i_calls, 17) END, v_call), 4800),
      i.day_count = IF(v_i_day >= v_today, v_i_count, 0) + 1, i.day_start = GREATEST(v_i_day, v_today),
      i.minute_limit = p_integration_minute, i.day_limit = p_integration_day,
      b.retry_tokens = IF(p_is_retry, v_retry_tokens - 100, LEAST(v_retry_tokens + p_retry_percent, 1000)),
      b.probe_token = IF(v_is_open, p_token, v_probe_token),
      b.probe_until = IF(v_is_open, v_now + p_trial, v_probe_until),
      l.trials = IF(o_unverified, IF(v_trial_until <= v_now, 0, v_trials) + 1, 0),
      l.trial_until = IF(o_unverified, v_now + p_trial, 0)
    WHERE s.vendor = p_vendor AND s.level = 'SYSTEM' AND s.level_id = 0;
  END IF;
END;

-- step: Admit an attempt of a call: one that waited, or a retry.
-- unless: procedure hub_admit_attempt
CREATE PROCEDURE hub_admit_attempt(
  IN p_call_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_has_key BOOLEAN,
  IN p_vendor VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_program_id INT,
  IN p_integration_id INT,
  IN p_endpoint VARCHAR(150) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_credential VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_system_minute INT, IN p_system_day INT,
  IN p_program_minute INT, IN p_program_day INT,
  IN p_integration_minute INT, IN p_integration_day INT,
  IN p_day_0 BIGINT, IN p_day_1 BIGINT, IN p_day_2 BIGINT, IN p_day_3 BIGINT,
  IN p_window BIGINT,
  IN p_trial BIGINT,
  IN p_retry_percent INT,
  IN p_is_retry BOOLEAN,
  IN p_token BIGINT)
SQL SECURITY INVOKER
COMMENT 'p_call_id: the row to mark as admitted; NULL: none. Reason 7: the row or its idempotency key was lost'
BEGIN
  DECLARE v_reason, v_limit, v_epoch, v_failures INT;
  DECLARE v_wait BIGINT;
  DECLARE v_is_probe, v_unverified BOOLEAN;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
  START TRANSACTION;
  CALL hub_admit(
      p_vendor, p_program_id, p_integration_id, p_endpoint, p_credential,
      p_system_minute, p_system_day, p_program_minute, p_program_day, p_integration_minute, p_integration_day,
      p_day_0, p_day_1, p_day_2, p_day_3, p_window, p_trial, p_retry_percent, p_is_retry, p_token,
      v_reason, v_wait, v_limit, v_epoch, v_failures, v_is_probe, v_unverified);
  IF v_reason = 0 AND p_call_id IS NOT NULL THEN
    UPDATE integration_log SET admitted_at = UTC_TIMESTAMP(6)
    WHERE call_id = p_call_id AND outcome = 'OPEN' AND (NOT p_has_key OR idempotency_key_hash IS NOT NULL);
    IF ROW_COUNT() = 0 THEN
      ROLLBACK;
      SET v_reason = 7;
    END IF;
  END IF;
  COMMIT;
  SELECT v_reason AS reason, v_wait AS wait, v_limit AS which_limit, v_epoch AS epoch,
    v_failures AS failures, v_is_probe AS is_probe, v_unverified AS unverified;
END;

-- step: Put a call on record, check its key, look for a cached response, and admit it: one transaction.
-- unless: procedure hub_begin_call
CREATE PROCEDURE hub_begin_call(
  IN p_call_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_policy_id INT, IN p_quote_id INT, IN p_driver_id INT, IN p_vehicle_id INT,
  IN p_purpose VARCHAR(50) CHARACTER SET utf8mb4,
  IN p_request_type VARCHAR(50) CHARACTER SET utf8mb4,
  IN p_request_url VARCHAR(500) CHARACTER SET utf8mb4,
  IN p_request_data LONGTEXT CHARACTER SET utf8mb4,
  IN p_correlation_id VARCHAR(100) CHARACTER SET utf8mb4,
  IN p_trace_id VARCHAR(200) CHARACTER SET utf8mb4,
  IN p_configuration_version VARCHAR(64) CHARACTER SET utf8mb4,
  IN p_created_by INT,
  IN p_cost DECIMAL(10, 4),
  IN p_key_hash BINARY(32),
  IN p_fingerprint BINARY(32),
  IN p_cache_seconds INT,
  IN p_admit BOOLEAN,
  IN p_patience BIGINT,
  IN p_vendor VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_program_id INT,
  IN p_integration_id INT,
  IN p_endpoint VARCHAR(150) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_credential VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_system_minute INT, IN p_system_day INT,
  IN p_program_minute INT, IN p_program_day INT,
  IN p_integration_minute INT, IN p_integration_day INT,
  IN p_day_0 BIGINT, IN p_day_1 BIGINT, IN p_day_2 BIGINT, IN p_day_3 BIGINT,
  IN p_window BIGINT,
  IN p_trial BIGINT,
  IN p_retry_percent INT,
  IN p_is_retry BOOLEAN,
  IN p_token BIGINT)
SQL SECURITY INVOKER
COMMENT 'claim: CLAIMED, KEY_HELD (another call has the idempotency key; nothing was written) or CACHED'
BEGIN
  DECLARE v_reason, v_limit, v_epoch, v_failures INT;
  DECLARE v_wait BIGINT;
  DECLARE v_is_probe, v_unverified BOOLEAN;
  DECLARE v_begun DATETIME(6) DEFAULT SYSDATE(6);
  DECLARE v_claim VARCHAR(10) DEFAULT 'CLAIMED';
  DECLARE v_is_duplicate BOOLEAN DEFAULT FALSE;
  DECLARE v_cached_call CHAR(36) CHARACTER SET ascii COLLATE ascii_bin;
  DECLARE v_cached_correlation VARCHAR(100) CHARACTER SET utf8mb4;
  DECLARE v_cached_at DATETIME(6);
  DECLARE v_cached MEDIUMBLOB;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
  -- Before the transaction: a consistent read inside it would make a snapshot that the locking reads then contradict.
  IF p_cache_seconds > 0 THEN
    BEGIN
      DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_cached_call = NULL;
      SELECT call_id, correlation_id, closed_at, cached_response
      INTO v_cached_call, v_cached_correlation, v_cached_at, v_cached
      FROM integration_log
      WHERE request_fingerprint = p_fingerprint AND outcome = 'ANSWERED' AND cached_until > UTC_TIMESTAMP(6)
        AND closed_at > UTC_TIMESTAMP(6) - INTERVAL p_cache_seconds SECOND
      ORDER BY closed_at DESC LIMIT 1;
    END;
  END IF;
  START TRANSACTION;
  BEGIN
    DECLARE CONTINUE HANDLER FOR 1062 SET v_is_duplicate = TRUE;
    INSERT INTO integration_log
      (call_id, integration_id, program_id, policy_id, quote_id, driver_id, vehicle_id, purpose, request_type,
       request_url, request_data, correlation_id, trace_id, configuration_version, created_by, idempotency_key_hash,
       request_fingerprint, cost, outcome, opened_at)
    VALUES
      (p_call_id, p_integration_id, p_program_id, p_policy_id, p_quote_id, p_driver_id, p_vehicle_id, p_purpose,
       p_request_type, p_request_url, p_request_data, p_correlation_id, p_trace_id, p_configuration_version,
       p_created_by, p_key_hash, p_fingerprint, p_cost, 'OPEN', UTC_TIMESTAMP(6));
  END;
  -- The same call id again is a repetition after a lost connection, and goes on.
  IF v_is_duplicate AND NOT EXISTS (SELECT 1 FROM integration_log WHERE call_id = p_call_id) THEN
    SET v_claim = 'KEY_HELD', v_cached_call = NULL, v_cached = NULL;
  ELSE
    IF v_cached_call IS NOT NULL THEN
      SET v_claim = 'CACHED';
    ELSEIF p_admit AND TIMESTAMPDIFF(MICROSECOND, v_begun, SYSDATE(6)) < p_patience THEN
      -- What takes longer than the caller waits stays on record without a permit, so that a call whose caller has given
      -- up neither takes a slot nor counts as sent.
      SAVEPOINT before_admission;
      CALL hub_admit(
      p_vendor, p_program_id, p_integration_id, p_endpoint, p_credential,
      p_system_minute, p_system_day, p_program_minute, p_program_day, p_integration_minute, p_integration_day,
      p_day_0, p_day_1, p_day_2, p_day_3, p_window, p_trial, p_retry_percent, p_is_retry, p_token,
      v_reason, v_wait, v_limit, v_epoch, v_failures, v_is_probe, v_unverified);
      IF TIMESTAMPDIFF(MICROSECOND, v_begun, SYSDATE(6)) >= p_patience THEN
        ROLLBACK TO SAVEPOINT before_admission;
        SET v_reason = NULL;
      ELSEIF v_reason = 0 THEN
        UPDATE integration_log SET admitted_at = UTC_TIMESTAMP(6) WHERE call_id = p_call_id AND outcome = 'OPEN';
      END IF;
    END IF;
  END IF;
  COMMIT;
  SELECT v_claim AS claim, v_reason AS reason, v_wait AS wait, v_limit AS which_limit, v_epoch AS epoch,
    v_failures AS failures, v_is_probe AS is_probe, v_unverified AS unverified,
    v_cached_call AS call_id, v_cached_correlation AS correlation_id, v_cached_at AS closed_at,
    v_cached AS cached_response;
END;
