"""The benchmark of counts: that it makes a survey that is whole, and a tiny run of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.benchmarks.bulk import fill, new_survey
from service.benchmarks.databases import sqlite
from service.benchmarks.figures import CountsFigures, ServiceFigures
from service.benchmarks.page_times import measure_pages
from service.benchmarks.tables import sections
from service.counts.readings import Reading
from service.counts.stored import stored_readings
from service.records import ResponseRow
from service.store import Store, queue, responses, surveys
from tests.service.store.content import STAMP
from tests.service.store.reading_ranges import codebook

if TYPE_CHECKING:
    from pathlib import Path

    from models import Tagger
    from tests.command_line import CommandLine
    from tests.service.postgres import Postgres


def test_a_survey_written_straight_into_a_store_is_whole_and_tagged(store: Store) -> None:
    survey = fill(store, new_survey("large", "tiny"), STAMP, codebook(), 500)
    with store.read() as conn:
        progress = surveys.progress(conn, "large")
        assert (progress.responses, progress.tagged) == (500, progress.comments)
        assert queue.left(conn, [STAMP]) == 0
    readings = stored_readings(store, survey, codebook())
    assert len(readings) == 500
    assert (readings.status == Reading.READABLE).sum() > 500
    assert len(readings.questions) == 2
    assert len(readings.characteristics) == 4


def test_responses_may_follow_those_written_straight_into_a_store(store: Store) -> None:
    survey = fill(store, new_survey("large", "tiny"), STAMP, codebook(), 50)
    another = fill(store, new_survey("larger", "tiny"), STAMP, codebook(), 70)
    with store.write() as conn:
        row = ResponseRow("1", None, None, None, None, ((0, "waiting"),), ())
        assert responses.add(conn, another, [row]).accepted == 1
    assert len(stored_readings(store, survey, codebook())) == 50
    assert len(stored_readings(store, another, codebook())) == 71


def test_a_survey_is_prepared_and_counted_on_both_databases(
    run: CommandLine, tiny_artefact: Path, tmp_path: Path, postgres: Postgres
) -> None:
    output = tmp_path / "figures.json"
    for url in postgres.fresh():
        ended = run(
            *("benchmark-service", "--part", "counts", "--counted", "3000"),
            *("--model", tiny_artefact, "--database-url", url, "--output", output),
        )
    assert ended.status == 0
    found = ServiceFigures.model_validate_json(output.read_bytes()).counts
    assert [figures.database for figures in found] == ["sqlite", "postgresql"]
    assert [figures.responses for figures in found] == [3_000, 3_000]
    assert found[0].rows == found[1].rows > 0
    assert "3,000 responses counted on postgresql" in ended.stdout


def test_every_figure_of_counts_is_printed() -> None:
    names = set(CountsFigures.model_fields) - {"database", "responses"}
    numbers = {name: 1_000 + place for place, name in enumerate(sorted(names))}
    figures = CountsFigures.model_validate({"database": "sqlite", "responses": 7} | numbers)
    ((_, lines),) = sections(ServiceFigures(model="x", counts=(figures,)))
    printed = {value.split()[0].split(".")[0].replace(",", "") for _, value in lines}
    assert printed == set(map(str, numbers.values()))


def test_every_page_over_a_survey_is_asked_for(
    tiny_artefact: Path, tiny_tagger: Tagger, tmp_path: Path
) -> None:
    database = sqlite(tmp_path, "pages")
    found = measure_pages(database, tiny_tagger, 300, tmp_path, str(tiny_artefact))
    assert all(page.usual > 0 for page in found.pages)
    ((title, lines),) = sections(ServiceFigures(model="x", pages=(found,)))
    assert title == "Pages over 300 responses on sqlite"
    assert [path for path, _ in lines] == [page.path for page in found.pages]
