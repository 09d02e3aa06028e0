"""Learning the decision (blend, calibration, thresholds) from out-of-fold log-odds.

Out of fold means that each comment was scored by models that had not seen it, so what is learned
here holds for comments never seen. Rare themes have few examples to learn from: their calibration
and thresholds are drawn towards those common to all themes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from labelled_data import BLAME, PRAISE
from models.decision import Decision, PolarityRule
from models.predictions import OperatingPoint

if TYPE_CHECKING:
    import numpy.typing as npt

    from training.recipe import DecisionPart

    Floats = npt.NDArray[np.floating]
    Bools = npt.NDArray[np.bool_]

BLENDS = np.linspace(0, 1, 21)
POLARITY_CUTS = tuple(float(cut) for cut in np.linspace(-2, 2, 17))
LOWEST, HIGHEST = 0.01, 0.95
FEW = 5
"""Examples of a theme; the F1 of fewer is chance."""


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Log-odds of comments by models that had not seen them, and what people said.

    Attributes:
        encoder: (n, themes) log-odds.
        ngrams: (n, themes) log-odds.
        targets: (n, themes) shares of people who gave the theme, 0 to 1.
        polarity: (n, themes, 2) log-odds of praise and of blame.
        polarity_targets: (n, themes, 2) shares of people who found them, NaN where nobody said.
    """

    encoder: Floats
    ngrams: Floats
    targets: Floats
    polarity: Floats
    polarity_targets: Floats

    def blended(self, weight: float) -> Floats:
        """Mix the two models' log-odds, the encoder's with this weight."""
        mixed: Floats = weight * self.encoder + (1 - weight) * self.ngrams
        return mixed


def decide(scored: OutOfFold, settings: DecisionPart) -> Decision:
    """Learn the decision: the blend first, then calibration of it, then thresholds of that."""
    labels = scored.targets >= 0.5
    weight = best_blend(scored)
    blended = scored.blended(weight)
    slopes, intercepts = calibrate(blended, scored.targets, settings.calibration_shrinkage)
    scores = expit(slopes * blended + intercepts)
    known = labels.sum(axis=0) >= FEW
    balanced = balanced_thresholds(scores, known, settings.micro_share)
    recall = np.minimum(recall_thresholds(scores, settings.recall_weight), balanced)
    return Decision(
        encoder_weight=weight,
        slopes=tuple(slopes),
        intercepts=tuple(intercepts),
        thresholds={
            OperatingPoint.BALANCED: tuple(balanced),
            OperatingPoint.RECALL: tuple(recall),
        },
        unsure_from=unsure_from(scores / balanced, labels, settings.unsure_share),
        polarity=polarity_rule(scored.polarity[labels], scored.polarity_targets[labels]),
        evidence_share=settings.evidence_share,
    )


def spread_as(scores: Floats, others: Floats) -> Floats:
    """Give scores in the order they are in, but spread as others: the n-th highest becomes theirs.

    Of comments that one model has seen and another has not, the other shows which are told rightly,
    while how far the one's scores go is its own: cuts learnt on the other's alone would not fit it.

    Args:
        scores: (n,) log-odds by the one that has not seen the comments.
        others: (n,) log-odds of the same by the one that will decide.
    """
    spread = np.empty(len(scores))
    spread[np.argsort(scores, kind="stable")] = np.sort(others)
    return spread


def polarity_rule(logits: Floats, targets: Floats) -> PolarityRule:
    """Find the rule that tells the polarity of most tags rightly.

    Args:
        logits: (tags, 2) log-odds of praise and of blame.
        targets: (tags, 2) shares of people who found them; tags with NaN are passed over.
    """
    known = ~np.isnan(targets).any(axis=1)
    praise, blame = logits[known, PRAISE], logits[known, BLAME]
    said = targets[known] >= 0.5
    mixed: Bools = np.asarray(said.all(axis=1))
    neutral: Bools = ~np.asarray(said.any(axis=1))
    right_side = (praise > blame) == said[:, PRAISE]
    one_sided = right_side & ~mixed & ~neutral
    low, high = np.minimum(praise, blame), np.maximum(praise, blame)
    tried = [
        (_right(low >= cut, high < floor, mixed, neutral, one_sided), -abs(cut), -abs(floor), i, j)
        for i, cut in enumerate(POLARITY_CUTS)
        for j, floor in enumerate(POLARITY_CUTS)
    ]
    *_, i, j = max(tried)
    return PolarityRule(mixed_from=POLARITY_CUTS[i], neutral_below=POLARITY_CUTS[j])


def _right(as_mixed: Bools, low: Bools, mixed: Bools, neutral: Bools, one_sided: Bools) -> float:
    """Share of tags told rightly."""
    as_neutral = low & ~as_mixed
    right = (as_mixed & mixed) | (as_neutral & neutral) | (~as_mixed & ~as_neutral & one_sided)
    return float(right.mean()) if len(right) else 0.0


def best_blend(scored: OutOfFold) -> float:
    """Find the encoder's weight, 0 to 1, with which the blend tells best what people said.

    Best is the least cross-entropy, once the blend is calibrated for all themes together.
    """
    tried = []
    for weight in BLENDS:
        logits, targets = scored.blended(weight).ravel(), scored.targets.ravel()
        tried.append(_cross_entropy(_common_platt(logits, targets), logits, targets)[0])
    return float(BLENDS[np.argmin(tried)])


def calibrate(logits: Floats, targets: Floats, shrinkage: float) -> tuple[Floats, Floats]:
    """Fit Platt scaling a theme, drawn to the fit common to all themes.

    Minimises a theme's cross-entropy plus ``shrinkage / 2`` times the squared distance of its
    (slope, intercept) from the common pair, so that a theme with few examples stays near it. The
    common pair is drawn to (1, 0), with a strength of one, lest data that can be parted perfectly
    make it grow without end.

    Returns:
        (themes,) slopes and (themes,) intercepts.
    """
    common = _common_platt(logits.ravel(), targets.ravel())
    fits = [
        _platt(logits[:, theme], targets[:, theme], common, shrinkage)
        for theme in range(logits.shape[1])
    ]
    return np.array([fit[0] for fit in fits]), np.array([fit[1] for fit in fits])


def balanced_thresholds(scores: Floats, known: Bools, micro_share: float) -> Floats:
    """Find the thresholds of highest expected F1, in part micro- and for the rest macro-F1.

    Scores are probabilities, so of the comments that pass a threshold the sum of their scores is
    the number h expected to be right, and F1 is 2h / e, where e counts those that pass and those
    that there are to find (Lipton et al. 2014, arXiv 1402.1892). One more comment of score p
    raises it by 2(p - h / e) / (e + 1): so F1 alone is best with half of itself for a threshold,
    and a weighted sum of F1s with the mean of their halves, each by its weight over its e + 1.
    A theme's threshold lies between half the micro-F1 and half its own F1, the nearer to the
    former the commoner the theme. Counting hits at every cut instead, as cuts learnt from a few
    hundred comments may, takes for a rule what is chance.

    Themes are gone through in turn until none does better when more or fewer comments are given
    it; between the last that is given and the next, the threshold lies where that rule says.

    Args:
        scores: (n, themes) calibrated probabilities.
        known: (themes,) whether a theme's own F1 counts: that of a handful of examples is chance.
        micro_share: What micro-F1 counts, above 0 and at most 1; macro-F1 counts the rest.

    Returns:
        (themes,) thresholds, 0 to 1.
    """
    bounds = np.vstack(
        [np.ones(scores.shape[1]), -np.sort(-scores, axis=0), np.zeros(scores.shape[1])]
    )
    hits = np.vstack([bounds[-1], np.cumsum(bounds[1:-1], axis=0)])
    either = np.arange(len(hits))[:, None] + hits[-1]
    tied = np.zeros(hits.shape, dtype=bool)  # no threshold parts scores that are the same
    tied[1:-1] = bounds[1:-2] == bounds[2:-1]
    weights = np.where(known, (1 - micro_share) / max(int(known.sum()), 1), 0)
    themes = np.arange(scores.shape[1])
    given, before = np.zeros_like(themes), np.full_like(themes, -1)
    while (given != before).any():
        before = given.copy()
        for theme in themes:
            right = hits[given, themes].sum() - hits[given[theme], theme] + hits[:, theme]
            counted = either[given, themes].sum() - either[given[theme], theme] + either[:, theme]
            promised = micro_share * right / counted
            promised += weights[theme] * hits[:, theme] / either[:, theme]
            promised[tied[:, theme]] = 0
            if promised.max() > promised[given[theme]] + 1e-12:
                given[theme] = promised.argmax()
    right, counted = hits[given, themes], either[given, themes]
    micro, own = micro_share / (counted.sum() + 1), weights / (counted + 1)
    best = (micro * right.sum() / counted.sum() + own * right / counted) / (micro + own)
    lowest, next_lower = bounds[given, themes], bounds[given + 1, themes]
    inside = np.clip(best, (lowest + 15 * next_lower) / 16, lowest)  # above the next lower
    thresholds: Floats = np.clip(inside, LOWEST, HIGHEST)
    return thresholds


def recall_thresholds(scores: Floats, weight: float) -> Floats:
    """Find each theme's threshold of highest expected F-beta, beta being the weight of recall.

    Scores are probabilities, so of the comments that pass a threshold the sum of their scores is
    the number expected to be right, and the sum of all scores the number there is to find (Lipton
    et al. 2014, arXiv 1402.1892): smooth even for a theme with a handful of examples.

    Args:
        scores: (n, themes) calibrated probabilities.
        weight: How many times recall counts as much as precision.

    Returns:
        (themes,) thresholds, 0 to 1.
    """
    ordered: Floats = -np.sort(-scores, axis=0)
    right = np.cumsum(ordered, axis=0)
    given = np.arange(1, len(scores) + 1)[:, None]
    expected = (1 + weight**2) * right / (given + weight**2 * ordered.sum(axis=0))
    best = ordered[expected.argmax(axis=0), np.arange(scores.shape[1])]
    thresholds: Floats = np.clip(best, LOWEST, HIGHEST)
    return thresholds


def unsure_from(nearness: Floats, labels: Bools, share: float) -> float:
    """Find how near to its threshold a comment's best theme may be and still be ``no_theme``.

    Args:
        nearness: (n, themes) scores as shares of the thresholds.
        labels: (n, themes) what people said.
        share: Of comments called ``no_theme``, the share that may have a theme after all.

    Returns:
        The nearness from which a comment without a theme is ``unsure``, 0 to 1.
    """
    best: Floats = nearness.max(axis=1)
    has_theme: Bools = np.asarray(labels.any(axis=1))
    left = np.flatnonzero(best < 1)
    if len(left) == 0:
        return 0.0
    order = left[np.argsort(best[left])]
    missed = np.cumsum(has_theme[order]) / np.arange(1, len(order) + 1)
    apart = np.append(np.diff(best[order]) > 0, True)  # ties are called alike
    allowed = np.flatnonzero((missed <= share) & apart)
    if len(allowed) == 0:
        return 0.0
    if allowed[-1] == len(order) - 1:
        return 1.0
    return float(best[order[allowed[-1] + 1]])


def _common_platt(logits: Floats, targets: Floats) -> Floats:
    """Fit slope and intercept to all themes together, drawn to (1, 0)."""
    return _platt(logits, targets, np.array([1.0, 0.0]), 1.0)


def _platt(logits: Floats, targets: Floats, common: Floats, shrinkage: float) -> Floats:
    def loss(pair: Floats) -> tuple[float, Floats]:
        value, gradient = _cross_entropy(pair, logits, targets)
        away = pair - common
        return value + shrinkage / 2 * float(away @ away), gradient + shrinkage * away

    found: Floats = minimize(
        loss, common, jac=True, method="L-BFGS-B", bounds=[(0.05, None), (None, None)]
    ).x
    return found


def _cross_entropy(pair: Floats, logits: Floats, targets: Floats) -> tuple[float, Floats]:
    scaled = pair[0] * logits + pair[1]
    value = -(targets * log_expit(scaled) + (1 - targets) * log_expit(-scaled)).sum()
    error = expit(scaled) - targets
    return float(value), np.array([(error * logits).sum(), error.sum()])
