"""Sessions of browsers that signed in by a key, which end with it."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes room for the key; sessions that are there began with a link, and have none."""
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    # by hand, since Alembic adds the reference in a step of its own, which SQLite does not have
    op.execute(f'ALTER TABLE session ADD COLUMN "key" {kind} REFERENCES api_key (pk)')
