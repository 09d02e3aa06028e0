from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest

from labelled_data.tables.values import as_text
from tests.conftest import QUESTION
from tests.labelled_data.tables.whole import read, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line import CommandLine, Ended

SURVEY = pl.DataFrame(
    {
        "id": ["007", "008", "009", "010"],
        "comment": [
            "waited 5 hours to be seen",
            "the car park was full for 20 minutes but a kind smile from 2 people",
            "",
            "bardzo długo czekałam na lekarza w poczekalni",
        ],
        "asked": [QUESTION] * 4,
    }
)
GOOD = b"id,comment\n007,waited SECRETLY for 5 hours\n"


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    return write(tmp_path / "survey.csv", SURVEY)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def assert_told(ended: Ended, *told: str) -> None:
    """The run ended as bad input does: status 2, one sentence, and no word of a comment."""
    assert (ended.status, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert all(words in ended.stderr for words in told), ended.stderr
    assert "SECRET" not in ended.stderr


@pytest.mark.parametrize("extension", [".csv", ".tsv", ".xlsx", ".parquet", ".jsonl"])
def test_the_output_goes_beside_the_input_unless_said_otherwise(
    run: CommandLine, tmp_path: Path, tiny_artefact: Path, extension: str
) -> None:
    source = write(tmp_path / f"a survey{extension}", SURVEY)
    ended = run("tag", source, "--model", tiny_artefact)
    output = tmp_path / f"a survey.tagged{extension}"
    assert (ended.status, ended.stderr) == (0, "")
    assert names(tmp_path) == {source.name, output.name}
    found = as_text(read(output))
    assert found.select(SURVEY.columns).rows() == SURVEY.rows()
    assert found["status"].to_list()[1:] == ["tagged", "empty", "not_english"]


def test_the_output_has_the_format_its_name_says(
    run: CommandLine, survey: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    output = tmp_path / "tagged.PARQUET"
    assert run("tag", survey, "--output", output, "--model", tiny_artefact).status == 0
    assert pl.read_parquet(output).select(SURVEY.columns).rows() == SURVEY.rows()


def test_what_was_found_is_told(run: CommandLine, survey: Path, gentle_artefact: Path) -> None:
    ended = run("tag", survey, "--operating-point", "recall", "--model", gentle_artefact)
    lines = ended.stdout.splitlines()
    counts = [line.split()[:2] for line in lines if "█" in line]
    assert counts == [["Waiting", "2"], ["Kindness", "2"], ["Parking", "2"]]
    assert "4 comments: 2 tagged, 1 empty, 1 not_english" in lines
    assert lines[-1] == f"Written to {survey.with_name('survey.tagged.csv')}"


def test_a_file_with_only_a_header_is_no_error(
    run: CommandLine, tmp_path: Path, tiny_artefact: Path
) -> None:
    source = write(tmp_path / "survey.csv", SURVEY.clear())
    ended = run("tag", source, "--model", tiny_artefact)
    assert ended.status == 0
    assert "0 comments: none" in ended.stdout


def test_options_reach_the_tagger(run: CommandLine, survey: Path, gentle_artefact: Path) -> None:
    options = ("--text-column", "comment", "--question-column", "asked", "--scores")
    assert run("tag", survey, *options, "--model", gentle_artefact).status == 0
    by_column = read(survey.with_name("survey.tagged.csv"))
    run("tag", survey, "--question", QUESTION, "--scores", "--model", gentle_artefact)
    for_all = read(survey.with_name("survey.tagged.csv"))
    run("tag", survey, "--scores", "--model", gentle_artefact)
    unasked = read(survey.with_name("survey.tagged.csv"))
    assert by_column.columns[-3:] == ["score.waiting", "score.kindness", "score.parking"]
    assert by_column.equals(for_all)
    assert not by_column.equals(unasked)


def test_evidence_is_written_when_asked_for(
    run: CommandLine, survey: Path, gentle_artefact: Path
) -> None:
    options = ("--evidence", "--scores", "--operating-point", "recall")
    assert run("tag", survey, *options, "--model", gentle_artefact).status == 0
    found = read(survey.with_name("survey.tagged.csv"))
    assert found.columns[-5:-3] == ["polarity", "evidence"]
    whole = f"0-{len(SURVEY['comment'][0])}"
    assert found["evidence"][0] == f"waiting={whole};kindness={whole};parking={whole}"
    run("tag", survey, "--model", gentle_artefact)
    assert "evidence" not in read(survey.with_name("survey.tagged.csv")).columns


@pytest.mark.parametrize("effort", ["--fast", "--accurate"])
def test_more_or_less_work_may_go_into_each_comment(
    run: CommandLine, survey: Path, tiny_artefact: Path, effort: str
) -> None:
    assert run("tag", survey, effort, "--model", tiny_artefact).status == 0
    found = read(survey.with_name("survey.tagged.csv"))
    assert "waiting" in found["themes"][0]
    assert found["status"].to_list()[2:] == ["empty", "not_english"]


def test_the_help_tells_how_evidence_is_written(run: CommandLine) -> None:
    told = run("tag", "--help").stdout
    assert "--evidence" in told
    assert "theme=0-34+56-80" in told


def test_the_text_column_may_be_repeated(
    run: CommandLine, tmp_path: Path, tiny_artefact: Path
) -> None:
    source = tmp_path / "survey.csv"
    source.write_text("good,bad\nnurse number 3 was so kind,no parking within 2 miles\n")
    columns = ("--text-column", "good", "--text-column", "bad")
    ended = run("tag", source, *columns, "--model", tiny_artefact)
    assert "2 comments: " in ended.stdout
    found = read(tmp_path / "survey.tagged.csv").select("row", "question")
    assert found.rows() == [("2", "good"), ("2", "bad")]


def test_the_recall_point_gives_all_that_the_balanced_one_gives(
    run: CommandLine, survey: Path, tiny_artefact: Path
) -> None:
    themes = []
    for point in ("balanced", "recall"):
        run("tag", survey, "--operating-point", point, "--model", tiny_artefact)
        themes.append(read(survey.with_name("survey.tagged.csv"))["themes"].to_list())
    for balanced, recall in zip(*themes, strict=True):
        assert set(balanced.split(";")) <= {*recall.split(";"), ""}


def test_a_sheet_of_a_workbook_can_be_chosen(
    run: CommandLine, tmp_path: Path, tiny_artefact: Path
) -> None:
    source = write(tmp_path / "survey.xlsx", SURVEY)
    assert run("tag", source, "--sheet", "Sheet1", "--model", tiny_artefact).status == 0
    ended = run("tag", source, "--sheet", "Sheet9", "--model", tiny_artefact)
    assert_told(ended, "survey.xlsx has no sheet 'Sheet9'", "'Sheet1'")


class Bad(NamedTuple):
    """A file that cannot be tagged, and what must be said of it."""

    name: str
    content: bytes
    arguments: tuple[str, ...]
    told: tuple[str, ...]


BAD = {
    "missing text column": Bad(
        "a.csv", GOOD, ("--text-column", "nope"), ("a.csv has no column 'nope'",)
    ),
    "missing question column": Bad(
        "a.csv", GOOD, ("--question-column", "nope"), ("a.csv has no column 'nope'",)
    ),
    "no column to guess": Bad("a.csv", b"x,y\nSECRET,1\n", (), ("a.csv", "--text-column", "'y'")),
    "empty": Bad("a.csv", b"", (), ("a.csv is empty",)),
    "only blank lines": Bad("a.csv", b"\n\n\n", (), ("a.csv is empty",)),
    "picture": Bad("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", (), ("a.csv is a picture",)),
    "binary": Bad("a.csv", bytes(range(256)) * 9 + bytes(200), (), ("a.csv is not text",)),
    "workbook that is none": Bad("a.xlsx", GOOD, (), ("a.xlsx is not an Excel workbook",)),
    "damaged workbook": Bad("a.xlsx", b"PK\3\4SECRET", (), ("a.xlsx", "damaged")),
    "damaged parquet": Bad("a.parquet", b"PAR1SECRET", (), ("a.parquet", "damaged")),
    "not JSON": Bad(
        "a.jsonl", b'{"comment": "SECRET"}\n{"comment": SECRET}\n', (), ("a.jsonl line 2",)
    ),
    "header twice": Bad(
        "a.csv", b"comment,comment\nSECRET,2\n", (), ("a.csv row 1", "'comment'", "column 2")
    ),
    "cells too many": Bad(
        "a.csv", b"comment\n" + b"kind\n" * 600 + b"SECRET,SECRET\n", (), ("a.csv row 602",)
    ),
    "open quote": Bad("a.csv", b'comment\nkind\n"SECRET\n', (), ("a.csv row 3", "quote")),
    "unknown extension": Bad("a.docx", GOOD, (), ("a.docx", "'.docx'", ".csv")),
    "no extension": Bad("a", GOOD, (), ("a has the extension ''",)),
    "output is the input": Bad("a.csv", GOOD, ("--output", "a.csv"), ("a.csv", "replace")),
    "output in no folder": Bad(
        "a.csv", GOOD, ("--output", "none/b.csv"), ("none/b.csv cannot be written",)
    ),
    "output of unknown kind": Bad("a.csv", GOOD, ("--output", "b.docx"), ("b.docx", "'.docx'")),
    "output with too long a name": Bad(
        "a.csv", GOOD, ("--output", f"{'b' * 300}.csv"), ("b.csv cannot be written",)
    ),
    "output is a folder": Bad("a.csv", GOOD, ("--output", "."), (".",)),
    "column already there": Bad(
        "a.csv", b"comment,status\nSECRET,\n", (), ("a.csv already has a column 'status'",)
    ),
    "unknown model": Bad("a.csv", GOOD, ("--model", "nope"), ("nope: neither a shipped model",)),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_bad_input_ends_with_status_2_and_one_sentence_and_leaves_nothing(
    run: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_artefact: Path,
    bad: Bad,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / bad.name).write_bytes(bad.content)
    assert_told(run("tag", bad.name, "--model", tiny_artefact, *bad.arguments), *bad.told)
    assert names(tmp_path) == {bad.name}
    assert (tmp_path / bad.name).read_bytes() == bad.content


@pytest.mark.parametrize("path", ["missing.csv", "folder.csv", ".", "/", f"{'a' * 300}.csv"])
def test_what_is_not_a_file_is_told(
    run: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_artefact: Path,
    path: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    assert_told(run("tag", path, "--model", tiny_artefact), f"{path} ")
    assert names(tmp_path) == {"folder.csv"}


def test_a_damaged_artefact_is_told_by_the_file_that_changed(
    run: CommandLine, survey: Path, tmp_path: Path, tiny_artefact: Path
) -> None:
    damaged = shutil.copytree(tiny_artefact, tmp_path / "damaged")
    with (damaged / "encoder.onnx").open("ab") as graph:
        graph.write(b" ")
    assert_told(run("tag", survey, "--model", damaged), "damaged/encoder.onnx: changed")
    assert names(tmp_path) == {"survey.csv", "damaged"}


def test_an_unknown_option_is_told(run: CommandLine, survey: Path) -> None:
    ended = run("tag", survey, "--nope")
    assert (ended.status, ended.stdout) == (2, "")
    assert "--nope" in ended.stderr


def test_a_codebook_is_printed_for_people_and_for_programs(run: CommandLine) -> None:
    shown = run("codebook", "fft")
    assert shown.status == 0
    assert "staff_manner" in shown.stdout
    book = json.loads(run("codebook", "fft", "--json").stdout)
    assert len(book["themes"]) == 48
    assert all(theme["source_label"] for theme in book["themes"])


def test_an_unknown_codebook_is_told(run: CommandLine) -> None:
    assert_told(run("codebook", "nope"), "nope")
