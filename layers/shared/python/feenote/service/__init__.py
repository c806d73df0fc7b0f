"""Use cases and the ports they need, in the words of the domain."""
