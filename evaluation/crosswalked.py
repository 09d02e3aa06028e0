"""Measuring a model on comments that were coded with another codebook, through a crosswalk.

A crosswalk tells of some themes of some comments only; see `labelled_data.Crosswalk`. Each theme is
measured on the comments for which it tells. Those it leaves out are the doubtful ones, in which a
label of the other codebook may hide the theme, so that precision comes out on the high side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluation.bootstrap import (
    Counts,
    resampled_sums,
    resampled_weights,
    weighted_average_precision,
)
from evaluation.estimates import Estimate, EvaluationSettings, Result, percentile_estimate
from evaluation.measures import average_precisions, supported
from evaluation.metrics import Averages, rate_estimates
from evaluation.taggers import answered, answers_of
from labelled_data import CodebookError, LabelError, distinct, shipped_codebook, shipped_crosswalk

if TYPE_CHECKING:
    from evaluation.labelled import LabelledFile
    from evaluation.predictions import Flags, Floats, Predictions
    from labelled_data import Codebook, Crosswalk
    from models import Tagger


class CrosswalkedTheme(Averages):
    """Figures of one theme on the comments for which it is known.

    Args:
        theme: Its id.
        known: Comments for which it is known.
        support: Comments of these that carry it.
        average_precision: Area under the precision-recall curve, stepwise.
    """

    theme: str
    known: int
    support: int
    average_precision: Estimate


class Crosswalked(Result):
    """How well a tagger did on comments that were coded with another codebook.

    Args:
        source: Id of the codebook the comments were coded with.
        target: Id of the tagger's codebook.
        crosswalk_version: Version of the crosswalk between them.
        comments: Number of comments.
        settings: How this was measured.
        micro: Of all known comment and theme decisions pooled.
        by_theme: Figures of each theme with enough examples, codebook order.
    """

    source: str
    target: str
    crosswalk_version: str
    comments: int
    settings: EvaluationSettings
    micro: Averages
    by_theme: tuple[CrosswalkedTheme, ...]


def evaluate_crosswalked(
    tagger: Tagger, labelled: LabelledFile, operating_point: str = "balanced"
) -> Crosswalked:
    """Measure a model of another codebook on the published FFT comments.

    Themes with fewer examples than asked for, in the whole file, are left out.

    Raises:
        LabelError: There is no crosswalk to the model's codebook, or the file is not the
            published one.
        TableError: The file cannot be read.
        NothingToMeasureError: The part has no comment, or no theme has enough examples.
    """
    source, target = shipped_codebook("fft"), tagger.codebook
    comments = labelled.read(source)
    crosswalk = _crosswalk(source, target, labelled)
    whole = distinct(comments, source.theme_ids)
    whole = whole.with_targets(crosswalk.targets(whole, source, target))
    share = tagger.manifest.training.test_share
    data = whole.take(np.flatnonzero([labelled.takes(text, share) for text in whole.texts]))
    if not len(data):
        raise labelled.nothing_to_measure()
    kept = supported((whole.targets == 1).sum(axis=0), labelled.minimum_support)
    if not kept.any():
        raise labelled.too_few_examples()
    answers = answers_of(tagger, data, operating_point)
    data = data.with_targets(data.targets[:, kept])
    themes = tuple(theme for theme, keep in zip(target.theme_ids, kept, strict=True) if keep)
    known = ~np.isnan(data.targets)
    return measure_crosswalked(answered(answers, target, data, themes), known, crosswalk)


def measure_crosswalked(
    predictions: Predictions,
    known: Flags,
    crosswalk: Crosswalk,
    settings: EvaluationSettings | None = None,
) -> Crosswalked:
    """Measure themes that are known of some comments only.

    Args:
        predictions: The tagger's answers; the truth counts only where it is known.
        known: Where the crosswalk tells, shape (n_comments, n_themes).
        crosswalk: What told.
        settings: How to measure.
    """
    settings = settings or EvaluationSettings()
    point, draws = _counts(predictions, known, settings)
    micro = rate_estimates(point.pooled().rates(), draws.pooled().rates())
    return Crosswalked(
        source=crosswalk.source,
        target=crosswalk.target,
        crosswalk_version=crosswalk.version,
        comments=len(predictions),
        settings=settings,
        micro=Averages(**micro),
        by_theme=_by_theme(predictions, known, point.rates(), draws.rates(), settings),
    )


def _crosswalk(source: Codebook, target: Codebook, labelled: LabelledFile) -> Crosswalk:
    try:
        return shipped_crosswalk(source.id, target.id)
    except CodebookError as error:
        raise LabelError(
            f"{labelled.path} has themes of the codebook {source.id!r}: {error}"
        ) from error


def _counts(
    predictions: Predictions, known: Flags, settings: EvaluationSettings
) -> tuple[Counts, Counts]:
    """Counts of the comments, shape (n_themes,), and of resamples, (resamples, n_themes)."""
    truth, predicted = predictions.truth, predictions.predicted
    flags = np.stack([truth & predicted, ~truth & predicted, truth & ~predicted]) & known
    point = Counts(*flags.sum(axis=1).astype(float))
    sums = resampled_sums(np.concatenate(list(flags), axis=1), settings)
    return point, Counts(*np.split(sums, 3, axis=1))


def _by_theme(
    predictions: Predictions,
    known: Flags,
    point: Floats,
    draws: Floats,
    settings: EvaluationSettings,
) -> tuple[CrosswalkedTheme, ...]:
    return tuple(
        CrosswalkedTheme(
            theme=theme,
            known=int(known[:, i].sum()),
            support=int(predictions.truth[known[:, i], i].sum()),
            average_precision=_average_precision(predictions, known, i, settings),
            **rate_estimates(point[:, i], draws[..., i]),
        )
        for i, theme in enumerate(predictions.themes)
    )


def _average_precision(
    predictions: Predictions, known: Flags, theme: int, settings: EvaluationSettings
) -> Estimate:
    rows = np.flatnonzero(known[:, theme])
    truth, scores = predictions.truth[rows, theme], predictions.scores[rows, theme]
    (point,) = average_precisions(truth[:, None], scores[:, None])
    batches = resampled_weights(len(predictions), settings.ranking_resamples, settings.seed)
    draws = [weighted_average_precision(truth, scores, weights[:, rows]) for weights in batches]
    return percentile_estimate(point, np.concatenate(draws))
