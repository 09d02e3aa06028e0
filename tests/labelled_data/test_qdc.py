from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from labelled_data import LabelError, UnreadableError, import_qdc, read_qdc, shipped_codebook

if TYPE_CHECKING:
    from pathlib import Path

LABELS = [theme.source_label or "" for theme in shipped_codebook("fft").themes]
COLUMNS = [
    "Comment ID",
    "Trust",
    "FFT question",
    "FFT answer",
    "Comment sentiment",
    "Not assigned",
    *LABELS,
    "Labelling not possible",
]


def published(folder: Path, *rows: dict[str, str], columns: list[str] = COLUMNS) -> Path:
    """Writes a file in the published form, with an id and a question where a row has none."""
    path = folder / "published.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        for number, row in enumerate(rows, start=1):
            writer.writerow({"Comment ID": f"C{number}", "FFT question": "What was good?", **row})
    return path


def test_a_row_becomes_a_comment_with_themes_in_codebook_order(tmp_path: Path) -> None:
    path = published(
        tmp_path,
        {
            "FFT answer": "Friendly driver, on time",
            "FFT question": "Anything you \n liked?",
            "Comment sentiment": "2",
            "Timeliness of care": "1",
            "Staff manner & personal attributes": "1",
            "Pain management": "0",
        },
    )
    (comment,) = read_qdc(path)
    assert comment.id == "C1"
    assert comment.text == "Friendly driver, on time"
    assert comment.question == "Anything you liked?"
    assert comment.themes == ("staff_manner", "timeliness")
    assert comment.sentiment == 2
    assert comment.source_row == 2


def test_rows_without_an_answer_are_left_out_and_counted(tmp_path: Path) -> None:
    path = published(tmp_path, {"FFT answer": "Fine"}, {"FFT answer": "  "}, {"FFT answer": "Ok"})
    found = import_qdc(path)
    assert [comment.source_row for comment in found.comments] == [2, 4]
    assert found.empty_rows == 1


def test_every_label_column_leads_to_its_own_theme(tmp_path: Path) -> None:
    path = published(tmp_path, *({"FFT answer": "Words", label: "1"} for label in LABELS))
    themes = [comment.themes for comment in read_qdc(path)]
    assert themes == [(theme_id,) for theme_id in shipped_codebook("fft").theme_ids]


def test_administrative_columns_are_no_themes(tmp_path: Path) -> None:
    path = published(tmp_path, {"FFT answer": "Hm", "Not assigned": "1"})
    assert read_qdc(path)[0].themes == ()


def test_mis_decoded_answers_are_mended(tmp_path: Path) -> None:
    path = published(tmp_path, {"FFT answer": "couldnâ€™t be better"})
    assert read_qdc(path)[0].text == "couldn\u2019t be better"


def test_a_label_column_outside_the_framework_is_refused(tmp_path: Path) -> None:
    path = published(tmp_path, columns=[*COLUMNS, "Coffee machine"])
    with pytest.raises(LabelError, match="not in the framework: 'Coffee machine'"):
        read_qdc(path)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    left = [name for name in COLUMNS if name not in ("Parking", "FFT answer")]
    with pytest.raises(LabelError, match="lacks the columns 'FFT answer', 'Parking'"):
        read_qdc(published(tmp_path, columns=left))


def test_a_label_that_is_not_one_or_zero_is_refused_with_its_place(tmp_path: Path) -> None:
    path = published(tmp_path, {"FFT answer": "a"}, {"FFT answer": "secret", "Parking": "yes"})
    with pytest.raises(LabelError, match="row 3, column 'Parking'") as caught:
        read_qdc(path)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("sentiment", ["0", "6", "good", "2.5"])
def test_a_sentiment_outside_the_scale_is_refused_with_its_place(
    tmp_path: Path, sentiment: str
) -> None:
    path = published(tmp_path, {"FFT answer": "a", "Comment sentiment": sentiment})
    with pytest.raises(LabelError, match="row 2, column 'Comment sentiment'"):
        read_qdc(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_qdc(tmp_path / "none.csv")
