"""What Alembic runs to migrate; the connection, in a transaction, comes from `migrating`."""

from alembic import context

from service.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
)
context.run_migrations()
