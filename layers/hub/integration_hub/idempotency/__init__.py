"""Idempotency keys: a request that is repeated under its key gets the first response and is paid for once.

`record` says what it means that an earlier call holds the key, `replay` waits for that call and gives its response.
"""
