"""The values of a call: identifiers, purpose, the request, how it ended, and the answer; one idea per module."""
