"""The record of every call. `store` holds all SQL on integration_log; idempotency and response cache ask it.

A row is opened before the first byte is sent (`IntegrationLog.begin`) and settled exactly once (`settle`).
"""
