"""How the store's tables came to be, one step after another; Alembic takes them."""
