"""What a service tells of itself: logs and metrics, neither with a word of what people wrote."""
