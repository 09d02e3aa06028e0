"""The evaluation of a tagger: one frozen record of numbers, rendered elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from evaluation.bootstrap import measured
from evaluation.calibration import Calibration, measure_calibration, theme_errors
from evaluation.confusions import ThemeConfusion, theme_confusions
from evaluation.cost_curves import CostCurves, cost_curves
from evaluation.coverage import StatusShare, coverage
from evaluation.estimates import Estimate, EvaluationSettings, Result, percentile_estimate
from evaluation.evidence import EvidenceFigures  # noqa: TC001 - pydantic reads it
from evaluation.group_figures import GroupFigures  # noqa: TC001 - pydantic reads it
from evaluation.measures import Measures, supported
from evaluation.polarity import PolarityFigures  # noqa: TC001 - pydantic reads it
from evaluation.sentiment import SentimentFigures  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from evaluation.predictions import Floats, Predictions


class Averages(Result):
    """Precision, recall and F1 with bootstrap intervals."""

    precision: Estimate
    recall: Estimate
    f1: Estimate


class ThemeFigures(Averages):
    """Figures of one theme.

    Args:
        theme: Its id.
        support: Comments that carry it.
        predicted: Comments the tagger gave it to.
        average_precision: Area under the precision-recall curve, stepwise.
        calibration_error: The theme's own expected calibration error.
    """

    theme: str
    support: int
    predicted: int
    average_precision: Estimate
    calibration_error: float


class Overall(Result):
    """Figures over all themes.

    Args:
        micro: Of all comment and theme decisions pooled.
        macro: Mean over the macro themes. Macro precision leaves out themes never predicted,
            which have none: see `Evaluation.never_predicted`.
        weighted: Mean over all themes by the comments that carry each.
        exact_match: Share of comments with every theme right.
        mean_average_precision: Mean over the macro themes.
    """

    micro: Averages
    macro: Averages
    weighted: Averages
    exact_match: Estimate
    mean_average_precision: Estimate


class EffortFigures(Result):
    """What a tagger does on the same comments at another effort; None where it is not defined."""

    micro_f1: float | None
    macro_f1: float | None


class Evaluation(Result):
    """How well a tagger did.

    Args:
        comments: Number of comments.
        settings: How this was measured.
        macro_themes: Ids of the themes with enough examples for the macro averages.
        overall: Figures over all themes.
        by_theme: Figures of each theme, codebook order.
        statuses: Comments by status; empty where the system gives none.
        calibration: Whether scores are probabilities.
        cost: Recall against comments to read.
        by_group: Figures of the groups of each characteristic that was asked for. They are of all
            comments, while the others are of distinct ones.
        confusions: Themes most often given in comments that carry another, which was missed.
        polarity: Whether themes are said to be spoken of as they are; None where nobody told.
        evidence: Whether the places shown carry the themes; None where nobody told.
        sentiment: Whether comments are said to be as positive as they are; None where nobody told.
        by_effort: Figures of other efforts than the one that was measured, where there are any.
    """

    comments: int
    settings: EvaluationSettings
    macro_themes: tuple[str, ...]
    overall: Overall
    by_theme: tuple[ThemeFigures, ...]
    statuses: tuple[StatusShare, ...]
    calibration: Calibration
    cost: CostCurves
    by_group: dict[str, tuple[GroupFigures, ...]]
    confusions: tuple[ThemeConfusion, ...] = ()
    polarity: PolarityFigures | None = None
    evidence: EvidenceFigures | None = None
    sentiment: SentimentFigures | None = None
    by_effort: dict[str, EffortFigures] = Field(default_factory=dict)

    @property
    def never_predicted(self) -> tuple[str, ...]:
        """Ids of themes that comments carry and the tagger never gave."""
        return tuple(each.theme for each in self.by_theme if each.support and not each.predicted)


def evaluate(predictions: Predictions, settings: EvaluationSettings | None = None) -> Evaluation:
    """Measure a tagger.

    Args:
        predictions: The tagger's answers for comments whose themes are known.
        settings: How to measure.

    Raises:
        UnknownStatusError: If a comment has a status the tagger cannot give.
    """
    settings = settings or EvaluationSettings()
    macro_themes = supported(predictions.support, settings.minimum_support)
    figures = measured(predictions, macro_themes, settings)
    return Evaluation(
        comments=len(predictions),
        settings=settings,
        macro_themes=tuple(
            theme for theme, kept in zip(predictions.themes, macro_themes, strict=True) if kept
        ),
        overall=_overall(figures.point, figures.draws),
        by_theme=_by_theme(predictions, figures.point, figures.draws, settings.bins),
        statuses=() if predictions.statuses is None else coverage(predictions.statuses),
        calibration=measure_calibration(predictions, macro_themes, settings.bins),
        cost=cost_curves(predictions),
        by_group={},
        confusions=theme_confusions(predictions),
    )


def rate_estimates(point: Floats, draws: Floats) -> dict[str, Estimate]:
    """Give the estimates of precision, recall and F1, by name.

    Args:
        point: On the comments themselves, shape (3,).
        draws: On every resample, shape (3, resamples).
    """
    names = ("precision", "recall", "f1")
    return {name: percentile_estimate(point[i], draws[i]) for i, name in enumerate(names)}


def _overall(point: Measures, draws: Measures) -> Overall:
    return Overall(
        micro=Averages(**rate_estimates(point.micro, draws.micro)),
        macro=Averages(**rate_estimates(point.macro, draws.macro)),
        weighted=Averages(**rate_estimates(point.weighted, draws.weighted)),
        exact_match=percentile_estimate(float(point.exact_match), draws.exact_match),
        mean_average_precision=percentile_estimate(
            float(point.mean_average_precision), draws.mean_average_precision
        ),
    )


def _by_theme(
    predictions: Predictions, point: Measures, draws: Measures, bins: int
) -> tuple[ThemeFigures, ...]:
    errors = theme_errors(predictions, bins)
    predicted = predictions.predicted.sum(axis=0)
    return tuple(
        ThemeFigures(
            theme=theme,
            support=int(predictions.support[i]),
            predicted=int(predicted[i]),
            average_precision=percentile_estimate(
                point.average_precision[i], draws.average_precision[:, i]
            ),
            calibration_error=float(errors[i]),
            **rate_estimates(point.by_theme[..., i], draws.by_theme[..., i]),
        )
        for i, theme in enumerate(predictions.themes)
    )
