"""Samples that were drawn before people could be."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from service.store import Store, migrations, reviews, surveys
from service.store.engines import open_engine
from tests.service.store.content import new_survey

STEPS = (
    "INSERT INTO artefact VALUES (1, 'tiny', '1', '0', 'tiny', '1.0', 'balanced')",
    "INSERT INTO survey (pk, id, name, model, columns, created, artefact)"
    " VALUES (1, 'visits', 'Visits', 'tiny', :columns, :now, 1)",
    "INSERT INTO profile VALUES (1, 1, :digest, '{}')",
    "INSERT INTO response (pk, survey, response_id, digest, profile)"
    " VALUES (1, 1, 'a', :digest, 1)",
    "INSERT INTO comment (pk, survey, response, question, text) VALUES (1, 1, 1, 0, 'waited')",
    "INSERT INTO review_sample (pk, survey, artefact, kind, size, frame, seed, blind, created)"
    " VALUES (1, 1, 1, 'random', 1, 4, 0, true, :now), (2, 1, 1, 'uncertain', 1, 4, 0, true, :now)",
    "INSERT INTO review_item (sample, place, comment) VALUES (1, 0, 1), (2, 0, 1)",
)


def test_older_samples_are_of_comments_and_get_their_chance(bare_url: str) -> None:
    engine = open_engine(bare_url)
    values = {
        "columns": new_survey().columns.model_dump_json(),
        "now": datetime.now(UTC).replace(tzinfo=None if "sqlite" in bare_url else UTC),
        "digest": b"0",
    }
    with engine.begin() as conn:
        config = Config(attributes={"connection": conn})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, "0001")
        for step in STEPS:
            conn.execute(text(step), {name: values[name] for name in values if f":{name}" in step})
    engine.dispose()
    with closing(Store.open(bare_url)) as store, store.read() as conn:
        survey = surveys.get(conn, "visits")
        random, doubtful = reviews.samples(conn, survey)
        chances = conn.execute(
            text("SELECT probability FROM review_item ORDER BY sample")
        ).scalars()
        assert list(chances) == [0.25, None]
    assert (random.unit, random.probability, random.last, random.strata) == (
        "comments",
        0.25,
        None,
        (),
    )
    assert doubtful.probability is None
