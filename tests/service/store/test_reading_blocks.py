from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, select, text

from service.records import Survey
from service.store import Store, migrations, queue, reading_blocks, responses, surveys
from service.store.engines import open_engine
from service.store.reading_blocks import Block
from service.store.reading_changes import version
from service.store.reading_layout import Layout
from service.store.reading_rows import RangeReader, ResponseRange
from service.store.tables import reading_block, reading_site
from tests.service.store.content import (
    NEWER,
    STAMP,
    THEMES,
    add_survey,
    new_survey,
    numbered,
    response,
    tag_everything,
    tag_work,
)
from tests.service.store.reading_ranges import begin_next_range

FIRST_VERSION_ARTEFACT = """
    INSERT INTO artefact (pk, id, version, sha256, codebook, codebook_version, operating_point)
    VALUES (1, :id, :version, :sha256, :codebook, :codebook_version, :operating_point)
"""
FIRST_VERSION_SURVEY = """
    INSERT INTO survey (pk, id, name, model, columns, created, artefact)
    VALUES (:pk, :id, 'Visits', 'tiny', '{}', '2025-03-14 12:00:00', 1)
"""
FIRST_VERSION_RESPONSE = """
    INSERT INTO response (pk, survey, response_id, digest, profile)
    VALUES (:pk, :survey, 'r' || :survey || '-' || :pk, '', 1)
"""
ON_POSTGRESQL = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)


def layout(survey: Survey) -> Layout:
    return Layout(survey.columns, THEMES)


def work_out(store: Store, survey: Survey, most: int | None = None) -> list[Block]:
    with store.read() as conn:
        key = surveys.survey_key(conn, survey.id)
        return reading_blocks.worked_out(conn, key, layout(survey), most)


def keep(store: Store, survey: Survey, blocks: list[Block]) -> int:
    return reading_blocks.keep(store, survey, layout(survey), blocks)


def build(store: Store, survey: Survey) -> int:
    return keep(store, survey, work_out(store, survey))


def kept_places(store: Store, survey: Survey) -> list[int]:
    with store.read() as conn:
        key = surveys.survey_key(conn, survey.id)
        return sorted(reading_blocks.kept(conn, key, layout(survey)))


def ready(store: Store) -> str | None:
    with store.read() as conn:
        survey = reading_blocks.ready_survey(conn, [STAMP])
    return None if survey is None else survey.id


def version_of(store: Store, survey: Survey) -> str:
    with store.read() as conn:
        return version(conn, survey.id)


def add(store: Store, survey: Survey, *ids: str) -> None:
    with store.write() as conn:
        responses.add(conn, survey, [response(one, "waiting") for one in ids])


def three_ranges(store: Store) -> Survey:
    survey = add_survey(store, numbered(5))
    for name in ("a", "b"):
        begin_next_range(store)
        add(store, survey, f"{name}1", f"{name}2")
    return survey


def test_a_survey_has_a_block_for_each_range_that_its_responses_are_in(store: Store) -> None:
    survey = three_ranges(store)
    assert [block.place for block in work_out(store, survey)] == [0, 1, 2]
    assert build(store, survey) == 3
    assert kept_places(store, survey) == [0, 1, 2]
    assert work_out(store, survey) == []


def test_some_blocks_may_be_worked_out_at_a_time(store: Store) -> None:
    survey = three_ranges(store)
    assert keep(store, survey, work_out(store, survey, 2)) == 2
    assert [block.place for block in work_out(store, survey, 2)] == [2]


def test_what_is_tagged_ends_the_blocks_of_its_ranges_alone(store: Store) -> None:
    survey = three_ranges(store)
    build(store, survey)
    assert queue.batch(store, [STAMP], 6, tag_work) == 6
    assert kept_places(store, survey) == [2]


def test_what_is_added_ends_the_blocks_of_its_ranges_alone(store: Store) -> None:
    survey = three_ranges(store)
    build(store, survey)
    add(store, survey, "b3")
    assert kept_places(store, survey) == [0, 1]
    add(store, survey, "b3", "r0")  # no news
    assert build(store, survey) == 1
    add(store, survey, "b3", "r0")
    assert kept_places(store, survey) == [0, 1, 2]


def test_a_new_artefact_ends_all_blocks_until_the_old_one_is_back(store: Store) -> None:
    survey = three_ranges(store)
    tag_everything(store)
    build(store, survey)
    with store.write() as conn:
        surveys.use_artefact(conn, survey.id, NEWER)
    assert kept_places(store, survey) == []
    with store.write() as conn:
        surveys.use_artefact(conn, survey.id, STAMP)
    assert kept_places(store, survey) == [0, 1, 2]


def test_blocks_of_other_themes_are_of_no_use(store: Store) -> None:
    survey = add_survey(store, numbered(3))
    build(store, survey)
    other = Layout(survey.columns, ("parking", "waiting"))
    with store.read() as conn:
        key = surveys.survey_key(conn, survey.id)
        assert reading_blocks.kept(conn, key, other) == {}
        assert len(reading_blocks.worked_out(conn, key, other)) == 1


def test_what_changed_while_it_was_worked_out_is_not_kept(store: Store) -> None:
    survey = three_ranges(store)
    blocks = work_out(store, survey)
    assert queue.batch(store, [STAMP], 1, tag_work) == 1
    add(store, survey, "b3")
    assert keep(store, survey, blocks) == 1
    assert kept_places(store, survey) == [1]


def test_what_was_worked_out_for_another_artefact_is_not_kept(store: Store) -> None:
    survey = add_survey(store, numbered(3))
    blocks = work_out(store, survey)
    with store.write() as conn:
        surveys.use_artefact(conn, survey.id, NEWER)
    assert keep(store, survey, blocks) == 0


def test_what_was_worked_out_of_an_erased_survey_is_not_kept(store: Store) -> None:
    """Not even by one of the same name, whose rows may have the same numbers."""
    survey = add_survey(store, numbered(3))
    blocks = work_out(store, survey)
    surveys.erase(store, survey.id)
    assert keep(store, survey, blocks) == 0
    again = add_survey(store, numbered(3))
    assert keep(store, survey, blocks) == 0
    assert kept_places(store, again) == []
    with store.read() as conn:
        assert conn.execute(select(func.count()).select_from(reading_site)).scalar_one() == 0


def test_surveys_that_come_at_once_have_blocks_of_their_own(store: Store) -> None:
    one, other = add_survey(store), add_survey(store, survey_id="another")
    for number in range(4):
        add(store, one, f"r{number}")
        add(store, other, f"r{number}")
    assert build(store, one) == 1
    assert kept_places(store, other) == []
    assert [len(block.held.columns["day"]) for block in work_out(store, other)] == [4]
    tag_everything(store)
    assert (kept_places(store, one), kept_places(store, other)) == ([], [])


def test_a_survey_is_ready_once_nothing_is_left_to_tag(store: Store) -> None:
    survey = add_survey(store, numbered(2))
    assert ready(store) is None
    tag_everything(store)
    assert ready(store) == survey.id
    build(store, survey)
    assert ready(store) is None
    add(store, survey, "another")
    assert ready(store) is None
    tag_everything(store)
    assert ready(store) == survey.id


def test_a_survey_of_another_model_is_never_ready(store: Store) -> None:
    survey = add_survey(store, numbered(2))
    with store.write() as conn:
        surveys.use_artefact(conn, survey.id, NEWER)
    tag_everything(store, NEWER)
    assert ready(store) is None


def test_the_version_changes_with_what_is_read_and_with_nothing_else(store: Store) -> None:
    survey = add_survey(store, numbered(3))
    seen = [version_of(store, survey)]
    queue.batch(store, [STAMP], 1, tag_work)
    seen.append(version_of(store, survey))
    add(store, survey, "another")
    seen.append(version_of(store, survey))
    begin_next_range(store)
    add(store, survey, "a third")
    seen.append(version_of(store, survey))
    with store.write() as conn:
        surveys.use_artefact(conn, survey.id, NEWER)
    seen.append(version_of(store, survey))
    assert len(set(seen)) == 5
    build(store, surveys_now(store, survey))
    add_survey(store, numbered(3), "another")
    add(store, survey, "another", "r1")
    assert version_of(store, survey) == seen[-1]


def surveys_now(store: Store, survey: Survey) -> Survey:
    with store.read() as conn:
        return surveys.get(conn, survey.id)


def test_a_survey_made_again_is_of_another_version(store: Store) -> None:
    before = version_of(store, add_survey(store, numbered(3)))
    surveys.erase(store, "visits")
    assert version_of(store, add_survey(store, numbered(3))) != before


def test_a_place_is_numbered_once(store: Store) -> None:
    survey = add_survey(store, [response("1", site="Süd\nHaus"), response("2", site=None)])
    build(store, survey)
    begin_next_range(store)
    with store.write() as conn:
        responses.add(conn, survey, [response("3", site="North"), response("4", site="Süd\nHaus")])
    build(store, survey)
    with store.read() as conn:
        sites = conn.execute(select(reading_site.c.site).order_by(reading_site.c.number))
        assert list(sites.scalars()) == ["Süd\nHaus", "North"]


@ON_POSTGRESQL
def test_keeping_waits_for_whoever_is_about_to_write(store: Store) -> None:
    survey = add_survey(store, numbered(3))
    blocks = work_out(store, survey)
    kept: list[int] = []
    thread = Thread(target=lambda: kept.append(keep(store, survey, blocks)))
    with store.write() as conn:
        claimed = queue.claim(conn, [STAMP], 3)
        assert claimed is not None
        assert queue.finish(conn, STAMP, tag_work(*claimed)) == 3
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert kept == [0]
    assert kept_places(store, survey) == []


@ON_POSTGRESQL
def test_keeping_waits_for_nobody_who_is_still_tagging(store: Store) -> None:
    survey = add_survey(store, numbered(3))
    with store.write() as conn:
        claimed = queue.claim(conn, [STAMP], 3)
        assert claimed is not None
        assert build(store, survey) == 1
        assert queue.finish(conn, STAMP, tag_work(*claimed)) == 3
    assert kept_places(store, survey) == []


def test_no_block_is_outdated_however_adding_tagging_and_keeping_meet(store: Store) -> None:
    survey = add_survey(store, numbered(30))
    ended = Event()

    def tag() -> None:
        while queue.batch(store, [STAMP], 3, tag_work) or not ended.is_set():
            pass

    def build_on() -> None:
        while not ended.is_set():
            build(store, survey)

    with ThreadPoolExecutor(4) as pool:
        others = [pool.submit(run) for run in (tag, tag, build_on, build_on)]
        for number in range(20):
            add(store, survey, f"more{number}")
            if number % 5 == 0:
                begin_next_range(store)
        ended.set()
        assert [other.result(60) for other in others] == [None] * 4
    assert is_of_now(store, survey)
    build(store, survey)
    assert kept_places(store, survey) == [0, 1, 2, 3, 4]
    assert is_of_now(store, survey)


def is_of_now(store: Store, survey: Survey) -> bool:
    """Whether each block that is kept holds what is worked out now."""
    with store.read() as conn:
        key = surveys.survey_key(conn, survey.id)
        reader = RangeReader(conn, key, layout(survey))
        kept = reading_blocks.kept(conn, key, layout(survey))
        return all(spelled(reader.read(place)) == spelled(held) for place, held in kept.items())


def spelled(held: ResponseRange) -> dict[str, list[object]]:
    sites = (None, *held.sites)
    columns = {name: column.ravel().tolist() for name, column in held.columns.items()}
    return columns | {"site": [sites[number] for number in columns["site"]]}


def test_a_store_of_the_first_version_gets_a_block_for_each_range(bare_url: str) -> None:
    engine = open_engine(bare_url)
    with engine.begin() as conn:
        config = Config(attributes={"connection": conn})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, "0001")
        conn.execute(text(FIRST_VERSION_ARTEFACT), STAMP.model_dump())
        for pk, survey_id in enumerate(("visits", "another"), 1):
            conn.execute(text(FIRST_VERSION_SURVEY), {"pk": pk, "id": survey_id})
        conn.execute(
            text("INSERT INTO profile (pk, survey, digest, groups) VALUES (1, 1, '', '{}')")
        )
        for pk, survey_pk in ((1, 1), (4095, 2), (4096, 1), (4100, 1), (10_000, 1)):
            conn.execute(text(FIRST_VERSION_RESPONSE), {"pk": pk, "survey": survey_pk})
    engine.dispose()
    with closing(Store.open(bare_url)) as store, store.read() as conn:
        rows = select(reading_block.c.survey, reading_block.c.place)
        assert sorted(map(tuple, conn.execute(rows))) == [(1, 0), (1, 1), (1, 2), (2, 0)]
        key, told = surveys.SurveyKey(1, 1), Layout(new_survey().columns, THEMES)
        lengths = [len(block.held) for block in reading_blocks.worked_out(conn, key, told)]
        assert lengths == [1, 2, 1]
