-- Statuses and the system user that the hub's rows refer to. Everything is looked up by code.

-- step: Seed the type of record statuses.
INSERT INTO status_type (code, name, description, is_default)
SELECT 'RECORD', 'Record Status', 'Whether a row counts', 0 FROM (SELECT 1) one
WHERE NOT EXISTS (SELECT 1 FROM status_type t WHERE t.code = 'RECORD');

-- step: Seed the status ACTIVE.
INSERT INTO status (status_type_id, code, name)
SELECT t.id, 'ACTIVE', 'Active' FROM status_type t
WHERE t.code = 'RECORD' AND NOT EXISTS (SELECT 1 FROM status s WHERE s.code = 'ACTIVE');

-- step: Seed the status INACTIVE.
INSERT INTO status (status_type_id, code, name)
SELECT t.id, 'INACTIVE', 'Inactive' FROM status_type t
WHERE t.code = 'RECORD' AND NOT EXISTS (SELECT 1 FROM status s WHERE s.code = 'INACTIVE');

-- step: Seed the type of system users.
INSERT INTO user_type (code, name, description, is_default, status_id)
SELECT 'SYSTEM', 'System', 'Programs that write in their own name', 0, s.id FROM status s
WHERE s.code = 'ACTIVE' AND NOT EXISTS (SELECT 1 FROM user_type t WHERE t.code = 'SYSTEM');

-- step: Seed the hub's user. It has no password, so nobody can log in as it.
INSERT INTO user (user_type_id, status_id, username)
SELECT t.id, s.id, 'integration-hub' FROM user_type t JOIN status s ON s.code = 'ACTIVE'
WHERE t.code = 'SYSTEM' AND NOT EXISTS (SELECT 1 FROM user u WHERE u.username = 'integration-hub');
