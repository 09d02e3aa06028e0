"""The tables of the store, as the newest migration leaves them.

The index of words stands beside them, made by migrations alone: on SQLite the virtual table
`comment_text`, on PostgreSQL the generated column `comment.words`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
    false,
)

from service.store.column_types import BigKey, Json, Moment, SearchableJson, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key() -> Column[int]:
    return Column("pk", BigKey, primary_key=True)


def _to(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigKey, ForeignKey(target), nullable=nullable)


artefact = Table(
    "artefact",
    metadata,
    _key(),
    Column("id", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("codebook", Words, nullable=False),
    Column("codebook_version", Words, nullable=False),
    Column("operating_point", Words, nullable=False),
    UniqueConstraint(
        "id",
        "version",
        "sha256",
        "codebook",
        "codebook_version",
        "operating_point",
        name="uq_artefact_stamp",
    ),
)

survey = Table(
    "survey",
    metadata,
    _key(),
    Column("id", Words, nullable=False, unique=True),
    Column("name", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("columns", Json, nullable=False),
    Column("created", Moment, nullable=False),
    _to("artefact", "artefact.pk"),
    # While it goes, nothing is added to it and nobody tags it.
    Column("erasing", Boolean, nullable=False, server_default=false()),
)

profile = Table(
    "profile",
    metadata,
    _key(),
    _to("survey", "survey.pk"),
    Column("digest", LargeBinary, nullable=False),
    Column("groups", SearchableJson, nullable=False),
    UniqueConstraint("survey", "digest"),
)

response = Table(
    "response",
    metadata,
    _key(),
    _to("survey", "survey.pk"),
    Column("response_id", Words, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("person", Words),
    Column("given_on", Date),
    Column("site", Words),
    Column("weight", Double),
    _to("profile", "profile.pk"),
    UniqueConstraint("survey", "response_id"),
    Index(None, "profile"),
)

comment = Table(
    "comment",
    metadata,
    _key(),
    _to("survey", "survey.pk"),
    _to("response", "response.pk"),
    Column("question", SmallInteger, nullable=False),
    Column("text", Words, nullable=False),
    _to("tagged_by", "artefact.pk", nullable=True),
    Column("status", Words),
    Column("sentiment", SmallInteger),
    Column("scores", LargeBinary),
    Index(None, "survey", "tagged_by", "status", "pk"),
    Index(None, "survey", "pk"),
    Index(None, "response"),
    # A number given again could take what a worker says of the comment that had it before.
    sqlite_autoincrement=True,
)

tag = Table(
    "tag",
    metadata,
    Column("comment", BigKey, ForeignKey("comment.pk"), primary_key=True),
    Column("place", SmallInteger, primary_key=True, autoincrement=False),
    Column("survey", BigKey, nullable=False),
    Column("theme", Words, nullable=False),
    Column("score", Double, nullable=False),
    Column("polarity", Words),
    Column("evidence", Json, nullable=False),
    Index(None, "survey", "theme", "comment"),
    sqlite_with_rowid=False,
)

# What counts are made of, worked out of the tables above: see `reading_blocks`.
reading_block = Table(
    "reading_block",
    metadata,
    Column("survey", BigKey, ForeignKey("survey.pk"), primary_key=True, autoincrement=False),
    Column("place", BigKey, primary_key=True, autoincrement=False),
    # How often responses of the range were added or tagged.
    Column("changes", Integer, nullable=False),
    _to("artefact", "artefact.pk", nullable=True),
    Column("layout", LargeBinary),
    Column("data", LargeBinary),
)

reading_site = Table(
    "reading_site",
    metadata,
    Column("survey", BigKey, ForeignKey("survey.pk"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site", Words, nullable=False),
    sqlite_with_rowid=False,
)

review_sample = Table(
    "review_sample",
    metadata,
    _key(),
    _to("survey", "survey.pk"),
    _to("artefact", "artefact.pk"),
    Column("kind", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("frame", Integer, nullable=False),
    Column("seed", BigKey, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("unit", Words, nullable=False, server_default="comments"),
    # The last comment that a random sample could have drawn.
    Column("last", BigKey),
    # Of a sample of people, who was drawn with which chance.
    Column("strata", Json),
    Index(None, "survey"),
)

review_item = Table(
    "review_item",
    metadata,
    Column("sample", BigKey, ForeignKey("review_sample.pk"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _to("comment", "comment.pk"),
    Column("probability", Double),
    UniqueConstraint("sample", "comment"),
    Index(None, "comment"),
    sqlite_with_rowid=False,
)

review = Table(
    "review",
    metadata,
    _key(),
    _to("survey", "survey.pk"),
    _to("comment", "comment.pk"),
    _to("sample", "review_sample.pk", nullable=True),
    _to("artefact", "artefact.pk"),
    Column("reviewer", Words, nullable=False),
    Column("themes", Json, nullable=False),
    Column("polarity", Json, nullable=False),
    Column("made", Moment, nullable=False),
    Index(None, "survey"),
    Index(None, "comment"),
    UniqueConstraint("sample", "comment", "reviewer"),
)

api_key = Table(
    "api_key",
    metadata,
    _key(),
    Column("name", Words, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),
    Column("revoked", Moment),
    Column("used", Moment),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("csrf", Words),
    Column("expires", Moment, nullable=False),
    _to("key", "api_key.pk", nullable=True),
)

# A survey, or more responses of one, that somebody is bringing; the file is not in the store.
draft = Table(
    "draft",
    metadata,
    Column("id", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    # Of responses for a survey that is there, its id.
    Column("survey", Words),
    Column("stage", Words, nullable=False),
    # How often its choices changed, so that what was found out about others is not taken for it.
    Column("revision", Integer, nullable=False),
    Column("choices", Json, nullable=False),
    Column("outcome", Json),
    Column("changed", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _key(),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("survey", Words),
    Column("detail", Json, nullable=False),
)
