"""Changes that operators make."""
