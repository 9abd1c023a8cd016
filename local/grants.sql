-- The three accounts of the functions, with no right that they do not use. An operator replaces the names in braces.
-- Statements end with a semicolon at the end of a line.
CREATE USER {handlers} IDENTIFIED BY '{handlers_password}' REQUIRE SSL;
GRANT SELECT ON `{schema}`.program TO {handlers};
GRANT SELECT ON `{schema}`.status TO {handlers};
GRANT SELECT ON `{schema}`.configuration TO {handlers};
GRANT SELECT ON `{schema}`.configuration_type TO {handlers};
GRANT SELECT ON `{schema}`.integration TO {handlers};
GRANT SELECT ON `{schema}`.integration_type TO {handlers};
GRANT SELECT ON `{schema}`.map_integration_configuration TO {handlers};
GRANT SELECT ON `{schema}`.integration_credential TO {handlers};
GRANT SELECT (id) ON `{schema}`.policy TO {handlers};
GRANT SELECT (id) ON `{schema}`.quote TO {handlers};
GRANT SELECT (id) ON `{schema}`.driver TO {handlers};
GRANT SELECT (id) ON `{schema}`.vehicle TO {handlers};
GRANT SELECT (id, username) ON `{schema}`.user TO {handlers};
GRANT SELECT, INSERT, UPDATE ON `{schema}`.integration_log TO {handlers};
GRANT SELECT, INSERT, UPDATE ON `{schema}`.admission_gate TO {handlers};
GRANT SELECT, INSERT, UPDATE ON `{schema}`.circuit_breaker TO {handlers};
GRANT SELECT, INSERT, UPDATE ON `{schema}`.login_guard TO {handlers};
CREATE USER {operators} IDENTIFIED BY '{operators_password}' REQUIRE SSL;
GRANT SELECT ON `{schema}`.status TO {operators};
GRANT SELECT ON `{schema}`.configuration_type TO {operators};
GRANT SELECT ON `{schema}`.integration TO {operators};
GRANT SELECT (id) ON `{schema}`.program TO {operators};
GRANT SELECT (id, username) ON `{schema}`.user TO {operators};
GRANT SELECT, INSERT, UPDATE ON `{schema}`.configuration TO {operators};
CREATE USER {migrations} IDENTIFIED BY '{migrations_password}' REQUIRE SSL;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW ON `{schema}`.* TO {migrations};
