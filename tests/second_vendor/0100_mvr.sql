-- The vendor MVR: its integration type, one integration, and its settings for the whole system.

-- step: Seed the integration type.
INSERT INTO integration_type (code, name, description, is_default, status_id)
SELECT 'MVR_REPORT_API', 'MVR Reports', 'Motor vehicle reports', 0, s.id FROM status s WHERE s.code = 'ACTIVE'
ON DUPLICATE KEY UPDATE integration_type.code = integration_type.code;

-- step: Seed one integration of the type.
INSERT INTO integration (integration_type_id, status_id, created_by)
SELECT it.id, s.id, u.id
FROM integration_type it
JOIN status s ON s.code = 'ACTIVE'
JOIN user u ON u.username = 'integration-hub'
LEFT JOIN integration present ON present.integration_type_id = it.id
WHERE it.code = 'MVR_REPORT_API' AND present.id IS NULL;

-- step: Seed the configuration types.
INSERT INTO configuration_type (code, name, description, is_default, status_id)
SELECT kind.code, kind.name, kind.name, 0, s.id
FROM status s JOIN (
  SELECT 'MVR_CONNECTION' AS code, 'MVR Connection' AS name
  UNION ALL SELECT 'MVR_CREDENTIALS', 'MVR Credentials'
  UNION ALL SELECT 'MVR_LIMITS', 'MVR Rate Limits'
  UNION ALL SELECT 'MVR_MAPPING', 'MVR Field Mapping'
  UNION ALL SELECT 'MVR_RETRY', 'MVR Retry Policy'
  UNION ALL SELECT 'MVR_PRICE', 'MVR Prices'
  UNION ALL SELECT 'MVR_CACHE', 'MVR Response Cache') kind
WHERE s.code = 'ACTIVE'
ON DUPLICATE KEY UPDATE configuration_type.code = configuration_type.code;

-- step: Seed the settings.
INSERT INTO configuration (configuration_type_id, config_key, config_value, scope, status_id, created_by)
SELECT ct.id, seed.config_key, seed.config_value, 'SYSTEM', s.id, u.id
FROM (
  SELECT 'MVR_CONNECTION' AS code, 'base_url' AS config_key, 'https://api.mvr.example' AS config_value
  UNION ALL SELECT 'MVR_CONNECTION', 'environment', 'PRODUCTION'
  UNION ALL SELECT 'MVR_CONNECTION', 'report_path', '/v1/reports'
  UNION ALL SELECT 'MVR_CONNECTION', 'ordered_report_path', '/v1/orders'
  UNION ALL SELECT 'MVR_PRICE', 'report', '4.50'
  UNION ALL SELECT 'MVR_PRICE', 'ordered_report', '7.25') seed
JOIN configuration_type ct ON ct.code = CONVERT(seed.code USING utf8mb4) COLLATE utf8mb4_unicode_ci
JOIN status s ON s.code = 'ACTIVE'
JOIN user u ON u.username = 'integration-hub'
ON DUPLICATE KEY UPDATE configuration.config_key = configuration.config_key;
