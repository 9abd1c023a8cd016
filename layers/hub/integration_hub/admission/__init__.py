"""Which calls may reach the vendor now: rate limits, circuit breaker, retry budget and credential lockout, fleet-wide.

Read `admission` first (what the pipeline uses), then `decision` (how one round trip decides), `result` (what the end of
an attempt changes) and `backoff` (when to retry).
"""
