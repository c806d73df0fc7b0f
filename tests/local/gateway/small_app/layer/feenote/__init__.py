"""A layer of its own, so that these tests need nothing of the product."""
