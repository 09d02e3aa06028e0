from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from labelled_data import LabelledComment, distinct, write_labelled
from tests.labelled_data.tables.whole import read
from training import DataTooSmallError
from training.label_errors import (
    DoubtfulCell,
    doubtful_cells,
    doubtful_labels,
    out_of_fold_probabilities,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from labelled_data import Codebook
    from tests.command_line import CommandLine

    Floats = npt.NDArray[np.float64]

THEMES = ("waiting", "kindness", "parking")
SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 3))
# Halves, quarters and so on have exact means, so that a tie is a tie however it is summed.
probabilities = npst.arrays(np.float64, SHAPES, elements=st.integers(0, 64).map(lambda n: n / 64))


def drawn_targets(data: st.DataObject, like: Floats) -> Floats:
    return data.draw(npst.arrays(np.float64, like.shape, elements=st.sampled_from([0, 1, np.nan])))


def one_at_a_time(scores: Floats, targets: Floats) -> set[tuple[int, int]]:
    """The rule of the paper, with a matrix of two answers a theme: absent and present."""
    found = set()
    for theme in range(scores.shape[1]):
        known = [row for row in range(len(scores)) if not np.isnan(targets[row, theme])]
        answers = {row: (1 - scores[row, theme], scores[row, theme]) for row in known}
        label = {row: int(targets[row, theme]) for row in known}
        own = {a: [answers[row][a] for row in known if label[row] == a] for a in (0, 1)}
        for row in known:
            other = 1 - label[row]
            passes = own[other] and answers[row][other] >= np.mean(own[other])
            if passes and answers[row][other] > answers[row][label[row]]:
                found.add((row, theme))
    return found


def places(cells: list[DoubtfulCell]) -> set[tuple[int, int]]:
    return {(cell.comment, cell.theme) for cell in cells}


@pytest.fixture(scope="module")
def mislabelled(tiny_comments: list[LabelledComment]) -> list[LabelledComment]:
    """The comments with a theme taken from the first one and another given to the last one."""
    first, *others, last = tiny_comments
    return [replace(first, themes=()), *others, replace(last, themes=("parking",))]


def test_a_label_that_the_model_contradicts_with_confidence_is_doubtful() -> None:
    scores = np.array([[0.9], [0.8], [0.95], [0.1], [0.2], [0.04]])
    targets = np.array([[1.0], [1], [0], [0], [0], [1]])
    assert doubtful_cells(scores, targets) == [
        DoubtfulCell(5, 0, given=True, self_confidence=0.04),
        DoubtfulCell(2, 0, given=False, self_confidence=1 - 0.95),
    ]


@given(scores=probabilities, data=st.data())
def test_the_doubtful_are_those_the_rule_finds_one_at_a_time(
    scores: Floats, data: st.DataObject
) -> None:
    targets = drawn_targets(data, scores)
    assert places(doubtful_cells(scores, targets)) == one_at_a_time(scores, targets)


@given(scores=probabilities, data=st.data())
def test_the_least_credible_label_comes_first_and_none_is_more_likely_right_than_wrong(
    scores: Floats, data: st.DataObject
) -> None:
    targets = drawn_targets(data, scores)
    cells = doubtful_cells(scores, targets)
    confidence = [cell.self_confidence for cell in cells]
    assert confidence == sorted(confidence)
    for cell in cells:
        said = targets[cell.comment, cell.theme]
        score = scores[cell.comment, cell.theme]
        assert cell.given == (said == 1)
        assert cell.self_confidence == (score if cell.given else 1 - score) < 0.5


@given(scores=probabilities, data=st.data())
def test_presence_and_absence_are_treated_alike(scores: Floats, data: st.DataObject) -> None:
    targets = drawn_targets(data, scores)
    mirrored = doubtful_cells(1 - scores, 1 - targets)
    assert places(mirrored) == places(doubtful_cells(scores, targets))


@given(scores=probabilities, data=st.data())
def test_what_nobody_knows_might_as_well_not_be_there(scores: Floats, data: st.DataObject) -> None:
    targets = drawn_targets(data, scores)
    for theme in range(scores.shape[1]):
        known = np.flatnonzero(~np.isnan(targets[:, theme]))
        alone = doubtful_cells(scores[known, theme, None], targets[known, theme, None])
        expected = {(int(known[cell.comment]), theme) for cell in alone}
        assert {p for p in places(doubtful_cells(scores, targets)) if p[1] == theme} == expected


def test_an_answer_that_nobody_gave_puts_no_label_in_doubt() -> None:
    scores = np.array([[0.9, 0.1], [0.8, 0.2]])
    assert doubtful_cells(scores, np.array([[0.0, 1], [0, 1]])) == []
    assert doubtful_cells(np.full((2, 2), np.nan), np.array([[0.0, 1], [1, 0]])) == []


def test_comments_are_scored_by_models_that_did_not_see_their_labels(
    tiny_comments: list[LabelledComment],
) -> None:
    data = distinct(tiny_comments, THEMES)
    scores = out_of_fold_probabilities(data)
    assert scores.shape == data.targets.shape
    assert ((scores > 0.5) == data.labels).mean() > 0.95
    changed = data.targets.copy()
    changed[0] = 1 - changed[0]
    assert (
        (out_of_fold_probabilities(data.with_targets(changed))[0] > 0.5) == data.labels[0]
    ).all()


def test_probabilities_are_calibrated(tiny_comments: list[LabelledComment]) -> None:
    data = distinct(tiny_comments, THEMES)
    shares = out_of_fold_probabilities(data).mean(axis=0)
    assert shares == pytest.approx(data.targets.mean(axis=0), abs=0.02)


def test_a_theme_is_learnt_from_the_comments_of_which_it_is_known(
    tiny_comments: list[LabelledComment],
) -> None:
    data = distinct(tiny_comments, THEMES)
    targets = data.targets.copy()
    targets[:60, 0], targets[19:, 1] = np.nan, np.nan
    scores = out_of_fold_probabilities(data.with_targets(targets))
    assert np.isnan(scores[:60, 0]).all()
    assert ((scores[60:, 0] > 0.5) == data.labels[60:, 0]).mean() > 0.9
    assert np.isnan(scores[:, 1]).all(), "19 comments are too few to learn from"
    assert ((scores[:, 2] > 0.5) == data.labels[:, 2]).mean() > 0.95


def test_one_answer_to_many_questions_teaches_nothing(
    tiny_comments: list[LabelledComment],
) -> None:
    same = [
        replace(tiny_comments[0], question=f"Question {n}?", themes=THEMES[:1] if n % 2 else ())
        for n in range(30)
    ]
    assert doubtful_labels(same, THEMES) == []


def test_planted_errors_are_found_by_id_and_row(mislabelled: list[LabelledComment]) -> None:
    found = doubtful_labels(mislabelled, THEMES)
    said = {(label.id, label.row, label.theme, label.given) for label in found}
    first, last = mislabelled[0], mislabelled[-1]
    assert (first.id, first.source_row, "waiting", False) in said
    assert (last.id, last.source_row, "parking", True) in said
    assert len(found) < 10
    for label in found:
        assert (label.probability < 0.5) == label.given
        credible = label.probability if label.given else 1 - label.probability
        assert label.self_confidence == pytest.approx(credible)


def test_of_copies_that_are_labelled_differently_only_the_wrong_one_is_doubtful(
    tiny_comments: list[LabelledComment],
) -> None:
    wrong = replace(
        tiny_comments[0], id="copy", source_row=999, themes=(), text="WAITED 2 hours to be seen!"
    )
    found = doubtful_labels([*tiny_comments, wrong], THEMES)
    assert [label.row for label in found if label.theme == "waiting"] == [999]


def test_comments_that_no_model_reads_are_passed_over(
    tiny_comments: list[LabelledComment],
) -> None:
    unread = [
        replace(tiny_comments[0], text="...", themes=("parking",)),
        replace(tiny_comments[0], text="czekałem 2 hours", themes=("parking",), language="pl"),
    ]
    assert doubtful_labels([*unread, *tiny_comments], THEMES) == doubtful_labels(
        tiny_comments, THEMES
    )


def test_too_few_comments_are_refused(tiny_comments: list[LabelledComment]) -> None:
    with pytest.raises(DataTooSmallError):
        doubtful_labels(tiny_comments[:5], THEMES)


def test_the_command_counts_by_theme_and_writes_the_least_credible_first(
    tmp_path: Path,
    run: CommandLine,
    tiny_codebook: Codebook,
    mislabelled: list[LabelledComment],
) -> None:
    data, book, output = (tmp_path / name for name in ("data.csv", "tiny.yaml", "out.csv"))
    write_labelled(data, mislabelled, tiny_codebook)
    book.write_text(yaml.safe_dump(tiny_codebook.model_dump(mode="json")), "utf-8")
    ended = run("label-errors", data, "--codebook", book, "--output", output, "--limit", 1)
    assert ended.status == 0
    assert all(theme in ended.stdout for theme in THEMES)
    assert "hours" not in ended.stdout + ended.stderr
    assert f"The first 1 are written to {output}" in ended.stdout.replace("\n", " ")
    (row,) = read(output).iter_rows(named=True)
    (least, *_) = doubtful_labels(mislabelled, THEMES)
    assert (row["id"], row["row"], row["theme"]) == (least.id, str(least.row), least.theme)
    assert row["given"] == ("yes" if least.given else "no")
    assert float(row["probability"]) == pytest.approx(least.probability, abs=1e-6)
    assert float(row["self_confidence"]) == pytest.approx(least.self_confidence, abs=1e-6)


@pytest.mark.parametrize("codebook", ["nope", "fft"])
def test_the_command_tells_bad_input_in_one_sentence(
    tmp_path: Path, run: CommandLine, codebook: str
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("text,themes\nKind,tea\n", "utf-8")
    ended = run("label-errors", data, "--codebook", codebook)
    assert (ended.status, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1


def test_no_more_is_needed_than_what_the_base_install_has() -> None:
    code = "import sys, training.label_errors; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
