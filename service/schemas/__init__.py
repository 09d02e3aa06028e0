"""What the calls take and give, as their bodies have it."""
