from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelled_data import CheckReport, HeaderError, UnreadableError, check_table, shipped_codebook
from labelled_data.tables import open_writer

if TYPE_CHECKING:
    from pathlib import Path

FFT = shipped_codebook("fft")


def written(folder: Path, *lines: str) -> Path:
    path = folder / "survey.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def places(report: CheckReport) -> list[tuple[int, str | None, str]]:
    return [(found.row, found.column, found.rule) for found in report.findings]


def test_a_good_file_has_no_findings(tmp_path: Path) -> None:
    report = check_table(written(tmp_path, "id,comment", "1,Kind", "2,Slow"))
    assert report.findings == ()
    assert (report.rows, report.errors, report.warnings) == (2, 0, 0)


def test_everything_wrong_is_found_in_one_pass(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "id,comment,id",
        "1,Kind,x",
        "2,kind!,x,more",
        "3",
        "4,donâ€™t,x",
        "5,nul\x00,x",
        f"6,{'long ' * 7000},x",
    )
    report = check_table(path)
    assert places(report) == [
        (1, "id", "duplicate_header"),
        (3, None, "long_row"),
        (3, "comment", "repeated_text"),
        (4, None, "short_row"),
        (4, "comment", "empty_text"),
        (5, "comment", "misdecoded_text"),
        (6, "comment", "control_characters"),
        (7, "comment", "overlong_cell"),
    ]
    assert (report.rows, report.errors, report.warnings) == (6, 2, 6)


def test_a_repeated_text_points_to_the_first_one(tmp_path: Path) -> None:
    report = check_table(written(tmp_path, "comment", "Kind", "Slow", "KIND."))
    assert report.findings[0].sentence == "the comment is the same as in row 2"


def test_labels_are_checked_against_the_codebook(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "text,question,themes,sentiment",
        "Kind,Why?,staff_manner,1",
        "Slow,Why?,tea;timeliness,9",
        "kind,Why?,competence,1",
        "kind,What else?,competence,1",
    )
    report = check_table(path, codebook=FFT)
    assert places(report) == [
        (3, "themes", "unknown_theme"),
        (3, "sentiment", "bad_sentiment"),
        (4, "text", "repeated_text"),
        (4, "themes", "contradictory_labels"),
        (5, "text", "repeated_text"),
    ]
    assert report.errors == 2


def test_the_order_of_themes_is_no_contradiction(tmp_path: Path) -> None:
    path = written(tmp_path, "text,themes", "Kind,pain;parking", "Kind,parking;pain")
    assert "contradictory_labels" not in check_table(path, codebook=FFT).counts


def test_no_finding_quotes_a_comment(tmp_path: Path) -> None:
    path = written(
        tmp_path, "comment,comment", "secret", "secret\x00,secret,secret", 'secret,"secret'
    )
    report = check_table(path)
    assert len(report.findings) > 3
    assert "secret" not in json.dumps(report.as_json())


def test_a_quote_left_open_ends_the_check_and_is_told(tmp_path: Path) -> None:
    report = check_table(written(tmp_path, "id,comment", "1,Kind", '2,"Slow', "3,Fine"))
    assert (report.findings[-1].row, report.findings[-1].rule) == (3, "unreadable_row")
    assert report.errors == 1


def test_very_many_findings_are_counted_and_the_first_listed(tmp_path: Path) -> None:
    report = check_table(written(tmp_path, "id,comment", *["1,"] * 50), limit=10)
    assert len(report.findings) == 10
    assert report.counts == {"empty_text": 50}


def test_the_column_of_the_comments_can_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, "id,What was good?", "1,")
    assert places(check_table(path, text_column="What was good?"))[0][1] == "What was good?"
    with pytest.raises(HeaderError, match="it has 'id', 'What was good\\?'"):
        check_table(path)


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet", "a.jsonl", "a.tsv"])
def test_other_formats_are_checked_too(tmp_path: Path, name: str) -> None:
    import polars as pl

    frame = pl.DataFrame({"comment": ["Kind", "kind"], "n": [1, 2]})
    with open_writer(tmp_path / name, frame.columns) as writer:
        writer.write(frame)
    assert check_table(tmp_path / name).counts == {"repeated_text": 1}


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path, written(tmp_path, "")):
        with pytest.raises(UnreadableError):
            check_table(path)
