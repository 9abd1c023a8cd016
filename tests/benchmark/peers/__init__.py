"""`make bench-peers`: rate limits, circuit breaker and idempotency beside the libraries that do the same jobs.

`python -m tests.benchmark.peers`. Needs the dependency group `peers` and a `redis-server` program.
"""
