from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelled_data import (
    CodebookError,
    HeaderError,
    LabelError,
    LabelledComment,
    read_labelled,
    shipped_codebook,
    write_labelled,
)

if TYPE_CHECKING:
    from pathlib import Path

FFT = shipped_codebook("fft")
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
comments = st.builds(
    LabelledComment,
    id=words,
    text=words,
    question=st.none() | words,
    themes=st.sets(st.sampled_from(FFT.theme_ids)).map(FFT.in_order),
    sentiment=st.sampled_from([None, 1, 2, 3, 4, 5]),
    source_row=st.just(2),
)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "labelled.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(comments, max_size=5))
def test_labelled_comments_come_back_as_they_were(
    tmp_path: Path, made: list[LabelledComment]
) -> None:
    path = tmp_path / "labelled.csv"
    assert write_labelled(path, made, FFT) == len(made)
    back = [dataclasses.replace(comment, source_row=2) for comment in read_labelled(path, FFT)]
    assert back == made


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.xlsx", "a.parquet", "a.jsonl"])
def test_any_format_will_do(tmp_path: Path, name: str) -> None:
    made = LabelledComment(
        id="007",
        text="On time",
        question="Why?",
        themes=("timeliness",),
        sentiment=1,
        source_row=2,
    )
    write_labelled(tmp_path / name, [made], FFT)
    (back,) = read_labelled(tmp_path / name, FFT)
    assert dataclasses.replace(back, source_row=2) == made


def test_a_few_labelled_texts_are_enough(tmp_path: Path) -> None:
    path = written(tmp_path, "text,themes", "Clean ward,cleanliness", "Late,pain ; timeliness")
    first, second = read_labelled(path, FFT)
    assert (first.id, first.question, first.sentiment) == ("2", None, None)
    assert second.themes == ("timeliness", "pain")


def test_a_theme_outside_the_codebook_is_refused_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, "text,themes", "Fine,cleanliness", "Fine,tea")
    with pytest.raises(LabelError, match=r"row 3, column 'themes': .* no theme 'tea'"):
        read_labelled(path, FFT)


def test_a_blank_text_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="row 2, column 'text' is empty"):
        read_labelled(written(tmp_path, "text,themes", " ,pain"), FFT)


def test_a_sentiment_outside_the_scale_is_refused_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, "text,themes,sentiment", "Fine,,1", "Fine,,9")
    with pytest.raises(LabelError, match="row 3, column 'sentiment'"):
        read_labelled(path, FFT)


def test_a_missing_column_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match="no column 'themes'; it has 'text', 'tags'"):
        read_labelled(written(tmp_path, "text,tags", "a,b"), FFT)


def test_a_theme_outside_the_codebook_is_not_written(tmp_path: Path) -> None:
    made = LabelledComment(
        id="1", text="a", question=None, themes=("tea",), sentiment=None, source_row=2
    )
    with pytest.raises(CodebookError, match="no theme 'tea'"):
        write_labelled(tmp_path / "a.csv", [made], FFT)
    assert list(tmp_path.iterdir()) == []
