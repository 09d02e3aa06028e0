from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import HeaderError
from labelled_data.near_duplicates import (
    Place,
    SimilarTexts,
    near_duplicates,
    shingles,
    similar_rows,
)
from tests.labelled_data.tables.whole import read, write

if TYPE_CHECKING:
    from tests.command_line import CommandLine

WAIT = "We waited four hours to be seen by a doctor"
NEAR = "we waited FOUR hours, to be seen by a doctor today"
OTHER = "The car park was full and cost me eight pounds"

texts = st.lists(
    st.lists(st.sampled_from(["ab", "abc", "kind", "nurse", "é", "..."]), max_size=8).map(" ".join),
    max_size=12,
)
thresholds = st.one_of(st.floats(0.01, 1), st.sampled_from([0.1, 0.2, 0.25, 0.5, 0.6, 0.7, 0.75]))


def similarity(one: str, other: str) -> float:
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second) if first | second else 0


def survey(path: Path, *comments: str) -> Path:
    path.write_text("\n".join(["id,comment", *(f'007,"{each}"' for each in comments), ""]), "utf-8")
    return path


def test_shingles_are_runs_of_five_characters_of_the_normalised_text() -> None:
    assert shingles("Kind, staff") == {"kind ", "ind s", "nd st", "d sta", " staf", "staff"}
    assert shingles("Ok!") == {"ok"}
    assert shingles("👍 ...") == frozenset()


@given(comments=texts, threshold=thresholds)
def test_exactly_the_pairs_are_found_that_comparing_all_would_find(
    comments: list[str], threshold: float
) -> None:
    pairs = combinations(range(len(comments)), 2)
    expected = [SimilarTexts(a, b, similarity(comments[a], comments[b])) for a, b in pairs]
    found = near_duplicates(comments, threshold, shortest=0)
    assert found == [pair for pair in expected if pair.similarity >= threshold]


@given(comments=texts, threshold=thresholds)
def test_the_order_of_the_comments_does_not_matter(comments: list[str], threshold: float) -> None:
    last = len(comments) - 1
    turned = near_duplicates(comments[::-1], threshold, shortest=0)
    back = sorted(SimilarTexts(last - b, last - a, alike) for a, b, alike in turned)
    assert back == near_duplicates(comments, threshold, shortest=0)


@given(comments=texts, one=thresholds, other=thresholds)
def test_a_higher_threshold_only_leaves_pairs_out(
    comments: list[str], one: float, other: float
) -> None:
    low, high = (near_duplicates(comments, limit, 0) for limit in sorted((one, other)))
    assert set(high) <= set(low)


def test_the_same_words_are_fully_similar_whatever_their_case_and_signs() -> None:
    assert near_duplicates([WAIT, OTHER, WAIT.upper() + "!"], 1) == [(0, 2, 1.0)]


def test_short_comments_are_passed_over() -> None:
    comments = ["n/a", "N/A", "nothing to say, thanks", "nothing to say thanks"]
    assert near_duplicates(comments) == []
    assert len(near_duplicates(comments, shortest=4)) == 1
    assert len(near_duplicates(comments, shortest=2)) == 2


@pytest.mark.parametrize("threshold", [0, -1, 1.01])
def test_a_threshold_that_is_no_share_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        near_duplicates([WAIT], threshold)


def test_thousands_of_comments_that_begin_alike_take_seconds() -> None:
    random = np.random.default_rng(0)
    words = ["".join(random.choice([*"abcdefghijklmnopqrst"], 6)) for _ in range(3000)]
    comments = [f"{WAIT} because {' '.join(random.choice(words, 25))}" for _ in range(3000)]
    started = time.process_time()
    comments.append(comments[7] + " again")
    assert near_duplicates(comments) == [(7, 3000, similarity(comments[7], comments[3000]))]
    assert time.process_time() - started < 30


def test_pairs_are_found_within_files_and_between_them(tmp_path: Path) -> None:
    first = survey(tmp_path / "first.csv", WAIT, OTHER, NEAR)
    second = write(tmp_path / "second.xlsx", pl.DataFrame({"comment": ["", OTHER]}))
    pairs = [(pair.first, pair.second) for pair in similar_rows([first, second])]
    assert pairs == [
        (Place(first, 2), Place(first, 4)),
        (Place(first, 3), Place(second, 3)),
    ]


def test_a_file_without_a_column_of_comments_is_refused(tmp_path: Path) -> None:
    path = survey(tmp_path / "survey.csv", WAIT)
    assert similar_rows([path], text_column="id") == []
    with pytest.raises(HeaderError, match="no column 'text'"):
        similar_rows([path], text_column="text")
    path.write_text("answer\nKind\n", "utf-8")
    with pytest.raises(HeaderError, match=r"'comment' or 'FFT answer' .* it has 'answer'"):
        similar_rows([path])


def test_the_command_lists_places_and_never_text(tmp_path: Path, run: CommandLine) -> None:
    path = survey(tmp_path / "survey.csv", WAIT, OTHER, NEAR)
    ended = run("data", "near-duplicates", path)
    alike = similarity(WAIT, NEAR)
    assert ended == (
        0,
        f"{path}\t2\t{path}\t4\t{alike:.2f}\n1 pairs of near-duplicates\n",
        "",
    )
    assert run("data", "near-duplicates", path, "--threshold", 0.99).stdout.startswith("0 pairs")
    assert run("data", "near-duplicates", path, "--shortest", 11).stdout.startswith("0 pairs")


def test_the_later_one_of_each_pair_can_be_removed(tmp_path: Path, run: CommandLine) -> None:
    path = survey(tmp_path / "survey.csv", WAIT, OTHER, NEAR, OTHER)
    output = tmp_path / "out.csv"
    ended = run("data", "near-duplicates", path, "--remove", output)
    assert ended.status == 0
    assert f"2 rows written to {output}, without 2" in ended.stdout
    assert read(output).equals(read(path)[:2])
    assert read(output)["id"].to_list() == ["007", "007"]


def test_a_removal_keeps_the_types_of_a_workbook(tmp_path: Path, run: CommandLine) -> None:
    frame = pl.DataFrame({"n": [1, 2, None], "comment": [WAIT, NEAR, OTHER]})
    path, output = write(tmp_path / "survey.xlsx", frame), tmp_path / "out.xlsx"
    assert run("data", "near-duplicates", path, "--remove", output).status == 0
    assert read(output).equals(frame[[0, 2]])


@pytest.mark.parametrize(
    "arguments",
    [
        ("none.csv",),
        ("survey.csv", "--text-column", "nope"),
        ("survey.csv", "--remove", "out.docx"),
        ("survey.csv", "survey.csv", "--remove", "out.csv"),
        ("survey.csv", "--threshold", "0"),
    ],
)
def test_bad_input_ends_with_status_2_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: CommandLine, arguments: tuple[str, ...]
) -> None:
    survey(tmp_path / "survey.csv", WAIT, WAIT)
    monkeypatch.chdir(tmp_path)
    ended = run("data", "near-duplicates", *arguments)
    assert (ended.status, ended.stdout) == (2, "")
    assert ended.stderr
    assert [path.name for path in Path().iterdir()] == ["survey.csv"]
