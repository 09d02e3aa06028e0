"""What one model gains and loses against another on the same comments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from evaluation.bootstrap import Measured, measured
from evaluation.errors import InvalidPredictionsError
from evaluation.estimates import (
    Estimate,
    EvaluationSettings,
    Result,
    defined,
    percentile_estimate,
)
from evaluation.measures import Measures, supported
from evaluation.polarity import PolarityFigures, measure_polarity, polarity_gain

if TYPE_CHECKING:
    from evaluation.polarity import Places
    from evaluation.predictions import Floats, Predictions

Verdict = Literal["better", "worse", ""]


class ComparedModel(Result):
    """A model of a comparison, and the codebook it tags with."""

    id: str
    version: str
    codebook: str
    codebook_version: str


class Change(Result):
    """A figure of both models.

    Args:
        old: The old model's; None where undefined.
        new: The new model's.
        difference: New less old, with a paired bootstrap interval: both models are measured on the
            same resamples, so what is hard for both cancels out.
    """

    old: float | None
    new: float | None
    difference: Estimate

    @property
    def verdict(self) -> Verdict:
        """Which way the interval leaves out 0; nothing where it does not."""
        if self.difference.low is not None and self.difference.low > 0:
            return "better"
        if self.difference.high is not None and self.difference.high < 0:
            return "worse"
        return ""


class ThemeChange(Result):
    """F1 of one theme; `support` is the comments that carry it."""

    theme: str
    support: int
    f1: Change


class OverallChange(Result):
    """Figures over all themes; precision and recall are those of all decisions pooled."""

    micro_f1: Change
    macro_f1: Change
    mean_average_precision: Change
    precision: Change
    recall: Change


class PolarityChange(Result):
    """Polarity of both models.

    Args:
        old: The old model's figures, on the tags it gave; None where it or nobody told.
        new: The new model's, on the tags that it gave.
        difference: Accuracy, new less old, on the tags of which both models told, with a paired
            bootstrap interval.
    """

    old: PolarityFigures | None
    new: PolarityFigures | None
    difference: Estimate


class Comparison(Result):
    """What a new model gains and loses against an old one.

    Args:
        old: The old model.
        new: The new model.
        comments: Number of comments both were measured on.
        settings: How this was measured.
        macro_themes: Ids of the themes with enough examples for the macro averages.
        left_out: Ids of themes that only one of the two codebooks has.
        changed_comments: Comments whose themes are not the same.
        overall: Figures over all themes.
        by_theme: Figures of each theme, codebook order.
        polarity: None where nobody told, or neither model.
    """

    old: ComparedModel
    new: ComparedModel
    comments: int
    settings: EvaluationSettings
    macro_themes: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    changed_comments: int
    overall: OverallChange
    by_theme: tuple[ThemeChange, ...]
    polarity: PolarityChange | None = None


@dataclass(frozen=True, eq=False)
class ModelAnswers:
    """One model's answers to the comments of a comparison.

    Args:
        model: Which model.
        predictions: Its themes beside those people gave.
        polarity: The polarities it told, see `said_polarities`.
    """

    model: ComparedModel
    predictions: Predictions
    polarity: Places


def compare_answers(
    old: ModelAnswers,
    new: ModelAnswers,
    told: Places,
    *,
    left_out: tuple[str, ...] = (),
    settings: EvaluationSettings | None = None,
) -> Comparison:
    """Compare the answers of two models to the same comments.

    Args:
        old: The old model's answers.
        new: The new model's, for the same themes in the same order.
        told: Polarities people told, see `told_polarities`.
        left_out: Ids of themes that only one of the two codebooks has.
        settings: How to measure.

    Raises:
        InvalidPredictionsError: The answers are for other themes, or to other comments.
    """
    _check_same(old.predictions, new.predictions)
    settings = settings or EvaluationSettings()
    themes, support = new.predictions.themes, new.predictions.support
    kept = supported(support, settings.minimum_support)
    before, after = (measured(each.predictions, kept, settings) for each in (old, new))
    changed = (old.predictions.predicted != new.predictions.predicted).any(axis=1)
    return Comparison(
        old=old.model,
        new=new.model,
        comments=len(new.predictions),
        settings=settings,
        macro_themes=tuple(theme for theme, keep in zip(themes, kept, strict=True) if keep),
        left_out=left_out,
        changed_comments=int(changed.sum()),
        overall=_overall(before, after),
        by_theme=_by_theme(before, after),
        polarity=_polarity(old, new, told, settings),
    )


def _check_same(old: Predictions, new: Predictions) -> None:
    if old.themes != new.themes:
        raise InvalidPredictionsError("the models' answers are not for the same themes")
    if not np.array_equal(old.truth, new.truth):
        raise InvalidPredictionsError("the models' answers are not to the same comments")


def _headlines(measures: Measures) -> dict[str, Floats]:
    """The compared figures over all themes, each of shape () or (resamples,)."""
    precision, recall, f1 = measures.micro
    return {
        "micro_f1": f1,
        "macro_f1": measures.macro[2],
        "mean_average_precision": measures.mean_average_precision,
        "precision": precision,
        "recall": recall,
    }


def _overall(before: Measured, after: Measured) -> OverallChange:
    points = _headlines(before.point), _headlines(after.point)
    draws = _headlines(before.draws), _headlines(after.draws)
    return OverallChange(
        **{
            figure: _change(*(each[figure] for each in (*points, *draws)))
            for figure in OverallChange.model_fields
        }
    )


def _by_theme(before: Measured, after: Measured) -> tuple[ThemeChange, ...]:
    f1 = [each.by_theme[2].T for each in (before.point, after.point, before.draws, after.draws)]
    predictions = after.predictions
    return tuple(
        ThemeChange(theme=theme, support=int(support), f1=_change(*figures))
        for theme, support, *figures in zip(
            predictions.themes, predictions.support, *f1, strict=True
        )
    )


def _change(old: Floats, new: Floats, old_draws: Floats, new_draws: Floats) -> Change:
    """Compare figures of shape () by their draws of shape (resamples,)."""
    return Change(
        old=defined(float(old)),
        new=defined(float(new)),
        difference=percentile_estimate(float(new - old), new_draws - old_draws),
    )


def _polarity(
    old: ModelAnswers, new: ModelAnswers, told: Places, settings: EvaluationSettings
) -> PolarityChange | None:
    themes = new.predictions.themes
    before, after = (measure_polarity(told, each.polarity, themes, settings) for each in (old, new))
    if before is None and after is None:
        return None
    gain = polarity_gain(told, old.polarity, new.polarity, settings)
    return PolarityChange(old=before, new=after, difference=gain)
