"""The HTTP API: routes of the template, payload-v2 events in, answers out, tokens checked."""
