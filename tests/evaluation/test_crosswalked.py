from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from evaluation import Crosswalked, NothingToMeasureError, Predictions, evaluate
from evaluation.crosswalked import evaluate_crosswalked, measure_crosswalked
from evaluation.labelled import LabelledFile
from labelled_data import Crosswalk, LabelError, shipped_codebook, split_of
from models import load
from tests.evaluation.artefacts import with_codebook
from tests.evaluation.strategies import QUICK, predictions
from tests.labelled_data.test_qdc import published

if TYPE_CHECKING:
    from pathlib import Path

    from models import Tagger

BRIDGE = Crosswalk(source="here", target="there", version="1.0", themes={})
WAITS = [f"waited {n} hours to be seen" for n in range(2, 40)]


@given(predictions(), st.data())
@settings(max_examples=50)
def test_each_theme_is_measured_on_the_comments_for_which_it_is_known(
    each: Predictions, data: st.DataObject
) -> None:
    known = data.draw(hnp.arrays(np.bool_, each.truth.shape))
    figures = measure_crosswalked(each, known, BRIDGE, QUICK)
    assert [theme.theme for theme in figures.by_theme] == list(each.themes)
    for i, theme in enumerate(figures.by_theme):
        rows = known[:, i]
        truth, predicted = each.truth[rows, i], each.predicted[rows, i]
        assert (theme.known, theme.support) == (rows.sum(), truth.sum())
        _assert_rates(theme.precision.value, theme.recall.value, theme.f1.value, truth, predicted)
        if truth.any():
            ranking = average_precision_score(truth, each.scores[rows, i])
            assert theme.average_precision.value == pytest.approx(ranking)
        else:
            assert theme.average_precision.value is None
    micro = figures.micro
    pooled = each.truth[known], each.predicted[known]
    _assert_rates(micro.precision.value, micro.recall.value, micro.f1.value, *pooled)
    assert Crosswalked.model_validate_json(figures.model_dump_json()) == figures


def _assert_rates(
    precision: float | None,
    recall: float | None,
    f1: float | None,
    truth: np.ndarray,
    predicted: np.ndarray,
) -> None:
    if not truth.any():
        assert recall is None
        assert f1 is None
        return
    expected = precision_recall_fscore_support(
        truth, predicted, average="binary", zero_division=np.nan
    )
    assert recall == pytest.approx(expected[1])
    assert f1 == pytest.approx(expected[2])
    assert precision == (pytest.approx(expected[0]) if predicted.any() else None)


@given(predictions())
@settings(max_examples=25)
def test_where_all_is_known_the_figures_are_those_of_an_evaluation(each: Predictions) -> None:
    figures = measure_crosswalked(each, np.ones(each.truth.shape, dtype=bool), BRIDGE, QUICK)
    evaluation = evaluate(each, QUICK)
    assert figures.micro == evaluation.overall.micro
    for one, other in zip(figures.by_theme, evaluation.by_theme, strict=True):
        assert one.support == other.support
        assert (one.precision, one.recall, one.f1) == (other.precision, other.recall, other.f1)
        assert one.average_precision == other.average_precision


@pytest.fixture(scope="module")
def uec_tagger(tiny_artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    """Knows waiting, and says of every third theme of the codebook what it says of waiting."""
    folder = tmp_path_factory.mktemp("uec") / "uec"
    return load(with_codebook(tiny_artefact, shipped_codebook("uec"), folder))


def file_of_waits(folder: Path, *rows: dict[str, str]) -> Path:
    waits = [{"FFT answer": text, "Timeliness of care": "1"} for text in WAITS]
    return published(folder, *waits, *rows)


def test_published_comments_tell_themes_of_another_codebook(
    tmp_path: Path, uec_tagger: Tagger
) -> None:
    path = file_of_waits(
        tmp_path,
        {"FFT answer": "a kind smile from 3 people", "Staff manner & personal attributes": "1"},
        # an appointment may hide a wait, so nothing is known of waiting here
        {"FFT answer": "the queue was 3 hours long", "Appointment arrangements": "1"},
    )
    figures = evaluate_crosswalked(uec_tagger, LabelledFile(path, "qdc", "all", 5))
    assert (figures.source, figures.target, figures.comments) == ("fft", "uec", 40)
    (waiting,) = figures.by_theme
    assert (waiting.theme, waiting.known, waiting.support) == ("waiting", 39, 38)
    assert waiting.recall.value == pytest.approx(1, abs=0.2)
    assert figures.micro.f1 == waiting.f1


def test_the_test_part_is_that_of_the_models_own_training(
    tmp_path: Path, uec_tagger: Tagger
) -> None:
    share = uec_tagger.manifest.training.test_share
    aside = [text for text in WAITS if split_of(text, test_share=share) == "test"]
    path = file_of_waits(tmp_path)
    figures = evaluate_crosswalked(uec_tagger, LabelledFile(path, "qdc", "test", 38))
    assert figures.comments == figures.by_theme[0].support == len(aside)


def test_a_file_without_enough_examples_or_test_comments_is_told(
    tmp_path: Path, uec_tagger: Tagger
) -> None:
    path = file_of_waits(tmp_path)
    with pytest.raises(NothingToMeasureError, match="no theme has 39 examples"):
        evaluate_crosswalked(uec_tagger, LabelledFile(path, "qdc", "all", 39))
    share = uec_tagger.manifest.training.test_share
    learnt = next(text for text in WAITS if split_of(text, test_share=share) == "train")
    path = published(tmp_path, {"FFT answer": learnt, "Timeliness of care": "1"})
    with pytest.raises(NothingToMeasureError, match="has no test comment"):
        evaluate_crosswalked(uec_tagger, LabelledFile(path, "qdc", "test", 1))


def test_a_codebook_without_a_crosswalk_is_refused_with_the_file(
    tmp_path: Path, tiny_tagger: Tagger
) -> None:
    with pytest.raises(LabelError, match=r"published\.csv .*no crosswalk from 'fft' to 'tiny'"):
        evaluate_crosswalked(tiny_tagger, LabelledFile(file_of_waits(tmp_path), "qdc"))
