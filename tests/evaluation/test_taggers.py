from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluation import predictions_of, restricted, themes_with
from labelled_data import LabelledComment, distinct

if TYPE_CHECKING:
    from models import Tagger

POLISH = "bardzo długo czekałam na lekarza w poczekalni"


def comment(text: str, *themes: str) -> LabelledComment:
    return LabelledComment(
        id=text, text=text, question=None, themes=themes, sentiment=None, source_row=2
    )


def test_themes_with_enough_examples_come_in_codebook_order() -> None:
    comments = [comment("a", "parking", "waiting"), comment("b", "parking"), comment("c", "food")]
    themes = ("waiting", "food", "parking", "never")
    assert themes_with(comments, themes, 2) == ("parking",)
    assert themes_with(comments, themes, 1) == ("waiting", "food", "parking")
    assert themes_with(comments, themes, 0) == themes


def test_answers_stand_beside_what_people_said(tiny_tagger: Tagger) -> None:
    themes = tiny_tagger.codebook.theme_ids
    comments = [comment("waited 5 hours to be seen", "waiting"), comment("so kind", "parking")]
    found = predictions_of(tiny_tagger, distinct(comments, themes))
    assert found.themes == themes
    assert found.truth.tolist() == [[True, False, False], [False, False, True]]
    for place, answer in enumerate(tiny_tagger.tag([each.text for each in comments])):
        assert list(found.statuses or ())[place] == answer.status
        assert found.scores[place] == pytest.approx(answer.scores)
        given = [
            theme
            for theme, is_given in zip(themes, found.predicted[place], strict=True)
            if is_given
        ]
        assert tuple(given) == answer.themes


def test_a_comment_not_read_scores_0_and_gets_no_theme(tiny_tagger: Tagger) -> None:
    data = distinct([comment(POLISH, "waiting")], tiny_tagger.codebook.theme_ids)
    found = predictions_of(tiny_tagger, data)
    assert found.statuses == ["not_english"]
    assert found.scores.tolist() == [[0, 0, 0]]
    assert not found.predicted.any()


def test_more_comments_than_a_batch_keep_their_order(tiny_tagger: Tagger) -> None:
    phrases = {"waiting": "waited {} hours to be seen", "parking": "no parking within {} miles"}
    comments = [
        comment(phrase.format(n), theme) for n in range(140) for theme, phrase in phrases.items()
    ]
    found = predictions_of(tiny_tagger, distinct(comments, tiny_tagger.codebook.theme_ids))
    assert len(found) == 280
    assert (found.scores.argmax(axis=1) == found.truth.argmax(axis=1)).all()


def test_the_operating_point_decides_what_is_given(tiny_tagger: Tagger) -> None:
    texts = ["zzz", "so kind of a wait", "parking was ok", "5 pounds"]
    data = distinct([comment(text) for text in texts], tiny_tagger.codebook.theme_ids)
    balanced, recall = (
        predictions_of(tiny_tagger, data, point) for point in ("balanced", "recall")
    )
    assert (balanced.predicted <= recall.predicted).all()
    assert (balanced.scores == recall.scores).all()


def test_predictions_can_be_restricted_to_some_themes(tiny_tagger: Tagger) -> None:
    data = distinct(
        [comment("no parking within 2 miles", "parking")], tiny_tagger.codebook.theme_ids
    )
    found = predictions_of(tiny_tagger, data)
    some = restricted(found, ("parking", "waiting"))
    assert some.themes == ("parking", "waiting")
    assert some.truth.tolist() == [[True, False]]
    assert some.scores.tolist() == found.scores[:, [2, 0]].tolist()
    assert some.predicted.tolist() == found.predicted[:, [2, 0]].tolist()
    assert some.statuses == found.statuses
