"""Measurements. Every figure is held against a floor that is measured in the same run, on the same machine."""
