"""The benchmarks of the service: that they count right, and tiny runs of the real thing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import Polarity, Span
from models import Prediction, Status, Tag
from service.benchmarks.asking import agrees
from service.benchmarks.databases import prepare
from service.benchmarks.errors import NeverReadyError, NoDatabaseError
from service.benchmarks.figures import KillFigures, ServiceFigures
from service.benchmarks.generated import RESPONSE_ID, GeneratedSurvey, Row
from service.benchmarks.killing import KillPlan, Survivors
from service.benchmarks.parts import Part
from service.benchmarks.processes import Setup, crew
from service.benchmarks.reckoning import reckon, written
from service.benchmarks.run import BenchmarkPlan, BenchmarkRun
from service.benchmarks.tables import sections
from service.benchmarks.uploader import files
from service.client.results import Comment, GivenTheme, Place
from service.store import Store, surveys
from tests.service.sample_survey import STAMP, new_survey

if TYPE_CHECKING:
    from pathlib import Path

    from models import Tagger
    from tests.command_line import CommandLine
    from tests.service.postgres import Postgres

GENERATED = GeneratedSurvey()
SAME, OTHER = GeneratedSurvey(), GeneratedSurvey(seed=1)
GOOD, BETTER = GENERATED.questions
TEXT = "waited 4 hours but a kind smile"
SAID = GivenTheme(
    theme="waiting", score=0.9, polarity=Polarity.NEGATIVE, evidence=(Place(start=0, end=14),)
)
MEANT = Tag("waiting", 0.9004, Polarity.NEGATIVE, (Span(0, 14),))


@given(st.integers(0, 10**7))
def test_a_response_of_a_number_is_always_the_same(number: int) -> None:
    assert GENERATED.response(number) == SAME.response(number)
    assert GENERATED.response(number) != OTHER.response(number)


@given(st.integers(1, 700))
def test_what_is_to_be_expected_of_a_file_is_what_is_in_it(count: int) -> None:
    rows = list(GENERATED.rows(count))
    good = [row for row in rows if _is_a_date(row["date"])]
    expected = GENERATED.expected(count)
    assert expected.received == len(rows) == count
    assert expected.rejected == count - len(good)
    assert expected.accepted == len({row[RESPONSE_ID] for row in good})


def test_generated_comments_are_put_together_from_the_example_surveys() -> None:
    rows = GENERATED.responses(0, 300)
    shares = [sum(bool(row[question]) for row in rows) / 300 for question in (GOOD, BETTER)]
    assert all(0.5 < share < 1 for share in shares)
    assert len(set(GENERATED.comments(400))) == 400


@given(st.integers(0, 90), st.integers(1, 40))
def test_files_hold_every_response_once(count: int, per_file: int) -> None:
    rows: list[Row] = [{RESPONSE_ID: str(number)} for number in range(count)]
    parts = files(rows, per_file)
    assert [row for part in parts for row in part] == rows
    assert all(0 < len(part) <= per_file for part in parts)


def test_an_answer_agrees_when_only_its_scores_are_rounded() -> None:
    prediction = Prediction(Status.TAGGED, (MEANT,), (0.9004,))
    assert agrees(Status.TAGGED, [SAID], prediction)


@pytest.mark.parametrize(
    ("status", "themes"),
    [
        (Status.NO_THEME, [SAID]),
        (Status.TAGGED, []),
        (Status.TAGGED, [SAID, SAID]),
        (Status.TAGGED, [SAID.model_copy(update={"theme": "parking"})]),
        (Status.TAGGED, [SAID.model_copy(update={"score": 0.89})]),
        (Status.TAGGED, [SAID.model_copy(update={"polarity": Polarity.MIXED})]),
        (Status.TAGGED, [SAID.model_copy(update={"evidence": ()})]),
        (None, [SAID]),
    ],
)
def test_any_other_difference_is_one(status: Status | None, themes: list[GivenTheme]) -> None:
    assert not agrees(status, themes, Prediction(Status.TAGGED, (MEANT,), (0.9004,)))


@pytest.fixture(scope="module")
def whole(tiny_tagger: Tagger) -> Survivors:
    """Everything that was acknowledged, once, and tagged as it should be."""
    rows = GENERATED.responses(0, 20)
    return Survivors(rows, [_stored(tiny_tagger, *one) for one in written(rows, [GOOD, BETTER])])


def reckoned(left: Survivors, tagger: Tagger) -> KillFigures:
    return reckon(left, [GOOD, BETTER], tagger, "sqlite")


def test_a_store_that_lost_and_doubled_nothing_is_whole(
    whole: Survivors, tiny_tagger: Tagger
) -> None:
    figures = reckoned(whole, tiny_tagger)
    assert figures.is_whole
    assert figures.different == 0
    assert figures.comments == len(whole.comments)


def test_every_kind_of_loss_is_counted(whole: Survivors, tiny_tagger: Tagger) -> None:
    first, second, third, fourth, *rest = whole.comments
    comments = [
        second,
        second,
        third.model_copy(update={"status": None}),
        fourth.model_copy(update={"status": Status.TAGGED, "themes": (SAID, SAID)}),
        first.model_copy(update={"text": "never sent"}),
        *rest,
    ]
    figures = reckoned(Survivors(whole.acknowledged, comments), tiny_tagger)
    assert not figures.is_whole
    assert (figures.missing, figures.doubled, figures.strange) == (1, 1, 1)
    assert (figures.untagged, figures.doubled_tags) == (1, 1)
    assert figures.different >= 2


def test_a_database_that_somebody_uses_is_not_measured_on(store: Store, store_url: str) -> None:
    with store.write() as conn:
        surveys.create(conn, new_survey(), STAMP)
    with pytest.raises(NoDatabaseError, match="give an empty one"):
        prepare(store_url)


def test_a_service_that_does_not_start_is_told_with_its_log(tmp_path: Path) -> None:
    setup = Setup(tmp_path, f"sqlite:///{tmp_path / 'sayso.db'}", model="nowhere")
    with pytest.raises(NeverReadyError, match=r"serve\.log"), crew(setup):
        pass
    assert "nowhere" in (tmp_path / "serve.log").read_text("utf-8")


def test_a_file_is_taken_in_and_adds_up_and_the_command_prints_and_writes_it(
    run: CommandLine, tiny_artefact: Path, tmp_path: Path
) -> None:
    output = tmp_path / "figures.json"
    ended = run(
        *("benchmark-service", "--part", "upload", "--rows", "500", "--tag"),
        *("--model", tiny_artefact, "--output", output),
    )
    assert ended.status == 0
    assert "500 responses as CSV" in ended.stdout
    upload = ServiceFigures.model_validate_json(output.read_bytes()).upload
    assert upload is not None
    assert upload.adds_up
    assert (upload.accepted, upload.duplicate, upload.rejected) == (490, 5, 5)
    assert upload.seconds_until_tagged is not None
    assert upload.seconds_until_tagged >= upload.seconds_until_accepted
    assert upload.peak_memory is None or upload.peak_memory > 50


def test_requests_at_a_rate_and_a_crowd_are_answered_as_by_the_tagger(tiny_artefact: Path) -> None:
    plan = BenchmarkPlan(
        parts=(Part.LATENCY, Part.CROWD),
        model=str(tiny_artefact),
        latency_seconds=0.5,
        clients=8,
        crowd_seconds=1,
        comments=60,
    )
    figures = BenchmarkRun(plan, _silent).measure()
    assert figures.latency is not None
    assert figures.crowd is not None
    assert (figures.latency.requests, figures.latency.failures) == (10, 0)
    assert 0 < figures.latency.p50 <= figures.latency.p99 <= figures.latency.worst
    assert figures.crowd.answered > 0
    assert (figures.crowd.failures, figures.crowd.different) == (0, 0)


def test_nothing_acknowledged_is_lost_when_everything_is_killed(
    tiny_artefact: Path, postgres: Postgres
) -> None:
    for url in postgres.fresh():
        plan = BenchmarkPlan(
            parts=(Part.KILL,),
            model=str(tiny_artefact),
            database_url=url,
            kill=KillPlan(kills=2, responses=120, per_file=10, tagging_pause=0.3),
        )
        found = BenchmarkRun(plan, _silent).measure().kill
        assert [figures.database for figures in found] == ["sqlite", "postgresql"]
        for figures in found:
            assert (figures.kills, figures.acknowledged) == (2, 120)
            assert figures.is_whole
            assert figures.different == 0


def test_every_figure_of_kills_is_printed() -> None:
    names = set(KillFigures.model_fields) - {"database", "kills"}
    numbers = {name: 1_000 + place for place, name in enumerate(sorted(names))}
    figures = KillFigures.model_validate({"database": "sqlite", "kills": 20} | numbers)
    printed = [
        value
        for _, lines in sections(ServiceFigures(model="x", kill=(figures,)))
        for _, value in lines
    ]
    assert {value.replace(",", "") for value in printed} >= set(map(str, numbers.values()))


def _is_a_date(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _stored(tagger: Tagger, response_id: str, question: str, text: str) -> Comment:
    (prediction,) = tagger.tag([text], question)
    themes = tuple(
        GivenTheme(
            theme=tag.theme,
            score=tag.score,
            polarity=tag.polarity,
            evidence=tuple(Place(start=at.start, end=at.end) for at in tag.evidence),
        )
        for tag in prediction.tags
    )
    return Comment(
        id=1,
        response_id=response_id,
        question=question,
        text=text,
        status=prediction.status,
        themes=themes,
    )


def _silent(what: str) -> None:
    """Say nothing."""
