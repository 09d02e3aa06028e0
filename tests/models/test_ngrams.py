from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import LabelledComment, distinct
from models.ngrams import LONGEST_PIECE, NgramModel, _pieces
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


def test_a_very_long_comment_keeps_the_highest_score_of_its_pieces(model: NgramModel) -> None:
    filler = "a wait of 9 hours is too long. " * 2000
    question = "Why?"
    long = model.logits(
        ["kind nurse", filler + "the car park was full", "kind nurse"], [question] * 3
    )
    alone = model.logits(["kind nurse"], [question])
    assert long[0] == pytest.approx(alone[0], abs=1e-6)
    assert long[2] == pytest.approx(alone[0], abs=1e-6)
    assert long[1, 0] > 0
    assert long[1, 2] > model.logits([filler[:19_000]], [question])[0, 2]


@given(text=st.text(alphabet="ab \n", max_size=300))
def test_pieces_are_the_text_and_none_is_too_long(text: str) -> None:
    text *= 300
    pieces = _pieces(text)
    assert "".join(pieces) == text
    assert all(len(piece) <= LONGEST_PIECE for piece in pieces)
