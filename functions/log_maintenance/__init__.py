"""The hourly care of integration_log."""
