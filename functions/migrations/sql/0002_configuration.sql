-- The shared table `configuration` gets a key, a value and a scope. Other applications' rows keep their values.

-- step: Add the key of a setting.
-- unless: column configuration.config_key
ALTER TABLE configuration ADD COLUMN config_key VARCHAR(100) NULL AFTER configuration_type_id;

-- step: Add the value of a setting.
-- unless: column configuration.config_value
ALTER TABLE configuration ADD COLUMN config_value TEXT NULL;

-- step: Add structured details of a setting.
-- unless: column configuration.config_metadata
ALTER TABLE configuration ADD COLUMN config_metadata JSON NULL COMMENT 'Additional configuration metadata';

-- step: Add the scope of a setting.
-- unless: column configuration.scope
ALTER TABLE configuration ADD COLUMN scope VARCHAR(50) NOT NULL DEFAULT 'SYSTEM' COMMENT 'SYSTEM, PROGRAM, INTEGRATION';

-- step: Add the program or integration of a scope below SYSTEM.
-- unless: column configuration.scope_id
ALTER TABLE configuration ADD COLUMN scope_id INT NULL COMMENT 'ID of scoped entity (program_id, integration_id)';

-- step: Give existing rows a key of their own, because keys become unique.
UPDATE configuration SET config_key = CONCAT('legacy.', id), updated_at = updated_at WHERE config_key IS NULL;

-- step: Make the key mandatory.
ALTER TABLE configuration MODIFY COLUMN config_key VARCHAR(100) NOT NULL;

-- step: Add a scope key for the unique index, where NULL would never collide.
-- unless: column configuration.scope_key
ALTER TABLE configuration ADD COLUMN scope_key INT GENERATED ALWAYS AS (COALESCE(scope_id, 0)) STORED;

-- step: Allow one value per key, type and scope.
-- unless: index configuration.idx_configuration_key
ALTER TABLE configuration
  ADD UNIQUE KEY idx_configuration_key (scope, scope_key, configuration_type_id, config_key);

-- step: Index the settings of a scope.
-- unless: index configuration.idx_configuration_scope
ALTER TABLE configuration ADD KEY idx_configuration_scope (scope, scope_id);

-- step: Check that SYSTEM has no scope id and the other scopes have one.
-- unless: constraint configuration.chk_configuration_scope
ALTER TABLE configuration ADD CONSTRAINT chk_configuration_scope CHECK (
  (scope = 'SYSTEM' AND scope_id IS NULL) OR (scope IN ('PROGRAM', 'INTEGRATION') AND scope_id IS NOT NULL));

-- step: Seed the configuration types of DCS.
INSERT INTO configuration_type (code, name, description, is_default, status_id)
SELECT kind.code, kind.name, kind.description, 0, s.id
FROM status s JOIN (
  SELECT 'DCS_CACHE' AS code, 'DCS Response Cache' AS name, 'How long a response may be used again' AS description
  UNION ALL SELECT 'DCS_CONNECTION', 'DCS Connection Settings', 'API endpoints and time-outs'
  UNION ALL SELECT 'DCS_CREDENTIALS', 'DCS Credentials', 'Requester and account; nothing secret'
  UNION ALL SELECT 'DCS_LIMITS', 'DCS Rate Limits', 'API rate limiting configuration'
  UNION ALL SELECT 'DCS_MAPPING', 'DCS Field Mapping', 'Map DCS fields to internal fields'
  UNION ALL SELECT 'DCS_PRICE', 'DCS Prices', 'What DCS charges for a search'
  UNION ALL SELECT 'DCS_RETRY', 'DCS Retry Policy', 'Retry and circuit breaker settings') kind
WHERE s.code = 'ACTIVE'
ON DUPLICATE KEY UPDATE configuration_type.code = configuration_type.code;

-- step: Seed the connection settings. Paths are the vendor's documented test paths; production has its own.
INSERT INTO configuration (configuration_type_id, config_key, config_value, scope, status_id, created_by)
SELECT ct.id, seed.config_key, seed.config_value, 'SYSTEM', s.id, u.id
FROM (
  SELECT 'base_url' AS config_key, 'https://ws.dcsinfosys.com:442' AS config_value
  UNION ALL SELECT 'timeout_seconds', '30'
  UNION ALL SELECT 'connect_timeout_seconds', '5'
  UNION ALL SELECT 'environment', 'PRODUCTION'
  UNION ALL SELECT 'enabled', 'true'
  UNION ALL SELECT 'household_drivers_path', '/apidevV2.7/DcsSearchApi/HouseholdDrivers'
  UNION ALL SELECT 'household_vehicles_path', '/apidevV2.3/DcsSearchApi/HouseholdVehicles'
  UNION ALL SELECT 'vehicle_vin_path', '/apidevV2.3/DcsSearchApi/VehicleVin'
  UNION ALL SELECT 'vehicle_tag_path', '/apidevV2.3/DcsSearchApi/VehicleTag'
  UNION ALL SELECT 'criminal_path', '/apidevV2.8/DcsSearchApi/Criminal') seed
JOIN configuration_type ct ON ct.code = 'DCS_CONNECTION'
JOIN status s ON s.code = 'ACTIVE'
JOIN user u ON u.username = 'integration-hub'
ON DUPLICATE KEY UPDATE configuration.config_key = configuration.config_key;

-- step: Seed the requester that DCS is given.
INSERT INTO configuration (configuration_type_id, config_key, config_value, scope, status_id, created_by)
SELECT ct.id, seed.config_key, seed.config_value, 'SYSTEM', s.id, u.id
FROM (SELECT 'user_id' AS config_key, 'integration-hub' AS config_value
      UNION ALL SELECT 'user_name', 'Integration Hub') seed
JOIN configuration_type ct ON ct.code = 'DCS_CREDENTIALS'
JOIN status s ON s.code = 'ACTIVE'
JOIN user u ON u.username = 'integration-hub'
ON DUPLICATE KEY UPDATE configuration.config_key = configuration.config_key;

-- step: Seed the rate limits of the whole system.
INSERT INTO configuration (configuration_type_id, config_key, config_value, scope, status_id, created_by)
SELECT ct.id, seed.config_key, seed.config_value, 'SYSTEM', s.id, u.id
FROM (SELECT 'requests_per_minute' AS config_key, '100' AS config_value UNION ALL SELECT 'daily_limit', '10000') seed
JOIN configuration_type ct ON ct.code = 'DCS_LIMITS'
JOIN status s ON s.code = 'ACTIVE'
JOIN user u ON u.username = 'integration-hub'
ON DUPLICATE KEY UPDATE configuration.config_key = configuration.config_key;

-- step: Seed the retry policy.
INSERT INTO configuration (configuration_type_id, config_key, config_value, scope, status_id, created_by)
SELECT ct.id, seed.config_key, seed.config_value, 'SYSTEM', s.id, u.id
FROM (SELECT 'max_retries' AS config_key, '3' AS config_value UNION ALL SELECT 'retry_delay_ms', '1000') seed
JOIN configuration_type ct ON ct.code = 'DCS_RETRY'
JOIN status s ON s.code = 'ACTIVE'
JOIN user u ON u.username = 'integration-hub'
ON DUPLICATE KEY UPDATE configuration.config_key = configuration.config_key;

-- step: Seed program 1, where it exists: account (a placeholder), department and a lower limit.
INSERT INTO configuration (configuration_type_id, config_key, config_value, scope, scope_id, status_id, created_by)
SELECT ct.id, seed.config_key, seed.config_value, 'PROGRAM', p.id, s.id, u.id
FROM (SELECT 'DCS_CREDENTIALS' AS code, 'account_number' AS config_key, 'PROG1_12345' AS config_value
      UNION ALL SELECT 'DCS_CREDENTIALS', 'department_id', '4'
      UNION ALL SELECT 'DCS_LIMITS', 'requests_per_minute', '50') seed
JOIN configuration_type ct ON ct.code = CONVERT(seed.code USING utf8mb4) COLLATE utf8mb4_unicode_ci
JOIN program p ON p.id = 1
JOIN status s ON s.code = 'ACTIVE'
JOIN user u ON u.username = 'integration-hub'
ON DUPLICATE KEY UPDATE configuration.config_key = configuration.config_key;
