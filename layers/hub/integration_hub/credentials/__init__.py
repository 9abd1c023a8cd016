"""Vendor logins: rows of integration_credential, opened by KMS or by Secrets Manager, kept in memory only."""
