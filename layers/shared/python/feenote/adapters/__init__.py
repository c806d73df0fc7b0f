"""One module for each system outside the process."""
