"""Runs functions as Lambda does: in processes of their own, one event at a time."""
