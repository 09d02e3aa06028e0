"""Surveys that are being brought: what was chosen so far, and how far the import has come."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table; the files are beside the store, never in it."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("survey", sa.Text()),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON()),
        sa.Column("changed", moment, nullable=False),
    )
