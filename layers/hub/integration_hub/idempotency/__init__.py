"""Idempotency keys: a request that is repeated under its key gets the first response and is paid for once."""
