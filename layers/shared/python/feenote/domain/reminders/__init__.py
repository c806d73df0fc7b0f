"""Reminders: which unpaid bills a client is asked for again, when, and why not."""
