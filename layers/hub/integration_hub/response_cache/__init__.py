"""Answers that were paid for and are kept for a while, encrypted, so that the same question is not paid for twice."""
