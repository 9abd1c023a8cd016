"""The response cache: paid responses that are stored for a while, encrypted, so that a question is not paid for twice.

`fingerprint` says which questions are the same, `encryption` protects what is stored, `stored` writes and reads it. The
rows are integration_log's.
"""
