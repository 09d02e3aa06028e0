"""Methods of requests, which a caller can otherwise name as they like."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def known_method(method: str) -> str:
    """Give a method as it may be logged: its name if it is a usual one, else ``other``."""
    return method if method in METHODS else "other"
