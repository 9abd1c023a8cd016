"""The schema, and how it gets there."""
