from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from labelled_data import DistinctComments, unlabelled
from models.plain_reading import SIDES
from tests.training.drawn_comments import codebook, comment, distinct_comments
from training.dataset import folds_of
from training.joint import Task, gather
from training.out_of_fold import (
    Opinions,
    folds,
    lesson,
    ngram_scores,
    teacher_opinions,
    teacher_settings,
)
from training.recipe import CodebookPart, Recipe, TeacherPart
from training.run_folder import RunFolder
from training.transfer import Transfer, gather_transfer

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from labelled_data import LabelledComment
    from training.joint import Joint

    Floats = npt.NDArray[np.floating]

FOLDS = 3
RECIPE = Recipe(
    id="run",
    version="1",
    learn=(CodebookPart(id="first", codebook="one"),
           CodebookPart(id="last", codebook="other", taught=False)),
    folds=FOLDS,
)  # fmt: skip


@pytest.fixture(scope="module")
def joint() -> Joint:
    """Thirty comments of one codebook and as many of another, a third of each with a theme."""
    words = {"one": ("queue", "smile"), "other": ("bus",)}
    books = [codebook("one", "waiting", "kindness"), codebook("other", "travel")]
    return gather(
        [
            Task(book, [_comment(row, words[book.id], book.theme_ids) for row in range(30)])
            for book in books
        ]
    )


def _comment(row: int, words: tuple[str, ...], themes: tuple[str, ...]) -> LabelledComment:
    place = row % (len(words) + 1)
    if place == len(words):
        return comment(f"Nothing at all. Comment {row}.")
    return comment(f"It was the {words[place]}. Comment {row}.", themes[place])


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "run", RECIPE, [], [])


def finished(run: RunFolder, name: str, scores: Floats) -> None:
    """Leave a step as a run that was killed after it would have."""
    run.step(name, lambda: scores)


def test_the_folds_hold_each_comment_out_once(joint: Joint) -> None:
    parted = list(folds(joint.data, RECIPE))
    assert sorted(np.concatenate([fold.held for fold in parted])) == list(range(len(joint.data)))
    for fold in parted:
        assert not set(fold.held) & set(fold.seen)
        assert len(fold.held) + len(fold.seen) == len(joint.data)


def test_ngram_scores_are_by_models_that_have_not_seen_the_comment(
    joint: Joint, run: RunFolder
) -> None:
    scores = ngram_scores(joint, 0, RECIPE, run)
    numbers = folds_of(joint.data, FOLDS)
    other = joint.data.targets.copy()
    held = (numbers == 0) & (joint.owners == 0)
    other[held, :2] = 1 - other[held, :2]
    turned = replace(joint, data=joint.data.with_targets(other))
    again = ngram_scores(turned, 0, RECIPE, RunFolder(run.path / "again", RECIPE, [], []))
    assert np.array_equal(again[held], scores[held])
    assert not np.array_equal(again, scores)


def test_ngram_scores_find_the_words_of_a_theme_and_are_nought_where_it_is_unknown(
    joint: Joint, run: RunFolder
) -> None:
    scores = ngram_scores(joint, 0, RECIPE, run)
    own = joint.rows(0)
    assert scores.shape == (len(joint.data), 2 + SIDES)
    assert ((scores[own, :2] > 0) == joint.data.labels[own, :2]).all()
    assert not scores[joint.rows(1)].any()


@pytest.fixture
def taught(joint: Joint, run: RunFolder) -> tuple[Floats, Opinions]:
    """What the teachers of the first codebook say, fold by fold, and what is made of it."""
    transfer = gather_transfer(joint.data, [], seed=0)
    scored = len(joint.data) + len(transfer.comments)
    said = np.random.default_rng(0).normal(size=(FOLDS, scored, 3, 3))
    for number, scores in enumerate(said):
        finished(run, f"teacher-first-{number}", scores)
    return said, teacher_opinions(joint, transfer, RECIPE, run)


def test_the_opinion_of_teachers_is_the_mean_of_all_in_log_odds(
    taught: tuple[Floats, Opinions],
) -> None:
    said, opinions = taught
    assert opinions.mean[:, :2] == pytest.approx(said[:, :, :2].mean(axis=0))


def test_a_comment_is_unseen_by_the_teacher_of_its_own_fold(
    joint: Joint, taught: tuple[Floats, Opinions]
) -> None:
    said, opinions = taught
    numbers = folds_of(joint.data, FOLDS)
    for row in joint.rows(0):
        assert np.array_equal(opinions.unseen[row, :2], said[numbers[row], row, :2])
    assert np.isnan(opinions.unseen[joint.rows(1)]).all()


def test_fewer_teachers_leave_the_comments_of_the_other_folds_to_nobody(
    joint: Joint, run: RunFolder
) -> None:
    transfer = gather_transfer(joint.data, [], seed=0)
    scored = len(joint.data) + len(transfer.comments)
    said = np.random.default_rng(0).normal(size=(2, scored, 3, 3))
    for number, scores in enumerate(said):
        finished(run, f"teacher-first-{number}", scores)
    recipe = RECIPE.model_copy(update={"teachers": TeacherPart(count=2)})
    opinions = teacher_opinions(joint, transfer, recipe, run)
    assert opinions.mean[:, :2] == pytest.approx(said[:, :, :2].mean(axis=0))
    numbers, own = folds_of(joint.data, FOLDS), joint.rows(0)
    unseen = np.isnan(opinions.unseen[own, 0, 0])
    assert (unseen == (numbers[own] == FOLDS - 1)).all()


def test_a_teacher_is_trained_as_the_encoder_but_for_what_is_said_of_it() -> None:
    given = TeacherPart(mpnet="somewhere", epochs=3, learning_rate=1e-5)
    recipe = RECIPE.model_copy(update={"teachers": given})
    changed = {"mpnet": "somewhere", "epochs": 3, "learning_rate": 1e-5}
    assert teacher_settings(recipe) == RECIPE.encoder.model_copy(update=changed)
    assert teacher_settings(RECIPE) == RECIPE.encoder


def test_what_the_first_teacher_says_is_kept_apart(
    joint: Joint, taught: tuple[Floats, Opinions]
) -> None:
    said, opinions = taught
    unseen = (folds_of(joint.data, FOLDS) == 0) & (joint.owners == 0)
    first = opinions.first[: len(joint.data)]
    assert np.array_equal(first[:, :2], said[0, : len(joint.data), :2])
    assert np.array_equal(first[unseen, :2], opinions.unseen[unseen, :2])
    assert np.isnan(opinions.first[:, 2]).all()


def test_a_codebook_without_teachers_has_no_opinion_of_its_themes(
    taught: tuple[Floats, Opinions],
) -> None:
    _, opinions = taught
    assert np.isnan(opinions.mean[:, 2]).all()
    assert np.isnan(opinions.unseen[:, 2]).all()


@given(
    data=distinct_comments(),
    origins=st.lists(st.integers(-1, 5), max_size=4),
    seed=st.integers(0, 99),
    kept_back=st.sets(st.integers(0, 5)),
    share=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_a_student_learns_what_people_said_and_its_teachers_word_for_the_rest(
    data: DistinctComments, origins: list[int], seed: int, kept_back: set[int], share: float
) -> None:
    more = tuple(f"more {row}" for row, _ in enumerate(origins))
    elsewhere = unlabelled(more, [None] * len(more), 2)
    transfer = Transfer(elsewhere, np.array(origins, dtype=np.int64))
    rng = np.random.default_rng(seed)
    logits, heard = (
        rng.choice([np.nan, -2, 0.5, 3], (len(data) + many, 2)) for many in (len(more), 0)
    )
    mean, unseen = (np.stack([each] * 3, axis=2) for each in (logits, heard))
    held = np.array([row for row in range(len(data)) if row in kept_back], dtype=np.int64)
    learnt = lesson(data, transfer, Opinions(mean, unseen, np.empty(0)), held, share)
    places = [row for row in range(len(data)) if row not in held]
    places += [len(data) + row for row, origin in enumerate(origins) if origin not in held]
    everything = data.and_also(elsewhere)
    assert learnt.texts == tuple(everything.texts[place] for place in places)
    for row, place in enumerate(places):
        for theme in range(2):
            said, word = everything.targets[place, theme], expit(logits[place, theme])
            other = expit(heard[place, theme]) if place < len(data) else np.nan
            if np.isnan(said):
                expected = word if np.isnan(other) else other
            else:
                expected = said if np.isnan(other) else share * said + (1 - share) * other
            assert learnt.targets[row, theme] == pytest.approx(expected, nan_ok=True)
