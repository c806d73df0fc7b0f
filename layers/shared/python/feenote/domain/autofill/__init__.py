"""Autofill fields: what may stand between `{{` and `}}` in a wording, and nothing else."""
