"""Rules: frozen values and pure functions, with the standard library alone."""
