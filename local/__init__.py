"""The whole of Feenote on one machine: the real handlers, with stand-ins for what AWS and Stripe do."""
