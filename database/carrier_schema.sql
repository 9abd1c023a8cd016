-- The part of the carrier's schema that the hub uses: the tables as they are in production, their parent tables, and the
-- rows of a new installation. Only local servers and tests run this file; in production the tables exist already.
-- Every statement ends with a semicolon at the end of a line.

CREATE TABLE `status_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_status_type_code (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `status` (
  id INT NOT NULL AUTO_INCREMENT,
  status_type_id INT NOT NULL,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_status_code (code),
  KEY idx_status_type (status_type_id),
  CONSTRAINT fk_status_type FOREIGN KEY (status_type_id) REFERENCES status_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `user_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_user_type_code (code),
  KEY idx_user_type_status (status_id),
  CONSTRAINT fk_user_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `role_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_role_type_code (code),
  KEY idx_role_type_status (status_id),
  CONSTRAINT fk_role_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `name_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_name_type_code (code),
  KEY idx_name_type_status (status_id),
  CONSTRAINT fk_name_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `language_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_language_type_code (code),
  KEY idx_language_type_status (status_id),
  CONSTRAINT fk_language_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `signature_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_signature_type_code (code),
  KEY idx_signature_type_status (status_id),
  CONSTRAINT fk_signature_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `program_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_program_type_code (code),
  KEY idx_program_type_status (status_id),
  CONSTRAINT fk_program_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `policy_number_prefix_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_policy_number_prefix_type_code (code),
  KEY idx_policy_number_prefix_type_status (status_id),
  CONSTRAINT fk_policy_number_prefix_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `policy_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_policy_type_code (code),
  KEY idx_policy_type_status (status_id),
  CONSTRAINT fk_policy_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `quote_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_quote_type_code (code),
  KEY idx_quote_type_status (status_id),
  CONSTRAINT fk_quote_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `producer_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_producer_type_code (code),
  KEY idx_producer_type_status (status_id),
  CONSTRAINT fk_producer_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `driver_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_driver_type_code (code),
  KEY idx_driver_type_status (status_id),
  CONSTRAINT fk_driver_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `license_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_license_type_code (code),
  KEY idx_license_type_status (status_id),
  CONSTRAINT fk_license_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `gender_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_gender_type_code (code),
  KEY idx_gender_type_status (status_id),
  CONSTRAINT fk_gender_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `marital_status_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_marital_status_type_code (code),
  KEY idx_marital_status_type_status (status_id),
  CONSTRAINT fk_marital_status_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `vehicle_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_vehicle_type_code (code),
  KEY idx_vehicle_type_status (status_id),
  CONSTRAINT fk_vehicle_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `vehicle_use_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_vehicle_use_type_code (code),
  KEY idx_vehicle_use_type_status (status_id),
  CONSTRAINT fk_vehicle_use_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `address_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_address_type_code (code),
  KEY idx_address_type_status (status_id),
  CONSTRAINT fk_address_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `configuration_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_configuration_type_code (code),
  KEY idx_configuration_type_status (status_id),
  CONSTRAINT fk_configuration_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `integration_type` (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(50) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT NULL,
  is_default TINYINT(1) NULL DEFAULT 0,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_integration_type_code (code),
  KEY idx_integration_type_status (status_id),
  CONSTRAINT fk_integration_type_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `license` (
  id INT NOT NULL AUTO_INCREMENT,
  license_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_license_type (license_type_id),
  KEY idx_license_status (status_id),
  KEY idx_license_created (created_at),
  CONSTRAINT fk_license_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_license_type FOREIGN KEY (license_type_id) REFERENCES license_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `configuration` (
  id INT NOT NULL AUTO_INCREMENT,
  configuration_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_configuration_type (configuration_type_id),
  KEY idx_configuration_status (status_id),
  KEY idx_configuration_created (created_at),
  CONSTRAINT fk_configuration_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_configuration_type FOREIGN KEY (configuration_type_id) REFERENCES configuration_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `integration` (
  id INT NOT NULL AUTO_INCREMENT,
  integration_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_integration_type (integration_type_id),
  KEY idx_integration_status (status_id),
  KEY idx_integration_created (created_at),
  CONSTRAINT fk_integration_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_integration_type FOREIGN KEY (integration_type_id) REFERENCES integration_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `role` (
  id INT NOT NULL AUTO_INCREMENT,
  role_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_role_type (role_type_id),
  KEY idx_role_status (status_id),
  KEY idx_role_created (created_at),
  CONSTRAINT fk_role_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_role_type FOREIGN KEY (role_type_id) REFERENCES role_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `gender` (
  id INT NOT NULL AUTO_INCREMENT,
  gender_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  code VARCHAR(50) NULL,
  name VARCHAR(100) NULL,
  PRIMARY KEY (id),
  KEY idx_gender_type (gender_type_id),
  KEY idx_gender_status (status_id),
  KEY idx_gender_created (created_at),
  CONSTRAINT fk_gender_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_gender_type FOREIGN KEY (gender_type_id) REFERENCES gender_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `marital_status` (
  id INT NOT NULL AUTO_INCREMENT,
  marital_status_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  code VARCHAR(50) NULL,
  name VARCHAR(100) NULL,
  PRIMARY KEY (id),
  KEY idx_marital_status_type (marital_status_type_id),
  KEY idx_marital_status_status (status_id),
  KEY idx_marital_status_created (created_at),
  CONSTRAINT fk_marital_status_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_marital_status_type FOREIGN KEY (marital_status_type_id) REFERENCES marital_status_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `vehicle_use` (
  id INT NOT NULL AUTO_INCREMENT,
  vehicle_use_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  code VARCHAR(50) NULL,
  name VARCHAR(100) NULL,
  PRIMARY KEY (id),
  KEY idx_vehicle_use_type (vehicle_use_type_id),
  KEY idx_vehicle_use_status (status_id),
  KEY idx_vehicle_use_created (created_at),
  CONSTRAINT fk_vehicle_use_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_vehicle_use_type FOREIGN KEY (vehicle_use_type_id) REFERENCES vehicle_use_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `address` (
  id INT NOT NULL AUTO_INCREMENT,
  address_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  county_id INT NULL,
  country_id INT NULL DEFAULT 1,
  is_validated TINYINT(1) NULL DEFAULT 0,
  validated_date TIMESTAMP NULL,
  latitude DECIMAL(10,8) NULL,
  longitude DECIMAL(11,8) NULL,
  PRIMARY KEY (id),
  KEY idx_address_type (address_type_id),
  KEY idx_address_status (status_id),
  KEY idx_address_created (created_at),
  CONSTRAINT fk_address_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_address_type FOREIGN KEY (address_type_id) REFERENCES address_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `producer` (
  id INT NOT NULL AUTO_INCREMENT,
  producer_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  producer_code VARCHAR(50) NULL,
  PRIMARY KEY (id),
  KEY idx_producer_type (producer_type_id),
  KEY idx_producer_status (status_id),
  KEY idx_producer_created (created_at),
  CONSTRAINT fk_producer_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_producer_type FOREIGN KEY (producer_type_id) REFERENCES producer_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `language` (
  id INT NOT NULL AUTO_INCREMENT,
  language_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_language_type (language_type_id),
  KEY idx_language_status (status_id),
  KEY idx_language_created (created_at),
  CONSTRAINT fk_language_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_language_type FOREIGN KEY (language_type_id) REFERENCES language_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `signature` (
  id INT NOT NULL AUTO_INCREMENT,
  signature_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_signature_type (signature_type_id),
  KEY idx_signature_status (status_id),
  KEY idx_signature_created (created_at),
  CONSTRAINT fk_signature_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_signature_type FOREIGN KEY (signature_type_id) REFERENCES signature_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `name` (
  id INT NOT NULL AUTO_INCREMENT,
  name_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  first_name VARCHAR(100) NULL,
  middle_name VARCHAR(100) NULL,
  last_name VARCHAR(100) NULL,
  suffix VARCHAR(10) NULL,
  business_name VARCHAR(255) NULL,
  is_business TINYINT(1) NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY idx_name_type (name_type_id),
  KEY idx_name_status (status_id),
  KEY idx_name_created (created_at),
  CONSTRAINT fk_name_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_name_type FOREIGN KEY (name_type_id) REFERENCES name_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `policy_number_prefix` (
  id INT NOT NULL AUTO_INCREMENT,
  policy_number_prefix_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  prefix VARCHAR(20) NULL,
  first_number INT NULL,
  PRIMARY KEY (id),
  KEY idx_policy_number_prefix_type (policy_number_prefix_type_id),
  KEY idx_policy_number_prefix_status (status_id),
  KEY idx_policy_number_prefix_created (created_at),
  CONSTRAINT fk_policy_number_prefix_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_policy_number_prefix_type FOREIGN KEY (policy_number_prefix_type_id) REFERENCES policy_number_prefix_type (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `user` (
  id INT NOT NULL AUTO_INCREMENT,
  user_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  name_id INT NULL,
  role_id INT NULL,
  email VARCHAR(255) NULL,
  phone VARCHAR(20) NULL,
  mfa_enabled TINYINT(1) NULL DEFAULT 0,
  mfa_secret VARCHAR(255) NULL,
  email_verified TINYINT(1) NULL DEFAULT 0,
  phone_verified TINYINT(1) NULL DEFAULT 0,
  last_login_at TIMESTAMP NULL,
  failed_login_attempts INT NULL DEFAULT 0,
  locked_until TIMESTAMP NULL,
  password_changed_at TIMESTAMP NULL,
  signature_id INT NULL,
  language_preference_id INT NULL,
  password_reset_token VARCHAR(255) NULL,
  password_reset_expires TIMESTAMP NULL,
  username VARCHAR(100) NULL,
  password VARCHAR(255) NULL,
  PRIMARY KEY (id),
  KEY idx_user_type (user_type_id),
  KEY idx_user_status (status_id),
  KEY idx_user_created (created_at),
  UNIQUE KEY idx_user_email_unique (email),
  UNIQUE KEY unique_username (username),
  CONSTRAINT fk_user_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_user_type FOREIGN KEY (user_type_id) REFERENCES user_type (id) ON UPDATE CASCADE,
  CONSTRAINT fk_user_name FOREIGN KEY (name_id) REFERENCES `name` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_user_role FOREIGN KEY (role_id) REFERENCES `role` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_user_signature FOREIGN KEY (signature_id) REFERENCES `signature` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_user_language FOREIGN KEY (language_preference_id) REFERENCES `language` (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `program` (
  id INT NOT NULL AUTO_INCREMENT,
  program_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  policy_number_prefix_id INT NULL,
  name VARCHAR(100) NULL,
  description TEXT NULL,
  effective_date DATE NULL,
  expiration_date DATE NULL,
  PRIMARY KEY (id),
  KEY idx_program_type (program_type_id),
  KEY idx_program_status (status_id),
  KEY idx_program_created (created_at),
  KEY idx_program_dates (effective_date, expiration_date),
  CONSTRAINT fk_program_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_program_type FOREIGN KEY (program_type_id) REFERENCES program_type (id) ON UPDATE CASCADE,
  CONSTRAINT fk_program_prefix FOREIGN KEY (policy_number_prefix_id) REFERENCES `policy_number_prefix` (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `quote` (
  id INT NOT NULL AUTO_INCREMENT,
  quote_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  quote_number VARCHAR(50) NULL,
  program_id INT NULL,
  producer_id INT NULL,
  policy_id INT NULL,
  effective_date DATE NULL,
  expiration_date DATE NULL,
  premium DECIMAL(10,2) NULL,
  bound_date TIMESTAMP NULL,
  version_number INT NULL DEFAULT 1,
  is_renewal TINYINT(1) NULL DEFAULT 0,
  renewal_policy_id INT NULL,
  distribution_channel_id INT NULL,
  external_reference VARCHAR(100) NULL,
  total_vehicles INT NULL DEFAULT 0,
  total_drivers INT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY idx_quote_type (quote_type_id),
  KEY idx_quote_status (status_id),
  KEY idx_quote_created (created_at),
  UNIQUE KEY idx_quote_number_unique (quote_number),
  KEY idx_quote_dates (effective_date, expiration_date),
  CONSTRAINT fk_quote_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_quote_type FOREIGN KEY (quote_type_id) REFERENCES quote_type (id) ON UPDATE CASCADE,
  CONSTRAINT fk_quote_program FOREIGN KEY (program_id) REFERENCES `program` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_quote_producer FOREIGN KEY (producer_id) REFERENCES `producer` (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `policy` (
  id INT NOT NULL AUTO_INCREMENT,
  policy_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  policy_number VARCHAR(50) NULL,
  program_id INT NULL,
  quote_id INT NULL,
  producer_id INT NULL,
  effective_date DATE NULL,
  expiration_date DATE NULL,
  premium DECIMAL(10,2) NULL,
  bound_date TIMESTAMP NULL,
  cancellation_date DATE NULL,
  cancellation_reason_id INT NULL,
  reinstatement_date DATE NULL,
  non_renewal_date DATE NULL,
  non_renewal_reason_id INT NULL,
  total_vehicles INT NULL DEFAULT 0,
  total_drivers INT NULL DEFAULT 0,
  payment_plan_id INT NULL,
  down_payment DECIMAL(10,2) NULL,
  paid_to_date DATE NULL,
  total_paid DECIMAL(10,2) NULL DEFAULT 0.00,
  balance_due DECIMAL(10,2) NULL DEFAULT 0.00,
  PRIMARY KEY (id),
  KEY idx_policy_type (policy_type_id),
  KEY idx_policy_status (status_id),
  KEY idx_policy_created (created_at),
  UNIQUE KEY idx_policy_number_unique (policy_number),
  KEY idx_policy_cancellation (cancellation_date),
  KEY idx_policy_dates (effective_date, expiration_date),
  KEY idx_policy_paid_to (paid_to_date),
  CONSTRAINT fk_policy_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_policy_type FOREIGN KEY (policy_type_id) REFERENCES policy_type (id) ON UPDATE CASCADE,
  CONSTRAINT fk_policy_program FOREIGN KEY (program_id) REFERENCES `program` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_policy_quote FOREIGN KEY (quote_id) REFERENCES `quote` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_policy_producer FOREIGN KEY (producer_id) REFERENCES `producer` (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

ALTER TABLE quote ADD CONSTRAINT fk_quote_policy FOREIGN KEY (policy_id) REFERENCES policy (id) ON UPDATE CASCADE;

CREATE TABLE `driver` (
  id INT NOT NULL AUTO_INCREMENT,
  driver_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  name_id INT NULL,
  license_id INT NULL,
  date_of_birth DATE NULL,
  gender_id INT NULL,
  marital_status_id INT NULL,
  years_licensed INT NULL,
  relationship_to_insured_id INT NULL,
  is_named_insured TINYINT(1) NULL DEFAULT 0,
  violations_count INT NULL DEFAULT 0,
  accidents_count INT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY idx_driver_type (driver_type_id),
  KEY idx_driver_status (status_id),
  KEY idx_driver_created (created_at),
  KEY idx_driver_dob (date_of_birth),
  CONSTRAINT fk_driver_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_driver_type FOREIGN KEY (driver_type_id) REFERENCES driver_type (id) ON UPDATE CASCADE,
  CONSTRAINT fk_driver_name FOREIGN KEY (name_id) REFERENCES `name` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_driver_license FOREIGN KEY (license_id) REFERENCES `license` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_driver_gender FOREIGN KEY (gender_id) REFERENCES `gender` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_driver_marital_status FOREIGN KEY (marital_status_id) REFERENCES `marital_status` (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `vehicle` (
  id INT NOT NULL AUTO_INCREMENT,
  vehicle_type_id INT NOT NULL,
  status_id INT NULL,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  vin VARCHAR(17) NULL,
  year INT NULL,
  make VARCHAR(50) NULL,
  model VARCHAR(50) NULL,
  vehicle_use_id INT NULL,
  garaging_address_id INT NULL,
  body_style VARCHAR(50) NULL,
  fuel_type VARCHAR(20) NULL,
  annual_mileage INT NULL,
  vehicle_ownership_type_id INT NULL,
  primary_driver_id INT NULL,
  vin_verified TINYINT(1) NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY idx_vehicle_type (vehicle_type_id),
  KEY idx_vehicle_status (status_id),
  KEY idx_vehicle_created (created_at),
  KEY idx_vehicle_vin (vin),
  KEY idx_vehicle_year_make_model (year, make, model),
  CONSTRAINT fk_vehicle_status FOREIGN KEY (status_id) REFERENCES status (id) ON UPDATE CASCADE,
  CONSTRAINT fk_vehicle_type FOREIGN KEY (vehicle_type_id) REFERENCES vehicle_type (id) ON UPDATE CASCADE,
  CONSTRAINT fk_vehicle_use FOREIGN KEY (vehicle_use_id) REFERENCES `vehicle_use` (id) ON UPDATE CASCADE,
  CONSTRAINT fk_vehicle_address FOREIGN KEY (garaging_address_id) REFERENCES `address` (id) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `map_integration_configuration` (
  id INT NOT NULL AUTO_INCREMENT,
  program_id INT NOT NULL,
  integration_type_id INT NOT NULL,
  configuration_id INT NOT NULL,
  is_active TINYINT(1) NULL DEFAULT 1,
  created_by INT NULL,
  updated_by INT NULL,
  created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY idx_program_integration_config (program_id, integration_type_id, configuration_id),
  KEY idx_program (program_id),
  CONSTRAINT fk_map_int_config_configuration FOREIGN KEY (configuration_id) REFERENCES configuration (id) ON DELETE CASCADE,
  CONSTRAINT fk_map_int_config_integration FOREIGN KEY (integration_type_id) REFERENCES integration_type (id) ON DELETE CASCADE,
  CONSTRAINT fk_map_int_config_program FOREIGN KEY (program_id) REFERENCES program (id) ON DELETE CASCADE,
  CONSTRAINT fk_map_int_config_created_by FOREIGN KEY (created_by) REFERENCES `user` (id) ON DELETE SET NULL,
  CONSTRAINT fk_map_int_config_updated_by FOREIGN KEY (updated_by) REFERENCES `user` (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

INSERT INTO status_type (id, code, name, is_default) VALUES (1, 'RECORD', 'Record Status', 0);
INSERT INTO status (id, status_type_id, code, name) VALUES (1, 1, 'ACTIVE', 'Active');
INSERT INTO integration_type (id, code, name, is_default, status_id, created_by) VALUES (1, 'itc', 'ITC Bridge', 0, 1, 1);
