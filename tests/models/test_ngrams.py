from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from labelled_data import LabelledComment, distinct
from models.ngrams import NgramFeatures, NgramModel
from models.ngrams.fitting import VECTORISERS
from models.ngrams.model import LONGEST_PIECE, pieces_of
from models.ngrams.symbols import Alphabet
from training.fit_ngrams import fit_ngrams
from training.recipe import NgramPart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

THEMES = ("waiting", "kindness", "parking")
# what lower case, white space, words and code points can get wrong
_ODD = (
    *(
        "nurse",
        "Kind",
        "NURSE",
        "a",
        "I",
        "_",
        "x_1",
        "9",
        "2021",
        "it's",
        "e-mail",
        "!!",
        "…",
        ",",
    ),
    *("naïve", "ÀÉÎ", "e\u0301", "ß", "İ", "ΣΑΣ", "Σ", "²", "中文", "\U00020000", "\U0001f44d"),
    *("\t", "\n", "\r\n", "\x0b", "\x1c", "\x85", "\u00a0", "\u2003", "\u2028", "\u3000", " "),
    *("\x00", "\u200b", "\u200d", "\ufeff", "\ud800", "\U0010ffff", "longestwordofall"),
)
_TEXTS = st.lists(
    st.lists(st.sampled_from(_ODD) | st.text(max_size=4), max_size=8).flatmap(
        lambda parts: st.sampled_from(["", " ", "  "]).map(lambda gap: gap.join(parts))
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def model(tiny_comments: list[LabelledComment]) -> NgramModel:
    data = distinct(tiny_comments, THEMES)
    return fit_ngrams(data, NgramPart(), seed=0)


@settings(max_examples=60)
@given(learnt=_TEXTS, unseen=_TEXTS)
def test_features_are_those_of_scikit_learn(learnt: list[str], unseen: list[str]) -> None:
    learnt = learnt * 3  # a term must be in several comments to be learnt
    features = NgramFeatures.fit(learnt, learnt)
    texts = [*unseen, *learnt[:2]]
    questions = [None, *texts[:-1]]
    expected = _by_scikit_learn(features, learnt, texts, [question or "" for question in questions])
    assert np.allclose(features.transform(texts, questions).toarray(), expected, rtol=0, atol=1e-5)
    weights = np.random.default_rng(0).normal(size=(expected.shape[1], 2)).astype(np.float32)
    product = features.product(texts, questions, weights)
    assert np.allclose(product, expected @ weights, rtol=0, atol=1e-4)
    alone = features.product(texts[-1:], questions[-1:], weights)
    assert np.allclose(alone, product[-1:], rtol=0, atol=1e-6)


def _by_scikit_learn(
    features: NgramFeatures, learnt: Sequence[str], texts: Sequence[str], questions: Sequence[str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    blocks = []
    for name, settings_ in VECTORISERS.items():
        terms = features.vocabularies[name]
        vectoriser = TfidfVectorizer(**settings_, vocabulary=terms, dtype=np.float32).fit(learnt)
        blocks.append(vectoriser.transform(questions if name == "question" else texts))
    return np.asarray(sp.hstack(blocks).toarray())


def test_words_and_white_space_of_all_of_unicode_are_those_of_python() -> None:
    text = "".join(map(chr, range(0x110000))).lower()
    line = Alphabet("").line([text])
    assert np.flatnonzero(line.symbols == 0).tolist() == [
        place for place, character in enumerate(f" {text} ") if character.isspace()
    ]
    starts, lengths = line.words()
    words = [match.span() for match in re.finditer(r"\w+", f" {text} ")]
    assert list(zip(starts, starts + lengths, strict=True)) == words


def test_scoring_comments_does_without_scikit_learn(model: NgramModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    code = f"""
import sys
from pathlib import Path
from models.ngrams import NgramModel
NgramModel.load(Path({str(tmp_path)!r})).logits(["a kind nurse"], [None])
assert not {{"sklearn", "scipy.sparse"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_saved_model_answers_as_before(model: NgramModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    texts, questions = ["a kind nurse", "", "ünseen wörds"], ["What was good?", None, "Why?"]
    again = NgramModel.load(tmp_path).logits(texts, questions)
    assert again == pytest.approx(model.logits(texts, questions), abs=0.02)


def test_the_likeliest_theme_scores_highest(model: NgramModel) -> None:
    logits = model.logits(["the car park was full"], [None])
    assert int(np.argmax(logits[0])) == 2


def test_no_comments_have_no_scores(model: NgramModel) -> None:
    assert model.logits([], []).shape == (0, len(THEMES))


def test_comments_without_questions_can_be_learnt_from(
    tiny_comments: list[LabelledComment], tmp_path: Path
) -> None:
    unasked = [replace(comment, question=None) for comment in tiny_comments]
    data = distinct(unasked, THEMES)
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
    pieces = pieces_of(text)
    assert "".join(pieces) == text
    assert all(len(piece) <= LONGEST_PIECE for piece in pieces)
