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
CUTS = np.linspace(-3, 3, 121)
POLARITY_CUTS = tuple(float(cut) for cut in np.linspace(-2, 2, 17))
LOWEST, HIGHEST = 0.01, 0.95
FEW = 5
"""Examples of a theme; the F1 of fewer is chance."""
CHANCE = 0.01
"""Of F1: about its standard error on a thousand comments. Which is best of what differs by less is
chance."""


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
    """Learn the decision: the blend first, then cuts and calibration on it."""
    labels = scored.targets >= 0.5
    weight, common = best_blend(scored, labels)
    blended = scored.blended(weight)
    cuts = balanced_cuts(blended, labels, common, settings.cut_shrinkage)
    slopes, intercepts = calibrate(blended, scored.targets, settings.calibration_shrinkage)
    scores = expit(slopes * blended + intercepts)
    balanced = np.clip(expit(slopes * cuts + intercepts), LOWEST, HIGHEST)
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


def best_blend(scored: OutOfFold, labels: Bools) -> tuple[float, float]:
    """Find the blend, and the one cut of its log-odds for all themes, that together do best.

    Best is the highest mean of micro- and macro-F1. Both models see every theme as about equally
    likely, so that one cut serves rare and common themes alike, and cannot overfit the rare ones.
    Many weights and cuts do nearly as well as the best, and which is best on other comments is
    chance: so the one in the middle of these is taken.

    Returns:
        The encoder's weight, 0 to 1, and the cut in log-odds.
    """
    tried = np.array(
        [
            [_f1_for_all(scored.blended(weight) >= cut, labels) for cut in CUTS[::4]]
            for weight in BLENDS
        ]
    )
    weight = float(_middle_of_near_best(BLENDS, tried.max(axis=1)))
    blended = scored.blended(weight)
    f1 = np.array([_f1_for_all(blended >= cut, labels) for cut in CUTS])
    return weight, float(_middle_of_near_best(CUTS, f1))


def calibrate(logits: Floats, targets: Floats, shrinkage: float) -> tuple[Floats, Floats]:
    """Fit Platt scaling a theme, drawn to the fit common to all themes.

    Minimises a theme's cross-entropy plus ``shrinkage / 2`` times the squared distance of its
    (slope, intercept) from the common pair, so that a theme with few examples stays near it. The
    common pair is drawn to (1, 0), with a strength of one, lest data that can be parted perfectly
    make it grow without end.

    Returns:
        (themes,) slopes and (themes,) intercepts.
    """
    common = _platt(logits.ravel(), targets.ravel(), np.array([1.0, 0.0]), 1.0)
    fits = [
        _platt(logits[:, theme], targets[:, theme], common, shrinkage)
        for theme in range(logits.shape[1])
    ]
    return np.array([fit[0] for fit in fits]), np.array([fit[1] for fit in fits])


def balanced_cuts(blended: Floats, labels: Bools, common: float, shrinkage: float) -> Floats:
    """Find each theme's cut of highest F1, drawn to the one that is best for all together.

    With m examples of a theme, its own best cut counts m against ``shrinkage`` for the common one.

    Args:
        blended: (n, themes) log-odds.
        labels: (n, themes) what people said.
        common: The cut for all themes, in log-odds.
        shrinkage: In examples of a theme.

    Returns:
        (themes,) cuts in log-odds.
    """
    own = CUTS[_middle_of_best(np.stack([_f1(blended >= cut, labels) for cut in CUTS]))]
    support = labels.sum(axis=0)
    cuts: Floats = (support * own + shrinkage * common) / np.maximum(support + shrinkage, 1)
    return cuts


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


def _f1(given: Bools, labels: Bools) -> Floats:
    hits = (given & labels).sum(axis=0)
    f1: Floats = 2 * hits / np.maximum(given.sum(axis=0) + labels.sum(axis=0), 1)
    return f1


def _f1_for_all(given: Bools, labels: Bools) -> float:
    """Mean of micro- and macro-F1, the latter over the themes with a few examples if any has."""
    hits, either = (given & labels).sum(axis=0), given.sum(axis=0) + labels.sum(axis=0)
    support = labels.sum(axis=0)
    known = support >= min(FEW, support.max(initial=1))
    micro = 2 * hits.sum() / max(int(either.sum()), 1)
    macro = (2 * hits / np.maximum(either, 1))[known].mean() if known.any() else 0.0
    return float((micro + macro) / 2)


def _middle_of_near_best(tried: Floats, f1: Floats) -> np.floating:
    """Give the middle of those from which the best differs by chance, and that lie about it."""
    near, best = f1 >= f1.max() - CHANCE, int(f1.argmax())
    first, last = best, best
    while first > 0 and near[first - 1]:
        first -= 1
    while last < len(tried) - 1 and near[last + 1]:
        last += 1
    middle: np.floating = tried[(first + last) // 2]
    return middle


def _middle_of_best(f1: Floats) -> npt.NDArray[np.int64]:
    near_best = f1 >= f1.max(axis=0) - 1e-9
    positions = np.arange(len(f1))[:, None]
    middle = (positions * near_best).sum(axis=0) / near_best.sum(axis=0)
    rounded: npt.NDArray[np.int64] = np.round(middle).astype(np.int64)
    return rounded
