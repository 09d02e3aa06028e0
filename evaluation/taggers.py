"""Measuring a tagger on labelled comments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from evaluation.estimates import EvaluationSettings
from evaluation.evidence import measure_evidence
from evaluation.metrics import evaluate
from evaluation.polarity import measure_polarity, said_polarities, told_polarities
from evaluation.predictions import Predictions
from evaluation.sentiment import measure_sentiment, said_sentiments, told_sentiments
from labelled_data import unlabelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.metrics import Evaluation
    from labelled_data import Codebook, DistinctComments, LabelledComment
    from models import OperatingPoint, Prediction

BATCH = 256


class CommentTagger(Protocol):
    """What is asked of a tagger to measure it; `models.Tagger` is one."""

    @property
    def codebook(self) -> Codebook:
        """The codebook whose themes it gives."""

    def tag(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        operating_point: OperatingPoint | str = "balanced",
    ) -> list[Prediction]:
        """Tag comments, one prediction each, in order."""


class RememberingTagger:
    """A tagger that is asked but once for each comment, since equal ones have equal answers.

    Args:
        tagger: The tagger.
    """

    def __init__(self, tagger: CommentTagger) -> None:
        self._tagger = tagger
        self._answers: dict[tuple[str, str | None, str], Prediction] = {}

    @property
    def codebook(self) -> Codebook:
        """The codebook whose themes it gives."""
        return self._tagger.codebook

    def tag(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        operating_point: OperatingPoint | str = "balanced",
    ) -> list[Prediction]:
        """Tag comments, one prediction each, in order."""
        if questions is None or isinstance(questions, str):
            questions = [questions] * len(texts)
        point = str(operating_point)
        keys = [(*pair, point) for pair in zip(texts, questions, strict=True)]
        new = [key for key in dict.fromkeys(keys) if key not in self._answers]
        if new:
            asked, about = [text for text, _, _ in new], [question for _, question, _ in new]
            self._answers.update(
                zip(new, self._tagger.tag(asked, about, operating_point), strict=True)
            )
        return [self._answers[key] for key in keys]


def themes_with(
    comments: Sequence[LabelledComment], themes: Sequence[str], minimum: int
) -> tuple[str, ...]:
    """Give the themes that at least ``minimum`` labelled comments carry, in codebook order."""
    counts = dict.fromkeys(themes, 0)
    for comment in comments:
        for theme in comment.themes:
            counts[theme] += 1
    return tuple(theme for theme in themes if counts[theme] >= minimum)


def evaluate_tagger(
    tagger: CommentTagger,
    data: DistinctComments,
    themes: Sequence[str],
    operating_point: OperatingPoint | str = "balanced",
    settings: EvaluationSettings | None = None,
) -> Evaluation:
    """Measure a tagger on comments: themes, and what else people told of them.

    Args:
        tagger: The tagger.
        data: Comments whose targets have a column for each theme of the tagger's codebook.
        themes: Ids of the themes to measure, all of the codebook.
        operating_point: Which thresholds to use.
        settings: How to measure.

    Raises:
        InvalidPredictionsError: There is no comment, or no theme.
    """
    settings = settings or EvaluationSettings()
    ids = tagger.codebook.theme_ids
    answers = answers_of(tagger, data, operating_point)
    kept = with_themes(data, [ids.index(theme) for theme in themes])
    evaluation = evaluate(answered(answers, tagger.codebook, kept, themes), settings)
    told, said = told_polarities(kept), said_polarities(answers, themes)
    return evaluation.model_copy(
        update={
            "polarity": measure_polarity(told, said, themes, settings),
            "evidence": measure_evidence(kept, answers, themes, settings),
            "sentiment": measure_sentiment(
                told_sentiments(kept), said_sentiments(answers), settings
            ),
        }
    )


def predictions_of(
    tagger: CommentTagger,
    data: DistinctComments,
    operating_point: OperatingPoint | str = "balanced",
) -> Predictions:
    """Tag comments and put the answers beside what people said.

    Args:
        tagger: The tagger.
        data: Comments whose targets have a column for each theme of the tagger's codebook.
        operating_point: Which thresholds to use.

    Returns:
        Scores of 0 stand for comments the tagger did not read.
    """
    answers = answers_of(tagger, data, operating_point)
    return answered(answers, tagger.codebook, data, tagger.codebook.theme_ids)


def predictions_by_comment(
    tagger: CommentTagger,
    comments: Sequence[LabelledComment],
    themes: Sequence[str],
    operating_point: OperatingPoint | str = "balanced",
) -> Predictions:
    """Tag comments and put the answers beside what people said, equal comments each for itself.

    Args:
        tagger: The tagger.
        comments: The comments, which are of several people even where their words are the same.
        themes: Ids of the themes to measure, all of the codebook.
        operating_point: Which thresholds to use.
    """
    texts, questions = [each.text for each in comments], [each.question for each in comments]
    truth = np.array([[theme in each.themes for theme in themes] for each in comments], dtype=float)
    data = unlabelled(texts, questions, len(themes)).with_targets(truth)
    return answered(answers_of(tagger, data, operating_point), tagger.codebook, data, themes)


def answers_of(
    tagger: CommentTagger,
    data: DistinctComments,
    operating_point: OperatingPoint | str = "balanced",
) -> list[Prediction]:
    """Tag comments, some hundred at a time; one answer each, in order."""
    answers: list[Prediction] = []
    for start in range(0, len(data), BATCH):
        part = slice(start, start + BATCH)
        answers += tagger.tag(data.texts[part], data.questions[part], operating_point)
    return answers


def answered(
    answers: Sequence[Prediction],
    codebook: Codebook,
    data: DistinctComments,
    themes: Sequence[str],
) -> Predictions:
    """Put a tagger's answers beside what people said.

    Args:
        answers: One a comment.
        codebook: The tagger's.
        data: Comments whose targets have a column for each of the themes.
        themes: Theme ids of the codebook.

    Returns:
        Scores of 0 stand for comments the tagger did not read.

    Raises:
        InvalidPredictionsError: There is no comment, or no theme.
    """
    ids = codebook.theme_ids
    unread = (0.0,) * len(ids)
    scores = np.array([answer.scores or unread for answer in answers], dtype=float)
    columns = [ids.index(theme) for theme in themes]
    given = [set(answer.themes) for answer in answers]
    predicted = np.array([[theme in each for theme in themes] for each in given], dtype=bool)
    return Predictions(
        truth=data.labels,
        scores=scores.reshape(len(answers), len(ids))[:, columns],
        predicted=predicted,
        themes=tuple(themes),
        statuses=[answer.status.value for answer in answers],
    )


def with_themes(data: DistinctComments, columns: Sequence[int]) -> DistinctComments:
    """Leave only some themes of comments.

    Args:
        data: The comments.
        columns: Columns of these themes in the targets; they become the first, second and so on.
    """
    places = {column: place for place, column in enumerate(columns)}
    evidence = (
        {places[column]: spans for column, spans in told.items() if column in places}
        for told in data.evidence
    )
    return replace(
        data,
        targets=data.targets[:, columns],
        polarity=data.polarity[:, columns],
        evidence=tuple(evidence),
    )


def restricted(predictions: Predictions, themes: Sequence[str]) -> Predictions:
    """Leave only some themes, in their order."""
    columns = [predictions.themes.index(theme) for theme in themes]
    return Predictions(
        truth=predictions.truth[:, columns],
        scores=predictions.scores[:, columns],
        predicted=predictions.predicted[:, columns],
        themes=tuple(themes),
        statuses=predictions.statuses,
    )
