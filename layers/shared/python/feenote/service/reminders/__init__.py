"""Reminders as use cases: decide, run, forecast, look again, stop."""
