"""The record of every call: a row opened before the first byte leaves, and closed when the call has ended."""
