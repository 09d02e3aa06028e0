"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_SEARCHABLE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# What stands between words; letters and digits of any script are left.
_BETWEEN_WORDS = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"
_BETWEEN_WORDS += "\u2018\u2019\u201c\u201d\u2013\u2014\u2026"


def upgrade() -> None:
    """Makes the tables."""
    _surveys()
    _responses()
    _reviews()
    _callers()
    if op.get_bind().dialect.name == "postgresql":
        _words_on_postgresql()
    else:
        _words_on_sqlite()


def _key() -> sa.Column[int]:
    return sa.Column("pk", _BIG, primary_key=True)


def _to(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, _BIG, sa.ForeignKey(f"{target}.pk"), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _json(name: str) -> sa.Column[sa.JSON]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _surveys() -> None:
    stamp = ("id", "version", "sha256", "codebook", "codebook_version", "operating_point")
    op.create_table(
        "artefact",
        _key(),
        *(_text(name) for name in stamp),
        sa.UniqueConstraint(*stamp, name="uq_artefact_stamp"),
    )
    op.create_table(
        "survey",
        _key(),
        _text("id"),
        _text("name"),
        _text("model"),
        _json("columns"),
        sa.Column("created", _MOMENT, nullable=False),
        _to("artefact", "artefact"),
        sa.Column("erasing", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("id"),
    )


def _responses() -> None:
    op.create_table(
        "profile",
        _key(),
        _to("survey", "survey"),
        _bytes("digest"),
        sa.Column("groups", _SEARCHABLE, nullable=False),
        sa.UniqueConstraint("survey", "digest"),
    )
    op.create_table(
        "response",
        _key(),
        _to("survey", "survey"),
        _text("response_id"),
        _bytes("digest"),
        _text("person", nullable=True),
        sa.Column("given_on", sa.Date()),
        _text("site", nullable=True),
        sa.Column("weight", sa.Double()),
        _to("profile", "profile"),
        sa.UniqueConstraint("survey", "response_id"),
    )
    op.create_index("ix_response_profile", "response", ["profile"])
    _comments()


def _comments() -> None:
    op.create_table(
        "comment",
        _key(),
        _to("survey", "survey"),
        _to("response", "response"),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        _text("text"),
        _to("tagged_by", "artefact", nullable=True),
        _text("status", nullable=True),
        sa.Column("sentiment", sa.SmallInteger()),
        sa.Column("scores", sa.LargeBinary()),
        sqlite_autoincrement=True,
    )
    for columns in (("survey", "tagged_by", "status", "pk"), ("survey", "pk"), ("response",)):
        op.create_index("ix_comment_" + "_".join(columns), "comment", columns)
    op.create_table(
        "tag",
        sa.Column("comment", _BIG, sa.ForeignKey("comment.pk"), primary_key=True),
        sa.Column("place", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("survey", _BIG, nullable=False),
        _text("theme"),
        sa.Column("score", sa.Double(), nullable=False),
        _text("polarity", nullable=True),
        _json("evidence"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tag_survey_theme_comment", "tag", ["survey", "theme", "comment"])


def _reviews() -> None:
    op.create_table(
        "review_sample",
        _key(),
        _to("survey", "survey"),
        _to("artefact", "artefact"),
        _text("kind"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("seed", _BIG, nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
    )
    op.create_table(
        "review_item",
        sa.Column("sample", _BIG, sa.ForeignKey("review_sample.pk"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        _to("comment", "comment"),
        sa.Column("probability", sa.Double()),
        sa.UniqueConstraint("sample", "comment"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review",
        _key(),
        _to("survey", "survey"),
        _to("comment", "comment"),
        _to("sample", "review_sample", nullable=True),
        _to("artefact", "artefact"),
        _text("reviewer"),
        _json("themes"),
        _json("polarity"),
        sa.Column("made", _MOMENT, nullable=False),
        sa.UniqueConstraint("sample", "comment", "reviewer"),
    )
    for table, column in (
        ("review_sample", "survey"),
        ("review_item", "comment"),
        ("review", "survey"),
        ("review", "comment"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _callers() -> None:
    op.create_table(
        "api_key",
        _key(),
        _text("name"),
        _json("scopes"),
        _bytes("secret_hash"),
        sa.Column("created", _MOMENT, nullable=False),
        *(sa.Column(name, _MOMENT) for name in ("expires", "revoked", "used")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), primary_key=True),
        _text("kind"),
        _text("csrf", nullable=True),
        sa.Column("expires", _MOMENT, nullable=False),
    )
    op.create_table(
        "audit",
        _key(),
        sa.Column("at", _MOMENT, nullable=False),
        _text("actor"),
        _text("action"),
        _text("survey", nullable=True),
        _json("detail"),
    )


def _words_on_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE comment_text USING fts5(text, content='comment', content_rowid='pk',"
        " columnsize=0, tokenize='porter unicode61')"
    )
    op.execute(
        "CREATE TRIGGER comment_text_added AFTER INSERT ON comment BEGIN"
        " INSERT INTO comment_text(rowid, text) VALUES (new.pk, new.text); END"
    )
    op.execute(
        "CREATE TRIGGER comment_text_gone AFTER DELETE ON comment BEGIN"
        " INSERT INTO comment_text(comment_text, rowid, text)"
        " VALUES ('delete', old.pk, old.text); END"
    )


def _words_on_postgresql() -> None:
    # English without its stop words: "no", "not" and "too" are what comments are about.
    op.execute(
        "CREATE TEXT SEARCH DICTIONARY sayso_words (TEMPLATE = snowball, LANGUAGE = english)"
    )
    op.execute("CREATE TEXT SEARCH CONFIGURATION sayso (COPY = english)")
    op.execute(
        "ALTER TEXT SEARCH CONFIGURATION sayso ALTER MAPPING REPLACE english_stem WITH sayso_words"
    )
    spaces = " " * len(_BETWEEN_WORDS.replace("''", "'"))
    words = f"to_tsvector('sayso', translate(text, '{_BETWEEN_WORDS}', '{spaces}'))"
    generated = f"GENERATED ALWAYS AS ({words}) STORED".replace(":", "\\:")
    op.execute(f"ALTER TABLE comment ADD COLUMN words tsvector {generated}")
    op.execute("CREATE INDEX ix_comment_words ON comment USING gin (words)")
