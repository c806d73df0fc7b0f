"""The HTTP edge: requests in, answers and problem details out, the same for every function."""
