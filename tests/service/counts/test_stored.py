from __future__ import annotations

import random
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelled_data import Polarity
from models import Prediction, Status, Tag
from service.counts.readings import MOST_THEMES, Node, Readings
from service.counts.stored import readings_version, stored_readings
from service.errors import ConflictError, NotFoundError, UnprocessableError
from service.records import ArtefactStamp, Done, NewSurvey, ResponseRow, Survey, Work
from service.store import Store, queue, responses, surveys
from tests.service.counts.plain_readings import Spelled, from_rows, spelled
from tests.service.store.content import (
    DAY,
    NEWER,
    STAMP,
    THEMES,
    add_survey,
    new_survey,
    numbered,
    response,
    tag_everything,
)
from tests.service.store.reading_ranges import begin_next_range, codebook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.postgres import Postgres

TINY = codebook()
UNKNOWN = "of_an_older_codebook"


def read(store: Store, survey: Survey) -> Readings:
    return stored_readings(store, now(store, survey), TINY)


def now(store: Store, survey: Survey) -> Survey:
    with store.read() as conn:
        return surveys.get(conn, survey.id)


def add(store: Store, survey: Survey, *rows: ResponseRow) -> None:
    with store.write() as conn:
        responses.add(conn, survey, rows)


def say(store: Store, *predictions: Prediction) -> None:
    """Tags comments in the order in which they came."""
    said = iter(predictions)
    queue.batch(
        store,
        [STAMP],
        len(predictions),
        lambda _, work: [Done(one.comment, next(said)) for one in work],
    )


def version(store: Store, survey: Survey) -> str:
    with store.read() as conn:
        return readings_version(conn, survey)


class Life:
    """What may happen to two surveys, drawn by chance."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._luck = random.Random(seed)  # noqa: S311 - nothing secret
        self._surveys = [add_survey(store), add_survey(store, survey_id="another")]
        self._added = 0

    def goes_on(self) -> None:
        steps = (self._add, self._tag, self._change, self._read, self._begin_next_range)
        self._luck.choices(steps, (4, 6, 1, 2, 1))[0]()

    def holds(self) -> None:
        """Holds the readings of both surveys against what the rows say."""
        for survey in self._surveys:
            assert spelled(read(self._store, survey)) == from_rows(self._store, survey, THEMES)

    def _begin_next_range(self) -> None:
        begin_next_range(self._store)

    def _read(self) -> None:
        read(self._store, self._luck.choice(self._surveys))

    def _add(self) -> None:
        rows = [self._row() for _ in range(self._luck.randint(1, 6))]
        add(self._store, self._luck.choice(self._surveys), *rows)

    def _row(self) -> ResponseRow:
        luck, self._added = self._luck, self._added + 1
        return response(
            f"r{self._added}",
            *["said"] * luck.randint(0, 2),
            person=luck.choice([None, *(f"p{n}" for n in range(6))]),
            given_on=luck.choice([None, DAY + timedelta(luck.randint(0, 400))]),
            site=luck.choice([None, "South", "North", "Süd", "a\nb"]),
            weight=luck.choice([None, 0.5, 2.25]),
            sex=luck.choice(["female", "male", "not_stated", "not_asked"]),
            carer=luck.choice(["carer", "not_carer", "not_known"]),
        )

    def _tag(self) -> None:
        queue.batch(self._store, [STAMP, NEWER], self._luck.randint(1, 8), self._say)

    def _say(self, _: ArtefactStamp, work: list[Work]) -> list[Done]:
        return [Done(one.comment, self._prediction()) for one in work]

    def _prediction(self) -> Prediction:
        luck = self._luck
        themes = luck.sample([*THEMES, UNKNOWN], luck.randint(0, 4))
        tags = tuple(Tag(theme, 0.7, luck.choice([None, *Polarity])) for theme in themes)
        return Prediction(Status.TAGGED, tags) if tags else Prediction(luck.choice(list(Status)))

    def _change(self) -> None:
        with self._store.write() as conn:
            survey = self._luck.choice(self._surveys)
            surveys.use_artefact(conn, survey.id, self._luck.choice([STAMP, NEWER]))


@pytest.mark.parametrize("seed", range(4))
def test_readings_are_what_the_rows_say_whatever_happened(store: Store, seed: int) -> None:
    life = Life(store, seed)
    for step in range(80):
        life.goes_on()
        if step % 8 == 7:
            life.holds()


def test_every_polarity_is_told_apart(store: Store) -> None:
    survey = add_survey(store, [response(str(n), "said") for n in range(5)])
    spoken = [None, Polarity.POSITIVE, Polarity.NEGATIVE, Polarity.MIXED, Polarity.NEUTRAL]
    say(store, *(Prediction(Status.TAGGED, (Tag("kindness", 0.9, one),)) for one in spoken))
    readings = read(store, survey)
    kindness = 1 << THEMES.index("kindness")
    assert readings.tagged[:, 0].tolist() == [kindness] * 5
    assert readings.praised[:, 0].tolist() == [0, kindness, 0, kindness, 0]
    assert readings.blamed[:, 0].tolist() == [0, 0, kindness, kindness, 0]


def test_readings_have_the_shape_and_type_that_counts_rely_on(store: Store) -> None:
    add_survey(store, numbered(3), "another")
    survey = add_survey(store, numbered(4))
    for _ in ("worked out", "kept"):
        readings = read(store, survey)
        assert readings.person is not None
        assert readings.weight is not None
        of_response = (readings.person, readings.day, readings.site, readings.weight)
        assert [each.shape for each in of_response] == [(4,)] * 4
        assert [each.dtype.str for each in of_response] == ["<i8", "<i4", "<i4", "<f8"]
        of_answer = (readings.status, readings.tagged, readings.praised, readings.blamed)
        assert [each.shape for each in of_answer] == [(4, 2)] * 4
        assert [each.dtype.str for each in of_answer] == ["|u1", "<u8", "<u8", "<u8"]
        assert (readings.groups.shape, readings.groups.dtype.str) == ((4, 2), "<i2")


def test_questions_sites_and_characteristics_are_named(store: Store) -> None:
    survey = add_survey(store, [response("1", site="South"), response("2", site="North")])
    readings = read(store, survey)
    assert readings.questions == (
        Node("good", "What was good?"),
        Node("better", "What could we do better?"),
    )
    assert readings.sites == (Node("North", "North"), Node("South", "South"))
    assert readings.site_characteristic is None
    assert readings.themes == THEMES
    sex, carer = readings.characteristics
    assert [node.id for node in sex.nodes] == [
        *("female", "male", "indeterminate", "not_stated", "not_known", "not_asked")
    ]
    assert [node.missing for node in sex.nodes] == [False] * 3 + [True] * 3
    assert (carer.id, carer.name, carer.column, carer.compared) == (
        *("carer", "Carer", "carer", "groups"),
    )


def test_a_survey_that_has_no_more_than_comments_can_be_read(store: Store) -> None:
    columns = {"response_id": "id", "text": [{"column": "said", "question": "Why?"}]}
    new = NewSurvey.model_validate(
        {"id": "bare", "name": "Bare", "model": "tiny", "columns": columns}
    )
    with store.write() as conn:
        survey = surveys.create(conn, new, STAMP)
        row = ResponseRow("1", None, None, None, None, ((0, "waiting"),), ())
        responses.add(conn, survey, [row])
    for _ in ("worked out", "kept"):
        readings = read(store, survey)
        assert (readings.person, readings.weight, readings.sites) == (None, None, ())
        assert readings.groups.shape == (1, 0)
        assert (readings.day.tolist(), readings.site.tolist()) == ([0], [-1])


def test_a_survey_without_responses_can_be_read(store: Store) -> None:
    readings = read(store, add_survey(store))
    assert len(readings) == 0
    assert readings.tagged.shape == (0, 2)
    assert readings.sites == ()


def test_a_characteristic_of_the_column_of_sites_is_the_site(store: Store) -> None:
    told = new_survey().model_dump(mode="json")
    told["columns"]["characteristics"]["place"] = {"column": "hospital", "scheme": "sex"}
    with store.write() as conn:
        survey = surveys.create(conn, NewSurvey.model_validate(told), STAMP)
    assert read(store, survey).site_characteristic == "place"


def test_people_are_the_same_in_one_survey_alone(store: Store) -> None:
    rows = [response(str(n), person=f"p{n % 3}") for n in range(6)]
    one = read(store, add_survey(store, rows)).person
    other = read(store, add_survey(store, rows, "another")).person
    assert one is not None
    assert other is not None
    assert one.tolist()[:3] == one.tolist()[3:]
    assert len(set(one)) == 3
    assert not set(one) & set(other)


def test_other_themes_are_read_in_their_own_order(store: Store) -> None:
    survey = add_survey(store, [response("1", "kindness while waiting")])
    tag_everything(store)
    waiting, kindness, both = (
        stored_readings(store, survey, codebook(themes)).tagged[0, 0]
        for themes in (("waiting",), ("kindness",), ("parking", "kindness", "waiting"))
    )
    assert (waiting, kindness, both) == (1, 1, 6)


def test_a_codebook_may_have_as_many_themes_as_bits(store: Store) -> None:
    survey = add_survey(store, [response("1", "waiting")])
    tag_everything(store)
    most = tuple(f"theme_{n}" for n in range(MOST_THEMES - 1))
    readings = stored_readings(store, survey, codebook((*most, "waiting")))
    assert readings.tagged[0, 0] == 1 << 63
    assert np.array_equal(
        readings.tagged, stored_readings(store, survey, codebook((*most, "waiting"))).tagged
    )
    with pytest.raises(UnprocessableError, match="a codebook of 65 themes cannot be counted: 64"):
        stored_readings(store, survey, codebook((*most, "waiting", "parking")))


def test_a_survey_that_was_given_another_model_is_not_read_by_the_old_ones_themes(
    store: Store,
) -> None:
    survey = add_survey(store, numbered(2))
    with store.write() as conn:
        surveys.use_artefact(conn, survey.id, NEWER)
    with pytest.raises(ConflictError, match="ask again"):
        stored_readings(store, survey, TINY)


def test_a_survey_that_is_gone_cannot_be_read(store: Store) -> None:
    survey = add_survey(store)
    surveys.erase(store, survey.id)
    with pytest.raises(NotFoundError):
        stored_readings(store, survey, TINY)
    with pytest.raises(NotFoundError):
        version(store, survey)


def test_reading_leaves_the_version_as_it_is(store: Store) -> None:
    survey = add_survey(store, numbered(2))
    before = version(store, survey)
    read(store, survey)
    assert version(store, survey) == before
    tag_everything(store)
    assert version(store, survey) != before


def test_both_databases_give_the_same(tmp_path: Path, postgres: Postgres) -> None:
    for url in postgres.fresh():
        given = [_read_everything(url), _read_everything(f"sqlite:///{tmp_path / 'sayso.db'}")]
        assert len(given[0]) == 60
        assert given[0] == given[1]


def _read_everything(url: str) -> list[Spelled]:
    with closing(Store.open(url)) as store:
        texts = ("kind nurses", "waited for parking", "...", "blue")
        rows = [
            response(
                f"r{n}", *texts[n % 5 :][:2], person=f"p{n % 7}", site=texts[n % 3], weight=n / 7
            )
            for n in range(60)
        ]
        survey = add_survey(store, rows)
        tag_everything(store)
        worked_out, kept = spelled(read(store, survey)), spelled(read(store, survey))
        assert worked_out == kept
        return kept
