-- Vendor logins: encrypted by the application with a KMS key, or kept in a secret that the row names.

-- step: Create the credentials, with stages, so that the next one can be tested while the present one is in use.
-- unless: table integration_credential
CREATE TABLE integration_credential (
  id INT NOT NULL AUTO_INCREMENT,
  integration_id INT NOT NULL,
  program_id INT NULL COMMENT 'NULL: shared by all programs without a login of their own',
  program_key INT GENERATED ALWAYS AS (COALESCE(program_id, 0)) STORED,
  environment VARCHAR(20) NOT NULL DEFAULT 'PRODUCTION' COMMENT 'PRODUCTION, STAGING, DEVELOPMENT',
  credential_key VARCHAR(50) NOT NULL COMMENT 'username, password, api_key',
  stage VARCHAR(10) NOT NULL DEFAULT 'CURRENT' COMMENT 'PENDING, CURRENT, PREVIOUS',
  version VARCHAR(64) NULL COMMENT 'Tells this value from the one before; no part of it is secret',
  encrypted_value VARBINARY(4096) NULL COMMENT 'KMS ciphertext, bound to integration, environment, key and program',
  encryption_key_id VARCHAR(100) NULL COMMENT 'Reference to key management system',
  secret_arn VARCHAR(255) NULL COMMENT 'Secrets Manager secret that holds it instead',
  expires_at DATETIME NULL COMMENT 'UTC',
  last_rotated_at DATETIME NULL COMMENT 'UTC',
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_integration_credential_key (integration_id, environment, credential_key, stage, program_key),
  KEY idx_integration_credential_environment (environment),
  KEY idx_integration_credential_expires (expires_at),
  KEY idx_integration_credential_program (program_id),
  KEY idx_integration_credential_status (status_id),
  KEY idx_integration_credential_created_by (created_by),
  CONSTRAINT fk_integration_credential_integration FOREIGN KEY (integration_id) REFERENCES integration (id),
  CONSTRAINT fk_integration_credential_program FOREIGN KEY (program_id) REFERENCES program (id),
  CONSTRAINT fk_integration_credential_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_integration_credential_created_by FOREIGN KEY (created_by) REFERENCES user (id),
  CONSTRAINT chk_integration_credential_stage CHECK (stage IN ('PENDING', 'CURRENT', 'PREVIOUS')),
  CONSTRAINT chk_integration_credential_home CHECK ((encrypted_value IS NULL) <> (secret_arn IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
COMMENT='Encrypted storage for integration credentials';
