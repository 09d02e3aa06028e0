from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from labelled_data import DataError, DistinctComments, Polarity, Span, distinct
from tests.training.drawn_comments import comment, distinct_comments
from training.transfer import ELSEWHERE, gather_transfer

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

GOOD = "What was good?"
DATA = distinct(
    [
        comment("The nurse was kind. But I waited all day! Ok.", question=GOOD),
        comment("Parking is dear", question="Why?"),
        comment("Nobody came. I waited all day", question=GOOD),
    ],
    ("waiting",),
)


def test_sentences_of_longer_comments_stand_alone_once_with_their_question() -> None:
    transfer = gather_transfer(DATA, [], seed=0)
    assert transfer.comments.texts == ("The nurse was kind.", "But I waited all day!",
                                       "Nobody came.", "I waited all day")  # fmt: skip
    assert set(transfer.comments.questions) == {GOOD}
    assert transfer.origins.tolist() == [0, 0, 2, 2]


def test_sentences_of_comments_that_are_held_out_can_be_left_out() -> None:
    transfer = gather_transfer(DATA, [], seed=0)
    assert transfer.without(np.array([0])).tolist() == [2, 3]
    assert transfer.without(np.array([], dtype=int)).tolist() == [0, 1, 2, 3]


@given(data=distinct_comments())
def test_a_sentence_of_a_comment_without_a_theme_has_it_absent(data: DistinctComments) -> None:
    transfer = gather_transfer(data, [], seed=0)
    for origin, targets in zip(transfer.origins, transfer.comments.targets, strict=True):
        absent = data.targets[origin] == 0
        assert not targets[absent].any()
        assert not np.isnan(targets[absent]).any()


@given(data=distinct_comments())
def test_a_theme_that_was_shown_is_in_the_sentences_shown_and_in_no_other(
    data: DistinctComments,
) -> None:
    transfer = gather_transfer(data, [], seed=0)
    for row, origin in enumerate(transfer.origins.tolist()):
        for theme, spans in data.evidence[origin].items():
            shown = [span.of(data.texts[origin]) for span in spans]
            present = transfer.comments.texts[row] in shown
            assert transfer.comments.targets[row, theme] == present


@given(data=distinct_comments())
def test_what_was_neither_denied_nor_shown_stays_unknown_of_a_sentence(
    data: DistinctComments,
) -> None:
    transfer = gather_transfer(data, [], seed=0)
    for row, origin in enumerate(transfer.origins.tolist()):
        for theme, target in enumerate(data.targets[origin].tolist()):
            if target != 0 and theme not in data.evidence[origin]:
                assert np.isnan(transfer.comments.targets[row, theme])


@given(data=distinct_comments())
def test_a_sentence_that_shows_a_theme_speaks_of_it_as_the_whole_does_unless_that_is_mixed(
    data: DistinctComments,
) -> None:
    transfer = gather_transfer(data, [], seed=0)
    for row, origin in enumerate(transfer.origins.tolist()):
        for theme in range(data.targets.shape[1]):
            tone = transfer.comments.polarity[row, theme]
            whole = data.polarity[origin, theme]
            shown = transfer.comments.targets[row, theme] == 1
            if shown and not np.array_equal(whole, [1, 1]):
                assert np.array_equal(tone, whole, equal_nan=True)
            else:
                assert np.isnan(tone).all()


@given(data=distinct_comments())
def test_a_sentence_has_no_sentiment_and_no_evidence_of_its_own(data: DistinctComments) -> None:
    comments = gather_transfer(data, [], seed=0).comments
    assert np.isnan(comments.sentiments).all()
    assert not any(comments.evidence)


def test_a_mixed_comment_does_not_say_which_sentence_praises() -> None:
    text = "The nurse was kind. The doctor was not."
    spans = (Span(0, 19), Span(20, len(text)))
    said = comment(text, "manner", polarity={"manner": Polarity.MIXED}, evidence={"manner": spans})
    sentences = gather_transfer(distinct([said], ("manner",)), [], seed=0).comments
    assert sentences.targets.tolist() == [[1], [1]]
    assert np.isnan(sentences.polarity).all()


def test_unlabelled_comments_get_a_question_that_was_asked(tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text(
        "text\nQueued outside in the rain\n...\nMuszę długo czekać na lekarza\n", "utf-8"
    )
    transfer = gather_transfer(DATA, [file], seed=0)
    assert transfer.comments.texts[4:] == ("Queued outside in the rain",)
    assert transfer.comments.questions[4] in DATA.questions
    assert transfer.origins[4] == ELSEWHERE


def test_of_unlabelled_comments_nothing_is_known(tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text("text\nQueued outside in the rain\n", "utf-8")
    comments = gather_transfer(DATA, [file], seed=0).comments
    assert np.isnan(comments.targets[4]).all()
    assert np.isnan(comments.polarity[4]).all()


def test_a_labelled_comment_is_not_learnt_once_more_as_an_unlabelled_one(tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text("text\nPARKING is dear!\nNobody waited outside\n", "utf-8")
    assert gather_transfer(DATA, [file], seed=0).comments.texts[4:] == ("Nobody waited outside",)


def test_a_file_without_texts_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text("comment\nQueued\n", "utf-8")
    with pytest.raises(DataError, match="no column 'text'"):
        gather_transfer(DATA, [file], seed=0)
