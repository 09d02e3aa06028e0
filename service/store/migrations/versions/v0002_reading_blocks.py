"""What counts are made of, packed; and what a sample for review is drawn of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the tables, with a range not worked out yet for all responses that are there."""
    _blocks()
    _sites()
    _samples()
    op.execute(
        # as many responses to a range as `reading_changes` has
        "INSERT INTO reading_block (survey, place, changes)"
        " SELECT DISTINCT survey, pk / 4096, 0 FROM response"
    )


def _blocks() -> None:
    op.create_table(
        "reading_block",
        _of_survey(),
        sa.Column("place", _BIG, primary_key=True, autoincrement=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("artefact", _BIG, sa.ForeignKey("artefact.pk")),
        sa.Column("layout", sa.LargeBinary()),
        sa.Column("data", sa.LargeBinary()),
    )
    if op.get_bind().dialect.name == "postgresql":
        # numbers hardly get smaller, and are read often
        op.execute("ALTER TABLE reading_block ALTER COLUMN data SET STORAGE EXTERNAL")


def _sites() -> None:
    op.create_table(
        "reading_site",
        _of_survey(),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("site", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )


def _samples() -> None:
    unit = sa.Column("unit", sa.Text(), nullable=False, server_default="comments")
    for column in (unit, sa.Column("last", _BIG), sa.Column("strata", sa.JSON())):
        op.add_column("review_sample", column)
    op.execute(
        "UPDATE review_item SET probability = (SELECT size * 1.0 / frame FROM review_sample"
        " WHERE review_sample.pk = review_item.sample AND kind = 'random')"
    )


def _of_survey() -> sa.Column[int]:
    survey = sa.ForeignKey("survey.pk")
    return sa.Column("survey", _BIG, survey, primary_key=True, autoincrement=False)
