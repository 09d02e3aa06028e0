"""What the service can bear, measured from outside on the real processes."""
