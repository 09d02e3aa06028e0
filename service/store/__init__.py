"""What the service keeps: surveys, responses, comments with their tags, keys and reviews.

Each module has functions on one thing; all take a connection in a transaction first, as
`Store.read` and `Store.write` give it.
"""

from service.store.store import Store

__all__ = ["Store"]
