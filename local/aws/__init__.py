"""What stands in for AWS: moto behind a guard, and the addresses and keys that reach them."""
