from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from evaluation import (
    InvalidPredictionsError,
    evaluate,
    evaluate_tagger,
    predictions_of,
    restricted,
    themes_with,
)
from evaluation.taggers import RememberingTagger, predictions_by_comment, with_themes
from labelled_data import Polarity, distinct, numbered_sentences
from models import Tag
from tests.evaluation.fakes import ScriptedTagger, codebook, comment, tagged
from tests.evaluation.strategies import QUICK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models import OperatingPoint, Prediction, Tagger

POLISH = "bardzo długo czekałam na lekarza w poczekalni"


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


def test_equal_comments_stand_each_for_itself_with_what_was_said_of_it(
    tiny_tagger: Tagger,
) -> None:
    comments = [comment("so kind", "kindness"), comment("so kind"), comment("so kind", "parking")]
    found = predictions_by_comment(tiny_tagger, comments, ("kindness", "parking"))
    assert found.truth.tolist() == [[True, False], [False, False], [False, True]]
    assert (found.predicted == found.predicted[0]).all()


@dataclass(frozen=True)
class ListeningTagger(ScriptedTagger):
    """Keeps what it is asked."""

    asked: list[str] = field(default_factory=list)

    def tag(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        operating_point: OperatingPoint | str = "balanced",
    ) -> list[Prediction]:
        self.asked.extend(texts)
        return super().tag(texts, questions, operating_point)


def test_a_comment_is_tagged_once_however_often_it_is_asked_for() -> None:
    listening = ListeningTagger(codebook("food"), {"a": tagged(Tag("food", 0.9))})
    tagger = RememberingTagger(listening)
    assert [each.themes for each in tagger.tag(["a", "b", "a"])] == [("food",), (), ("food",)]
    assert [each.themes for each in tagger.tag(["b", "a"], [None, "Why?"])] == [(), ("food",)]
    assert listening.asked == ["a", "b", "a"]
    assert tagger.tag([]) == []


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


LUNCH = "Lunch was cold. Nurses were kind."
COLD, KIND = numbered_sentences(LUNCH)
SCRIPTED = ScriptedTagger(
    codebook("parking", "staff", "food"),
    {
        LUNCH: tagged(
            Tag("parking", 0.6, Polarity.NEUTRAL, (COLD,)),
            Tag("staff", 0.9, Polarity.POSITIVE, (KIND,)),
            Tag("food", 0.8, Polarity.POSITIVE, (KIND,)),
        ),
        "So dear": tagged(Tag("parking", 0.9, Polarity.NEGATIVE)),
    },
)
TOLD = distinct(
    [
        comment(
            LUNCH,
            "staff",
            "food",
            polarity={"staff": Polarity.POSITIVE, "food": Polarity.NEGATIVE},
            evidence={"staff": (KIND,), "food": (COLD,)},
        ),
        comment("So dear", "parking", polarity={"parking": Polarity.NEGATIVE}),
    ],
    SCRIPTED.codebook.theme_ids,
)


def test_a_tagger_is_measured_on_themes_polarity_and_evidence() -> None:
    evaluation = evaluate_tagger(SCRIPTED, TOLD, SCRIPTED.codebook.theme_ids, settings=QUICK)
    assert evaluation.overall.micro.recall.value == 1
    assert evaluation.overall.micro.precision.value == pytest.approx(3 / 4)
    assert evaluation.polarity is not None
    assert evaluation.polarity.tags == 3
    assert evaluation.polarity.accuracy.value == pytest.approx(2 / 3)
    assert evaluation.polarity.confusion[Polarity.NEGATIVE][Polarity.POSITIVE] == 1
    assert evaluation.evidence is not None
    assert (evaluation.evidence.tags, evaluation.evidence.overlap.value) == (2, 0.5)


@pytest.mark.parametrize(
    ("theme", "accuracy", "overlap"), [("staff", 1, 1), ("food", 0, 0), ("parking", 1, None)]
)
def test_only_the_themes_asked_for_are_measured(
    theme: str, accuracy: float, overlap: float | None
) -> None:
    evaluation = evaluate_tagger(SCRIPTED, TOLD, [theme], settings=QUICK)
    assert [each.theme for each in evaluation.by_theme] == [theme]
    assert evaluation.polarity is not None
    assert [(each.theme, each.accuracy.value) for each in evaluation.polarity.by_theme] == [
        (theme, accuracy)
    ]
    shown = None if evaluation.evidence is None else evaluation.evidence.overlap.value
    assert shown == overlap


def test_without_polarity_and_evidence_it_is_the_evaluation_of_the_answers(
    tiny_tagger: Tagger,
) -> None:
    data = distinct([comment("so kind", "kindness")], tiny_tagger.codebook.theme_ids)
    themes = ("kindness", "waiting")
    expected = evaluate(restricted(predictions_of(tiny_tagger, data), themes))
    assert evaluate_tagger(tiny_tagger, data, themes) == expected


def test_no_comment_to_measure_is_told() -> None:
    with pytest.raises(InvalidPredictionsError, match="no comment"):
        evaluate_tagger(SCRIPTED, distinct([], SCRIPTED.codebook.theme_ids), ["food"])


def test_leaving_some_themes_keeps_what_people_said_of_them() -> None:
    some = with_themes(TOLD, [2, 0])
    asked = distinct(
        [
            comment(
                LUNCH,
                "food",
                polarity={"food": Polarity.NEGATIVE},
                evidence={"food": (COLD,)},
            ),
            comment("So dear", "parking", polarity={"parking": Polarity.NEGATIVE}),
        ],
        ("food", "parking"),
    )
    assert some.targets.tolist() == asked.targets.tolist()
    assert some.polarity == pytest.approx(asked.polarity, nan_ok=True)
    assert some.evidence == asked.evidence
