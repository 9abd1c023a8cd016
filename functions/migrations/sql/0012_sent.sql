-- Whether a call that holds an idempotency key may have reached the vendor: one that never did gives its key back.

-- step: Its row says so before the first request may leave.
-- unless: column integration_log.sent_at
ALTER TABLE integration_log
  ADD COLUMN sent_at DATETIME(6) NULL COMMENT 'UTC; set before a call that holds a claim may send';
