-- The three DCS integration types, one integration of each, and the settings that they use.

-- step: Seed the integration types.
INSERT INTO integration_type (code, name, description, is_default, status_id)
SELECT kind.code, kind.name, kind.description, 0, s.id
FROM status s JOIN (
  SELECT 'DCS_DRIVER_API' AS code, 'DCS Driver Verification' AS name,
         'Driver lookup and verification services' AS description
  UNION ALL SELECT 'DCS_VEHICLE_API', 'DCS Vehicle Services', 'Texas title and registration records'
  UNION ALL SELECT 'DCS_CRIMINAL_API', 'DCS Criminal Check', 'Criminal background verification') kind
WHERE s.code = 'ACTIVE'
ON DUPLICATE KEY UPDATE integration_type.code = integration_type.code;

-- step: Seed one integration of each type.
INSERT INTO integration (integration_type_id, status_id, created_by)
SELECT it.id, s.id, u.id
FROM integration_type it
JOIN status s ON s.code = 'ACTIVE'
JOIN user u ON u.username = 'integration-hub'
LEFT JOIN integration present ON present.integration_type_id = it.id
WHERE it.code IN ('DCS_DRIVER_API', 'DCS_VEHICLE_API', 'DCS_CRIMINAL_API') AND present.id IS NULL;

-- step: Map every setting of program 1, where it exists, to every integration type.
INSERT INTO map_integration_configuration (program_id, integration_type_id, configuration_id, is_active, created_by)
SELECT p.id, it.id, c.id, 1, u.id
FROM program p
JOIN integration_type it ON it.code IN ('DCS_DRIVER_API', 'DCS_VEHICLE_API', 'DCS_CRIMINAL_API')
JOIN configuration c ON c.scope = 'SYSTEM' OR (c.scope = 'PROGRAM' AND c.scope_id = p.id)
JOIN configuration_type ct ON ct.id = c.configuration_type_id
  AND ct.code IN ('DCS_CONNECTION', 'DCS_CREDENTIALS', 'DCS_LIMITS', 'DCS_RETRY')
JOIN user u ON u.username = 'integration-hub'
WHERE p.id = 1
ON DUPLICATE KEY UPDATE map_integration_configuration.is_active = map_integration_configuration.is_active;

-- step: Create the view of effective settings: SYSTEM < PROGRAM < INTEGRATION, active rows only.
CREATE OR REPLACE VIEW v_effective_dcs_configuration AS
SELECT program_id, integration_type, config_type, config_key, config_value, scope, configuration_id
FROM (
  SELECT p.id AS program_id, it.code AS integration_type, ct.code AS config_type, c.config_key, c.config_value,
         c.scope, c.id AS configuration_id,
         ROW_NUMBER() OVER (PARTITION BY p.id, it.id, ct.id, c.config_key
                            ORDER BY CASE c.scope WHEN 'INTEGRATION' THEN 0 WHEN 'PROGRAM' THEN 1 ELSE 2 END) AS place
  FROM program p
  CROSS JOIN integration_type it
  JOIN integration i ON i.id = (
    SELECT MIN(active.id) FROM integration active JOIN status s ON s.id = active.status_id AND s.code = 'ACTIVE'
    WHERE active.integration_type_id = it.id)
  JOIN configuration c ON c.scope = 'SYSTEM'
    OR (c.scope = 'PROGRAM' AND c.scope_id = p.id)
    OR (c.scope = 'INTEGRATION' AND c.scope_id = i.id)
  JOIN configuration_type ct ON ct.id = c.configuration_type_id AND ct.code LIKE 'DCS\_%'
  JOIN status cs ON cs.id = c.status_id AND cs.code = 'ACTIVE'
  WHERE it.code LIKE 'DCS\_%'
    AND c.config_value IS NOT NULL
    AND (NOT EXISTS (SELECT 1 FROM map_integration_configuration m
                     WHERE m.configuration_id = c.id AND m.program_id = p.id)
         OR EXISTS (SELECT 1 FROM map_integration_configuration m
                    WHERE m.configuration_id = c.id AND m.program_id = p.id
                      AND m.integration_type_id = it.id AND m.is_active = 1))
) ranked
WHERE place = 1;
