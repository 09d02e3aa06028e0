from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelled_data import Codebook, LabelledComment, load_codebook, read_labelled
from tests.command_line import CommandLine
from training.errors import DataTooSmallError
from training.learning_curve import best_macro_f1, learning_curve, sample

OWN = Path(__file__).parents[2] / "labelled_data" / "examples" / "own_codebook"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(examples=st.integers(2, 12), seed=st.integers(0, 100))
def test_a_sample_holds_enough_examples_of_every_theme_and_each_comment_was_needed(
    tiny_codebook: Codebook, tiny_comments: list[LabelledComment], examples: int, seed: int
) -> None:
    chosen = sample(tiny_comments, tiny_codebook, examples, seed)
    counts = Counter(theme for comment in chosen for theme in comment.themes)
    assert all(counts[theme] >= examples for theme in tiny_codebook.theme_ids)
    assert len({comment.id for comment in chosen}) == len(chosen)
    assert len(chosen) <= examples * (len(tiny_codebook.theme_ids) + 1)


def test_a_larger_sample_holds_the_smaller_one(
    tiny_codebook: Codebook, tiny_comments: list[LabelledComment]
) -> None:
    small, large = (sample(tiny_comments, tiny_codebook, number, 0) for number in (4, 8))
    assert {comment.id for comment in small} <= {comment.id for comment in large}


def test_a_theme_with_too_few_comments_is_named(
    tiny_codebook: Codebook, tiny_comments: list[LabelledComment]
) -> None:
    with pytest.raises(DataTooSmallError, match="not 500"):
        sample(tiny_comments, tiny_codebook, 500, 0)


def test_light_training_learns_more_from_eight_examples_than_word_counts() -> None:
    book = load_codebook(OWN / "codebook.yaml")
    comments = read_labelled(OWN / "comments.csv", book)
    points = {
        point.system: point for point in learning_curve(comments, book, [8], ["sayso", "n-grams"])
    }
    assert points["sayso"].comments == points["n-grams"].comments
    assert points["sayso"].macro_f1 > points["n-grams"].macro_f1 + 0.05
    for point in points.values():
        assert point.macro_f1 - 0.02 < point.best_macro_f1 < 1
        assert 0 < point.mean_average_precision < 1


@given(seed=st.integers(0, 99))
def test_the_best_macro_f1_is_at_least_that_of_any_cut_and_one_where_themes_are_told_apart(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    truth, scores = rng.random((40, 3)) < 0.3, rng.random((40, 3))
    truth[0] = True
    best = best_macro_f1(truth, scores)
    for cut in np.unique(scores):
        given_ = scores >= cut
        hits = (given_ & truth).sum(axis=0)
        assert (2 * hits / (given_.sum(axis=0) + truth.sum(axis=0))).mean() <= best + 1e-9
    assert best_macro_f1(truth, truth * 0.5 + scores * 0.4) == 1


def test_the_command_prints_a_line_for_each_system_and_size(run: CommandLine) -> None:
    ended = run(
        "learning-curve", OWN / "comments.csv", "--codebook", OWN / "codebook.yaml",
        "--examples", 2, "--examples", 4, "--system", "n-grams",
    )  # fmt: skip
    assert ended.status == 0
    assert [line.split()[:3:2] for line in ended.stdout.splitlines()[1:]] == [
        ["2", "n-grams"],
        ["4", "n-grams"],
    ]


def test_an_unknown_system_is_refused(run: CommandLine) -> None:
    ended = run(
        "learning-curve", OWN / "comments.csv", "--codebook", OWN / "codebook.yaml",
        "--system", "magic",
    )  # fmt: skip
    assert ended.status == 2
    assert "magic" in ended.stderr
