from pathlib import Path

import numpy as np
import pytest

from labelled_data import LabelledComment, distinct
from models.ngrams import NgramModel
from training.fit_ngrams import fit_ngrams
from training.recipe import NgramPart


@pytest.fixture(scope="module")
def model(tiny_comments: list[LabelledComment]) -> NgramModel:
    data = distinct(tiny_comments, ("waiting", "kindness", "parking"))
    return fit_ngrams(data, NgramPart(), seed=0)


def test_a_saved_model_answers_as_before(model: NgramModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    texts, questions = ["a kind nurse", "", "ünseen wörds"], ["What was good?", None, "Why?"]
    again = NgramModel.load(tmp_path).logits(texts, questions)
    assert again == pytest.approx(model.logits(texts, questions), abs=0.02)


def test_the_likeliest_theme_scores_highest(model: NgramModel) -> None:
    logits = model.logits(["the car park was full"], [None])
    assert int(np.argmax(logits[0])) == 2


def test_comments_without_questions_can_be_learnt_from(
    tiny_comments: list[LabelledComment], tmp_path: Path
) -> None:
    from dataclasses import replace

    unasked = [replace(comment, question=None) for comment in tiny_comments]
    data = distinct(unasked, ("waiting", "kindness", "parking"))
    model = fit_ngrams(data, NgramPart(), seed=0)
    model.save(tmp_path)
    assert NgramModel.load(tmp_path).logits(["kind"], ["a question"]).shape == (1, 3)
