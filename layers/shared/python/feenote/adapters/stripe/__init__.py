"""Stripe: payments through Checkout, and the notices that it signs."""
