"""Who may call the vendor now: limits, breaker, retry budget and login guard, shared by the whole fleet.

Read `gate` first (what the pipeline uses), then `statement` (how one round trip decides).
"""
