from datetime import UTC, datetime, timedelta

import pytest

from labelled_data import EqualityScheme
from labelled_data.equality_groups import EqualityGroup
from labelled_data.example_surveys import GroupColumn
from service.errors import ConflictError, NotFoundError
from service.records import NewSurvey, Progress
from service.store import Store, responses, surveys
from tests.service.store.content import (
    NEWER,
    STAMP,
    add_survey,
    new_survey,
    response,
    tag_everything,
)


def test_a_survey_comes_back_as_it_was_made(store: Store) -> None:
    made = add_survey(store)
    with store.read() as conn:
        assert surveys.get(conn, "visits") == made
    assert dict(new_survey()).items() <= dict(made).items()
    assert made.artefact == STAMP
    assert datetime.now(UTC) - made.created < timedelta(minutes=1)


def test_a_survey_keeps_a_scheme_of_its_own(store: Store) -> None:
    scheme = EqualityScheme(
        id="ward",
        name="Ward",
        version="1",
        source="The trust",
        characteristic="ward",
        groups=(
            EqualityGroup(id="east", name="East", codes=("E\0",)),
            EqualityGroup.model_validate(
                {"id": "west", "name": "West", "ranges": [{"from": 1, "to": 9}]}
            ),
        ),
    )
    plain = new_survey()
    ward = GroupColumn(column="ward", scheme=scheme, codes={"X": "not_known"})
    columns = plain.columns.model_copy(update={"characteristics": {"ward": ward}})
    with store.write() as conn:
        made = surveys.create(conn, plain.model_copy(update={"columns": columns}), STAMP)
    with store.read() as conn:
        assert surveys.get(conn, "visits") == made


def test_an_id_is_taken_once(store: Store) -> None:
    made = add_survey(store)
    with pytest.raises(ConflictError, match="'visits'"):
        add_survey(store)
    with store.read() as conn:
        assert surveys.every(conn) == [made]


def test_surveys_are_listed_in_the_order_they_were_made(store: Store) -> None:
    made = [add_survey(store, survey_id=name) for name in ("c", "a", "b")]
    with store.read() as conn:
        assert surveys.every(conn) == made


@pytest.mark.parametrize("survey_id", ["nowhere", "nul\0", "lone \ud800", "x" * 100_000])
def test_a_survey_that_is_not_there_is_not_found(store: Store, survey_id: str) -> None:
    with pytest.raises(NotFoundError) as told, store.read() as conn:
        surveys.get(conn, survey_id)
    assert len(str(told.value)) < 200
    with pytest.raises(NotFoundError), store.read() as conn:
        surveys.progress(conn, survey_id)
    with pytest.raises(NotFoundError), store.write() as conn:
        surveys.use_artefact(conn, survey_id, STAMP)
    with pytest.raises(NotFoundError):
        surveys.erase(store, survey_id)


def test_progress_counts_responses_comments_statuses_and_groups(store: Store) -> None:
    rows = [
        response("1", "waited long", "kind staff", sex="female"),
        response("2", "nothing", sex="male", carer="carer"),
        response("3", "...", sex="female"),
        response("4", sex="not_stated"),
    ]
    add_survey(store, rows)
    add_survey(store, rows[:1], "another")
    with store.read() as conn:
        before = surveys.progress(conn, "visits")
    assert (before.responses, before.comments, before.tagged) == (4, 4, 0)
    tag_everything(store)
    with store.read() as conn:
        assert surveys.progress(conn, "visits") == Progress(
            responses=4,
            comments=4,
            tagged=4,
            statuses={"tagged": 2, "no_theme": 1, "empty": 1},
            groups={
                "sex": {"female": 2, "male": 1, "not_stated": 1},
                "carer": {"not_stated": 3, "carer": 1},
            },
        )


def test_an_empty_survey_has_its_characteristics(store: Store) -> None:
    add_survey(store)
    with store.read() as conn:
        progress = surveys.progress(conn, "visits")
    assert progress.groups == {"sex": {}, "carer": {}}
    assert progress.responses == 0


def test_another_artefact_begins_again(store: Store) -> None:
    add_survey(store, [response("1", "waited")])
    tag_everything(store)
    with store.write() as conn:
        surveys.use_artefact(conn, "visits", NEWER)
    with store.read() as conn:
        assert surveys.get(conn, "visits").artefact == NEWER
        assert surveys.progress(conn, "visits").tagged == 0
    tag_everything(store, NEWER)
    with store.read() as conn:
        assert surveys.progress(conn, "visits").statuses == {"tagged": 1}


def test_going_back_to_an_artefact_finds_its_tags_still_there(store: Store) -> None:
    add_survey(store, [response("1", "waited")])
    tag_everything(store)
    with store.write() as conn:
        surveys.use_artefact(conn, "visits", NEWER)
        surveys.use_artefact(conn, "visits", STAMP)
    with store.read() as conn:
        assert surveys.progress(conn, "visits").tagged == 1


def test_nothing_is_added_to_a_survey_that_goes(store: Store) -> None:
    survey = add_survey(store)
    surveys.erase(store, "visits")
    with pytest.raises(NotFoundError), store.write() as conn:
        responses.add(conn, survey, [response("1", "waited")])


def test_columns_that_do_not_fit_are_refused() -> None:
    good = new_survey().model_dump(mode="json")
    changes: tuple[dict[str, object], ...] = (
        {"person": "id"},
        {"weight": "good"},
        {"text": []},
        {"text": [{"column": "a", "question": "?"}, {"column": "a", "question": "?"}]},
        {"characteristics": {"sex": {"column": "weight", "scheme": "sex"}}},
        {"characteristics": {"sex": {"column": "good", "scheme": "sex"}}},
        {"characteristics": {"sex": {"column": "sex", "scheme": "nothing_shipped"}}},
    )
    for change in changes:
        with pytest.raises(ValueError, match="columns"):
            NewSurvey.model_validate(good | {"columns": good["columns"] | change})


def test_a_site_may_be_a_characteristic_too() -> None:
    good = new_survey().model_dump(mode="json")
    place = {"place": {"column": "hospital", "scheme": "ics_region"}}
    made = NewSurvey.model_validate(
        good | {"columns": good["columns"] | {"characteristics": place}}
    )
    assert made.columns.headers == ("id", "patient", "date", "hospital", "weight", "good", "better")
    assert made.columns.questions == ("good", "better")
