from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evaluation import Evaluation, evaluate_tagger, render_html, render_markdown
from evaluation.sentiment import (
    SCALE,
    UNTOLD,
    SentimentFigures,
    Sentiments,
    measure_sentiment,
    said_sentiments,
    told_sentiments,
)
from labelled_data import distinct
from models import Prediction, Status
from tests.evaluation.fakes import ScriptedTagger, codebook, comment, tagged
from tests.evaluation.strategies import QUICK

FOUR = {"good": 1, "fine": 2, "so": 3, "bad": 5}


@st.composite
def told_and_said(draw: st.DrawFn) -> tuple[Sentiments, Sentiments]:
    shape = draw(st.integers(1, 12))
    sentiments = hnp.arrays(np.int64, shape, elements=st.integers(UNTOLD, 5))
    return draw(sentiments), draw(sentiments)


def four_comments_said(*said: int | None) -> Evaluation:
    """Comments that people heard as in `FOUR`, and a tagger as told here."""
    comments = [replace(comment(text, "a"), sentiment=told) for text, told in FOUR.items()]
    script = {
        text: replace(tagged(), scores=(0.5,), sentiment=each)
        for text, each in zip(FOUR, said, strict=True)
    }
    data = distinct(comments, ("a",))
    return evaluate_tagger(ScriptedTagger(codebook("a"), script), data, ("a",), settings=QUICK)


@given(told_and_said())
@settings(max_examples=50)
def test_figures_are_those_of_counting_comment_by_comment(
    both: tuple[Sentiments, Sentiments],
) -> None:
    pairs = [
        (one, other)
        for one, other in zip(*(each.tolist() for each in both), strict=True)
        if one != UNTOLD and other != UNTOLD
    ]
    figures = measure_sentiment(*both, QUICK)
    assert (figures is None) == (not pairs)
    if figures is None:
        return
    steps = {told: [abs(a - b) for a, b in pairs if a == told] for told in SCALE}
    assert figures.comments == len(pairs)
    assert figures.accuracy.value == pytest.approx(np.mean([a == b for a, b in pairs]))
    assert figures.mean_absolute_error.value == pytest.approx(
        np.mean([abs(a - b) for a, b in pairs])
    )
    assert figures.macro_mean_absolute_error.value == pytest.approx(
        np.mean([np.mean(each) for each in steps.values() if each])
    )
    for told in SCALE:
        for said in SCALE:
            assert figures.confusion[told][said] == pairs.count((told, said))
    assert SentimentFigures.model_validate_json(figures.model_dump_json()) == figures


@given(told_and_said())
@settings(max_examples=25)
def test_an_interval_holds_its_figure_where_all_comments_agree(
    both: tuple[Sentiments, Sentiments],
) -> None:
    told = both[0]
    figures = measure_sentiment(told, told, QUICK)
    if figures is not None:
        right = figures.accuracy
        assert (right.value, right.low, right.high) == (1, 1, 1)
        assert figures.mean_absolute_error.high == figures.macro_mean_absolute_error.high == 0


def test_a_tagger_that_always_says_the_commonest_is_found_out_by_the_macro_error() -> None:
    told = np.array([1] * 9 + [5])
    figures = measure_sentiment(told, np.ones(10, dtype=np.int64), QUICK)
    assert figures is not None
    assert figures.mean_absolute_error.value == pytest.approx(0.4)
    assert figures.macro_mean_absolute_error.value == pytest.approx(2)


def test_people_who_differ_are_averaged_and_halves_go_to_the_worse() -> None:
    said: dict[str, list[int | None]] = {
        "one": [1, 2],
        "two": [1, 1, 2],
        "three": [4],
        "none": [None],
    }
    comments = [
        replace(comment(text, "a"), sentiment=each)
        for text, sentiments in said.items()
        for each in sentiments
    ]
    assert told_sentiments(distinct(comments, ("a",))).tolist() == [2, 1, 4, UNTOLD]


def test_an_answer_without_sentiment_is_untold() -> None:
    answers = [Prediction(Status.EMPTY), Prediction(Status.NO_THEME, sentiment=3)]
    assert said_sentiments(answers).tolist() == [UNTOLD, 3]


def test_an_evaluation_measures_sentiment_where_both_told_it() -> None:
    figures = four_comments_said(1, 3, None, 5).sentiment
    assert figures is not None
    assert figures.comments == 3
    assert figures.accuracy.value == pytest.approx(2 / 3)


def test_an_evaluation_of_a_tagger_that_tells_none_has_no_figures_of_it() -> None:
    assert four_comments_said(None, None, None, None).sentiment is None


def test_both_reports_show_sentiment_where_it_was_measured() -> None:
    heading = "How positive comments are"
    heard, silent = four_comments_said(1, 3, 3, 5), four_comments_said(None, None, None, None)
    assert heading in render_html(heard, {})
    assert heading not in render_html(silent, {}) + render_markdown(silent)
    markdown = render_markdown(heard)
    assert f"## {heading}" in markdown
    assert "Same sentiment: 0.75" in markdown
    assert "| 2 | 0 | 0 | 1 | 0 | 0 |" in markdown
