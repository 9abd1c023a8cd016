"""Talking to a vendor over HTTPS: one bounded exchange, whatever the other side does."""
