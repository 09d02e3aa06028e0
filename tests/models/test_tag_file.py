from __future__ import annotations

import json
from collections import Counter
from multiprocessing import active_children
from typing import TYPE_CHECKING, TypedDict, cast

import polars as pl
import pytest

from labelled_data import HeaderError, RowError, Span, WriteError
from labelled_data.tables import FORMATS, open_table
from labelled_data.tables.values import as_text
from models import OperatingPoint, Polarity, Prediction, Status, Tag
from models.errors import TaggingProcessError
from models.predictions import Effort
from models.tag_file import ROWS, TagOptions, TagSummary, guess_text_column, tag_file
from tests.conftest import QUESTION
from tests.labelled_data.tables.whole import read, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Unpack

    from labelled_data.tables import TableBatch
    from models import Tagger

POLISH = "bardzo długo czekałam na lekarza w poczekalni"
SURVEY = pl.DataFrame(
    {
        "id": ["007", "008", "009", "010"],
        "comment": [
            "waited 5 hours to be seen",
            "the car park was full for 20 minutes but a kind smile from 2 people",
            "",
            POLISH,
        ],
        "ward": ["=A1", "", "3", "4"],
    }
)
SCORES = ["score.waiting", "score.kindness", "score.parking"]


class Options(TypedDict, total=False):
    text_columns: tuple[str, ...]
    question_column: str
    question: str
    scores: bool
    evidence: bool
    operating_point: OperatingPoint
    effort: Effort


def tag(tagger: Tagger, source: Path, output: Path, **options: Unpack[Options]) -> TagSummary:
    return tag_file(tagger, source, output, TagOptions(**options), lambda batch: None)


def tagged(
    tagger: Tagger, source: Path, extension: str = ".csv", **options: Unpack[Options]
) -> pl.DataFrame:
    """Tags a file and reads the output, all of it as text."""
    output = source.with_name(f"out{extension}")
    tag(tagger, source, output, **options)
    return as_text(read(output))


def polarity_of(prediction: Prediction) -> str:
    return ";".join(f"{tag.theme}={tag.polarity}" for tag in prediction.tags)


def places_in(cell: str) -> dict[str, tuple[Span, ...]]:
    """Reads a cell of the column ``evidence``."""
    places = {}
    for part in cell.split(";") if cell else ():
        theme, _, spans = part.partition("=")
        pairs = [span.split("-") for span in spans.split("+")]
        places[theme] = tuple(Span(int(start), int(end)) for start, end in pairs)
    return places


def saved(folder: Path, content: str | bytes, name: str = "survey.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("given", FORMATS)
@pytest.mark.parametrize("wanted", FORMATS)
def test_columns_stay_as_they_are_and_answers_follow_from_any_format_to_any(
    tmp_path: Path, tiny_tagger: Tagger, given: str, wanted: str
) -> None:
    found = tagged(tiny_tagger, write(tmp_path / f"survey{given}", SURVEY), wanted)
    assert found.columns == ["id", "comment", "ward", "status", "themes", "polarity"]
    assert found.select(SURVEY.columns).rows() == SURVEY.rows()
    answers = tiny_tagger.tag(SURVEY["comment"].to_list())
    assert found["status"].to_list() == [answer.status for answer in answers]
    assert found["themes"].to_list() == [";".join(answer.themes) for answer in answers]
    assert found["polarity"].to_list() == [polarity_of(answer) for answer in answers]
    assert [bool(cell) for cell in found["polarity"]] == [True, True, False, False]


def test_themes_are_in_the_order_of_the_codebook(tmp_path: Path, gentle_tagger: Tagger) -> None:
    source = saved(tmp_path, "comment\nno parking but so kind\n")
    found = tagged(gentle_tagger, source, operating_point=OperatingPoint.RECALL)
    assert found["themes"].to_list() == ["waiting;kindness;parking"]


def test_values_that_are_no_text_keep_their_type(tmp_path: Path, tiny_tagger: Tagger) -> None:
    frame = pl.DataFrame({"n": [7, None], "list": [[1, 2], []], "comment": ["kind", None]})
    source = write(tmp_path / "survey.parquet", frame)
    tag(tiny_tagger, source, tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["n"], row["list"], row["comment"]) for row in rows] == frame.rows()


@pytest.mark.parametrize("extension", FORMATS)
def test_each_theme_can_have_its_score_which_is_empty_for_a_comment_not_read(
    tmp_path: Path, tiny_tagger: Tagger, extension: str
) -> None:
    source = write(tmp_path / "survey.csv", SURVEY)
    found = tagged(tiny_tagger, source, extension, scores=True)
    assert found.columns[-3:] == SCORES
    for row, prediction in zip(
        found.select(SCORES).rows(), tiny_tagger.tag(SURVEY["comment"].to_list()), strict=True
    ):
        if prediction.scores is None:
            assert row == ("", "", "")
        else:
            assert [float(cell) for cell in row] == pytest.approx(prediction.scores, abs=1e-6)


@pytest.mark.parametrize("extension", FORMATS)
def test_each_theme_can_have_its_evidence_beside_its_polarity(
    tmp_path: Path, gentle_tagger: Tagger, extension: str
) -> None:
    source = write(tmp_path / "survey.csv", SURVEY)
    recall = OperatingPoint.RECALL
    found = tagged(
        gentle_tagger, source, extension, evidence=True, scores=True, operating_point=recall
    )
    added = ["status", "themes", "polarity", "evidence", *SCORES]
    assert found.columns == [*SURVEY.columns, *added]
    answers = gentle_tagger.tag(SURVEY["comment"].to_list(), operating_point=recall)
    assert [places_in(cell) for cell in found["evidence"]] == [
        {tag.theme: tag.evidence for tag in answer.tags} for answer in answers
    ]
    assert [bool(cell) for cell in found["evidence"]] == [True, True, False, False]


def test_evidence_is_written_as_characters_from_and_up_to(
    tmp_path: Path, gentle_tagger: Tagger
) -> None:
    source = saved(tmp_path, "comment\n  nurse number 3 was so kind \n")
    found = tagged(gentle_tagger, source, evidence=True, operating_point=OperatingPoint.RECALL)
    assert found["evidence"].to_list() == ["waiting=2-28;kindness=2-28;parking=2-28"]


def test_several_places_of_a_theme_are_joined_by_a_plus(tmp_path: Path) -> None:
    places = (Span(0, 34), Span(56, 80))
    tags = (
        Tag("waiting", 0.9, Polarity.NEGATIVE, places),
        Tag("kindness", 0.8, Polarity.MIXED),
        Tag("parking", 0.7, None, places[:1]),
    )
    source = saved(tmp_path, "comment\nanything\n")
    found = tagged(cast("Tagger", Saying(tags)), source, evidence=True)
    assert found["evidence"].to_list() == ["waiting=0-34+56-80;parking=0-34"]
    assert found["polarity"].to_list() == ["waiting=negative;kindness=mixed"]


class Saying:
    """A tagger that says the same of every comment, and keeps what it was asked."""

    def __init__(self, tags: tuple[Tag, ...] = ()) -> None:
        self._prediction = Prediction(Status.TAGGED, tags, (0.9, 0.8, 0.7))
        self.asked: list[Sequence[str]] = []
        self.efforts: list[Effort] = []

    def tag(self, texts: Sequence[str], *_: object, effort: Effort) -> list[Prediction]:
        self.asked.append(texts)
        self.efforts.append(effort)
        return [self._prediction] * len(texts)


@pytest.mark.parametrize("extension", [".csv", ".parquet"])
def test_a_long_file_is_tagged_in_several_processes_as_in_one(
    tiny_tagger: Tagger, tmp_path: Path, extension: str
) -> None:
    said = [
        "waited {} hours to be seen",
        "so kind on day {}",
        "the car park was full for {} minutes",
    ]
    texts = [said[row % 3].format(row) for row in range(3 * ROWS + 7)]
    source = write(tmp_path / f"survey{extension}", pl.DataFrame({"comment": texts}))
    batches: list[TableBatch] = []
    options, children = TagOptions(), set(active_children())
    seen: set[object] = set()

    def note(batch: TableBatch) -> None:
        batches.append(batch)
        seen.update(set(active_children()) - children)

    alone = tag_file(tiny_tagger, source, tmp_path / "one.csv", options, lambda _: None)
    several = tag_file(tiny_tagger, source, tmp_path / "two.csv", options, note, 2, worth=0)
    assert several == alone
    assert (tmp_path / "two.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()
    assert [batch.first_row for batch in batches] == sorted(batch.first_row for batch in batches)
    assert len(seen) == 2
    assert not set(active_children()) - children


def test_a_process_that_is_killed_leaves_no_output(tiny_tagger: Tagger, tmp_path: Path) -> None:
    texts = [f"waited {row} hours to be seen" for row in range(9 * ROWS)]
    source = write(tmp_path / "survey.csv", pl.DataFrame({"comment": texts}))
    children = set(active_children())

    def kill(_: TableBatch) -> None:
        for child in set(active_children()) - children:
            child.kill()

    with pytest.raises(TaggingProcessError, match="ended before its time"):
        tag_file(tiny_tagger, source, tmp_path / "out.csv", TagOptions(), kill, 2, worth=0)
    assert [file.name for file in tmp_path.iterdir()] == ["survey.csv"]


def test_a_short_file_is_tagged_in_one_process(tiny_tagger: Tagger, tmp_path: Path) -> None:
    source, children = write(tmp_path / "survey.csv", SURVEY), set(active_children())
    options, seen = TagOptions(), set[object]()
    tag_file(
        tiny_tagger,
        source,
        tmp_path / "out.csv",
        options,
        lambda _: seen.update(set(active_children()) - children),
        processes=2,
    )
    assert not seen


def test_a_short_comment_is_read_once_however_often_it_stands_in_the_file(tmp_path: Path) -> None:
    texts = ["very good", "nothing", "so kind"] * ROWS
    source = write(tmp_path / "survey.csv", pl.DataFrame({"comment": texts}))
    saying = Saying()
    found = tagged(cast("Tagger", saying), source)
    assert saying.asked == [["very good", "nothing", "so kind"]]
    assert found["status"].to_list() == ["tagged"] * len(texts)


def test_long_comments_are_read_few_at_a_time(tmp_path: Path) -> None:
    texts = [f"{n} waited " * 1_000 for n in range(800)]
    for extension in (".csv", ".jsonl", ".parquet"):
        saying = Saying()
        source = write(tmp_path / f"survey{extension}", pl.DataFrame({"comment": texts}))
        tag(cast("Tagger", saying), source, tmp_path / "out.csv")
        assert [text for asked in saying.asked for text in asked] == texts
        assert max(sum(map(len, asked)) for asked in saying.asked) < 3_000_000


@pytest.mark.parametrize("effort", Effort)
def test_the_tagger_is_told_how_much_work_to_do(tmp_path: Path, effort: Effort) -> None:
    saying = Saying()
    tag(
        cast("Tagger", saying),
        saved(tmp_path, "comment\nkind\n"),
        tmp_path / "o.csv",
        effort=effort,
    )
    assert saying.efforts == [effort]


@pytest.mark.parametrize("extension", [".csv", ".xlsx", ".parquet", ".jsonl"])
@pytest.mark.parametrize(
    "comment",
    [
        "cafÃ© was cold. Nurse was kind",
        "😀 waited. ÷ Nurse was kind",
        "waited.\n\nNurse was kind\n",
        "wai\0ted five whole hours. Nurse was kind",
        'He said "wait". Nurse was kind; so was the other=one',
    ],
)
def test_evidence_gives_places_in_the_comment_as_the_file_holds_it(
    tmp_path: Path, gentle_tagger: Tagger, extension: str, comment: str
) -> None:
    source = write(tmp_path / f"survey{extension}", pl.DataFrame({"comment": [comment]}))
    recall = OperatingPoint.RECALL
    found = tagged(gentle_tagger, source, extension, evidence=True, operating_point=recall)
    (held,) = found["comment"].to_list()
    (answer,) = gentle_tagger.tag([held], operating_point=recall)
    places = places_in(found["evidence"][0])
    assert places == {tag.theme: tag.evidence for tag in answer.tags}
    assert all(span.end <= len(held) for spans in places.values() for span in spans)


def test_several_text_columns_have_evidence_each_in_its_own_comment(
    tmp_path: Path, gentle_tagger: Tagger
) -> None:
    source = saved(tmp_path, "good,bad\nso kind,no parking within 2 miles\n")
    found = tagged(
        gentle_tagger,
        source,
        text_columns=("good", "bad"),
        evidence=True,
        operating_point=OperatingPoint.RECALL,
    )
    assert [set(places_in(cell).values()) for cell in found["evidence"]] == [
        {(Span(0, 7),)},
        {(Span(0, 25),)},
    ]


def test_a_column_named_evidence_stands_in_nobodys_way_unless_evidence_is_asked_for(
    tmp_path: Path, tiny_tagger: Tagger
) -> None:
    source = saved(tmp_path, "comment,evidence\nkind,mine\n")
    assert tagged(tiny_tagger, source)["evidence"].to_list() == ["mine"]


def test_the_question_column_changes_scores(tmp_path: Path, gentle_tagger: Tagger) -> None:
    source = saved(tmp_path, f"comment,asked\nzzz,{QUESTION}\nzzz,\n")
    found = tagged(gentle_tagger, source, scores=True, question_column="asked")
    asked, unasked = found.select(SCORES).rows()
    assert asked != unasked


def test_one_question_for_all_does_what_a_column_of_it_does(
    tmp_path: Path, gentle_tagger: Tagger
) -> None:
    source = saved(tmp_path, f"comment,asked\nzzz,{QUESTION}\n")
    by_column = tagged(gentle_tagger, source, scores=True, question_column="asked")
    for_all = tagged(gentle_tagger, source, scores=True, question=QUESTION)
    assert by_column.rows() == for_all.rows()


def test_a_header_that_asks_is_the_question(tmp_path: Path, gentle_tagger: Tagger) -> None:
    asked = tagged(gentle_tagger, saved(tmp_path, f"{QUESTION}\nzzz\n"), scores=True)
    given = tagged(gentle_tagger, saved(tmp_path, "text\nzzz\n"), scores=True, question=QUESTION)
    unasked = tagged(gentle_tagger, saved(tmp_path, "text\nzzz\n"), scores=True)
    assert asked.select(SCORES).rows() == given.select(SCORES).rows()
    assert asked.select(SCORES).rows() != unasked.select(SCORES).rows()


@pytest.mark.parametrize("extension", FORMATS)
def test_several_text_columns_give_one_row_for_each_comment(
    tmp_path: Path, tiny_tagger: Tagger, extension: str
) -> None:
    frame = pl.DataFrame(
        {
            "id": ["007", "008"],
            "What was good?": ["nurse number 3 was so kind", ""],
            "What was bad?": ["waited 5 hours to be seen", "no parking within 2 miles"],
        }
    )
    source = write(tmp_path / f"survey{extension}", frame)
    found = tagged(tiny_tagger, source, text_columns=("What was bad?", "What was good?"))
    first = 1 if extension in (".parquet", ".jsonl") else 2
    assert found.columns == [*frame.columns, "row", "question", "status", "themes", "polarity"]
    questions = ["What was bad?", "What was good?"] * 2
    rows = [str(row) for row in (first, first, first + 1, first + 1)]
    assert found.select("row", "question").rows() == list(zip(rows, questions, strict=True))
    comments = [
        row[question] for row, question in zip(found.rows(named=True), questions, strict=True)
    ]
    answers = tiny_tagger.tag(comments, questions)
    assert found["themes"].to_list() == [";".join(answer.themes) for answer in answers]
    assert found["id"].to_list() == ["007", "007", "008", "008"]
    assert found[::2].select(frame.columns).rows() == frame.rows()


def test_a_question_column_goes_before_the_headers_of_several_text_columns(
    tmp_path: Path, tiny_tagger: Tagger
) -> None:
    source = saved(tmp_path, "a,b,asked\nkind,rude,Why?\n")
    found = tagged(tiny_tagger, source, text_columns=("a", "b"), question_column="asked")
    assert found["question"].to_list() == ["Why?", "Why?"]


def test_a_text_column_given_twice_counts_once(tmp_path: Path, tiny_tagger: Tagger) -> None:
    source = saved(tmp_path, "a,b\nkind,rude\n")
    assert tag(tiny_tagger, source, tmp_path / "out.csv", text_columns=("a", "a")).comments == 1


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("id,Comment", "Comment"),
        ("id,FFT Answer ,ward", "FFT Answer "),
        ("free text,id", "free text"),
        ("whatever", "whatever"),
    ],
)
def test_the_text_column_is_guessed_by_its_name_or_by_being_alone(
    tmp_path: Path, header: str, column: str
) -> None:
    assert guess_text_column(open_table(saved(tmp_path, f"{header}\n"))) == column


@pytest.mark.parametrize("header", ["id,ward", "comment,text", "Comment,comment "])
def test_a_text_column_is_not_guessed_where_none_or_several_could_be_it(
    tmp_path: Path, header: str
) -> None:
    with pytest.raises(HeaderError, match=r"survey\.csv: say which .* --text-column"):
        guess_text_column(open_table(saved(tmp_path, f"{header}\n")))


def test_a_file_of_many_batches_gets_the_answers_each_comment_gets_alone(
    tmp_path: Path, gentle_tagger: Tagger
) -> None:
    texts = [f"waited {n % 900} hours for nurse number {n % 7}" for n in range(ROWS + 203)]
    source = write(tmp_path / "survey.csv", pl.DataFrame({"comment": texts}))
    found = tagged(gentle_tagger, source, scores=True)
    assert found["comment"].to_list() == texts
    for place in (0, 499, ROWS - 1, ROWS, ROWS + 1, ROWS + 202):
        (alone,) = gentle_tagger.tag([texts[place]])
        row = found.row(place, named=True)
        assert (row["status"], row["themes"]) == (alone.status, ";".join(alone.themes))
        assert [float(row[score]) for score in SCORES] == pytest.approx(alone.scores, abs=1e-3)


def test_the_summary_adds_up_to_what_was_written(tmp_path: Path, tiny_tagger: Tagger) -> None:
    source = write(tmp_path / "survey.csv", SURVEY)
    summary = tag(tiny_tagger, source, tmp_path / "out.csv")
    assert (summary.rows, summary.comments) == (4, 4)
    found = read(tmp_path / "out.csv")
    themes = [theme for cell in found["themes"] for theme in cell.split(";") if theme]
    assert summary.statuses == Counter(found["status"])
    assert summary.themes == Counter(themes)
    assert set(summary.statuses) >= {"tagged", "empty", "not_english"}


def test_progress_is_told_of_every_row_once(tmp_path: Path, tiny_tagger: Tagger) -> None:
    batches: list[TableBatch] = []
    source = write(tmp_path / "survey.csv", pl.DataFrame({"comment": ["kind"] * (2 * ROWS + 203)}))
    tag_file(tiny_tagger, source, tmp_path / "out.csv", TagOptions(), batches.append)
    assert [batch.frame.height for batch in batches] == [ROWS, ROWS, 203]
    assert batches[-1].position == source.stat().st_size


@pytest.mark.parametrize("given", [".csv", ".tsv", ".xlsx", ".parquet"])
@pytest.mark.parametrize("wanted", [".csv", ".tsv", ".xlsx", ".parquet"])
def test_a_file_with_only_a_header_has_no_comments(
    tmp_path: Path, tiny_tagger: Tagger, given: str, wanted: str
) -> None:
    source = write(tmp_path / f"survey{given}", SURVEY.clear())
    output = tmp_path / f"out{wanted}"
    assert tag(tiny_tagger, source, output, scores=True, evidence=True).comments == 0
    added = ("status", "themes", "polarity", "evidence", *SCORES)
    assert open_table(output).columns == (*SURVEY.columns, *added)
    assert read(output).height == 0


@pytest.mark.parametrize(
    ("content", "comments"),
    [
        ("comment\nwaited 5 hours\0 to be seen\n", ["waited 5 hours to be seen"]),
        ("comment\n👍🏽 so kind ❤️\n", ["👍🏽 so kind ❤️"]),
        ("comment\nהאחות היתה נחמדה מאד\n", ["האחות היתה נחמדה מאד"]),  # noqa: RUF001
        ("comment\r\nso kind\r\nno parking\r\n", ["so kind", "no parking"]),
        ("comment\rso kind\rno parking\r", ["so kind", "no parking"]),
        ("\ufeffcomment\nso kind\n", ["so kind"]),
        ("comment\nparking was £4 and I didn\u2019t pay\n".encode("cp1252"), None),
        ('comment\n"waited 5 hours\r\nto be ""seen"""\n', ['waited 5 hours\r\nto be "seen"']),
    ],
    ids=["nul", "emoji", "right-to-left", "crlf", "cr", "bom", "cp1252", "quoted newline"],
)
def test_text_is_read_as_it_was_meant(
    tmp_path: Path, tiny_tagger: Tagger, content: str | bytes, comments: list[str] | None
) -> None:
    meant = comments or ["parking was £4 and I didn\u2019t pay"]
    found = tagged(tiny_tagger, saved(tmp_path, content))
    assert found["comment"].to_list() == meant
    answers = tiny_tagger.tag(meant)
    assert found["themes"].to_list() == [";".join(answer.themes) for answer in answers]
    assert found["status"].to_list() == [answer.status for answer in answers]


def test_a_nul_that_a_format_can_hold_stays_and_does_not_change_the_answer(
    tmp_path: Path, tiny_tagger: Tagger
) -> None:
    frame = pl.DataFrame({"comment": ["waited\0 5 hours to be seen", "waited 5 hours to be seen"]})
    source = write(tmp_path / "survey.parquet", frame)
    found = tagged(tiny_tagger, source, ".parquet", scores=True)
    assert found["comment"].to_list() == frame["comment"].to_list()
    assert found.select(SCORES).row(0) == found.select(SCORES).row(1)


def test_a_comment_of_a_megabyte_is_tagged(tmp_path: Path, tiny_tagger: Tagger) -> None:
    comment = "a wait of 9 hours is too long. " * 34_000
    source = write(tmp_path / "survey.csv", pl.DataFrame({"comment": [comment]}))
    found = tagged(tiny_tagger, source)
    assert found["comment"].to_list() == [comment]
    assert "waiting" in found["themes"][0].split(";")


def test_a_column_of_mixed_values_is_read_as_it_would_be_written(
    tmp_path: Path, tiny_tagger: Tagger
) -> None:
    lines = '{"comment": "so kind"}\n{"comment": 5}\n{"comment": null}\n{"comment": ["so kind"]}\n'
    source = saved(tmp_path, lines, "survey.jsonl")
    output = tmp_path / "out.jsonl"
    assert tag(tiny_tagger, source, output).statuses["empty"] == 1
    rows = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [row["comment"] for row in rows] == ["so kind", 5, None, ["so kind"]]


@pytest.mark.parametrize("taken", ["status", "themes", "polarity", "evidence", "score.waiting"])
def test_a_column_is_not_written_twice(tmp_path: Path, tiny_tagger: Tagger, taken: str) -> None:
    source = saved(tmp_path, f"comment,{taken}\nkind,\n")
    with pytest.raises(HeaderError, match=rf"survey\.csv already has a column '{taken}'"):
        tag(tiny_tagger, source, tmp_path / "out.csv", scores=True, evidence=True)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("link", ["hardlink_to", "symlink_to"])
def test_an_output_that_is_the_input_under_another_name_is_refused(
    tmp_path: Path, tiny_tagger: Tagger, link: str
) -> None:
    source = saved(tmp_path, "comment\nkind\n")
    other = tmp_path / "other.csv"
    getattr(other, link)(source)
    with pytest.raises(WriteError, match="would replace the input"):
        tag(tiny_tagger, source, other)
    assert source.read_text() == "comment\nkind\n"


def test_a_wrong_row_after_many_good_ones_leaves_an_older_output_as_it_was(
    tmp_path: Path, tiny_tagger: Tagger
) -> None:
    source = saved(tmp_path, "comment,n\n" + "kind,1\n" * (ROWS + 200) + "kind,1,2\n")
    output = saved(tmp_path, "older", "out.csv")
    with pytest.raises(RowError, match=rf"row {ROWS + 202} has 3 cells"):
        tag(tiny_tagger, source, output)
    assert output.read_text() == "older"
    assert {path.name for path in tmp_path.iterdir()} == {"survey.csv", "out.csv"}


def test_a_comment_too_long_for_a_cell_of_excel_is_told_by_its_row(
    tmp_path: Path, tiny_tagger: Tagger
) -> None:
    source = saved(tmp_path, "comment\nkind\n" + "so kind " * 5_000 + "\n")
    with pytest.raises(WriteError, match=r"out\.xlsx row 3, column 'comment'") as refused:
        tag(tiny_tagger, source, tmp_path / "out.xlsx")
    assert "so kind" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["survey.csv"]
