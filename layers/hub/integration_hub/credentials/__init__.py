"""Vendor credentials: rows of integration_credential, decrypted by KMS or kept in Secrets Manager; in memory only."""
