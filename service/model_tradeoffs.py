"""What finding more of a theme costs in comments to read, at each operating point of a model.

An artefact records its test at the thresholds of ``balanced``, and a curve of recall against
comments read at about twenty other thresholds. Where the threshold of ``recall`` falls between two
of all these, what it gives lies between what they give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import OperatingPoint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.cost_curves import CostPoint
    from labelled_data import Theme
    from models import Tagger
    from service.model_figures import Measured


@dataclass(frozen=True, slots=True)
class Reached:
    """What a threshold gave in the test.

    Attributes:
        recall: Share of the comments that carry the theme that it finds.
        precision: Share of the comments that it finds that carry the theme; None if it finds none.
        read: Share of all comments that it finds, for a person to read.
    """

    recall: float
    precision: float | None
    read: float


@dataclass(frozen=True, slots=True)
class Between:
    """The measured thresholds around another one.

    Attributes:
        least: The next higher, which finds no more; None where none was measured.
        most: The next lower, which finds no less; None where none was measured.
    """

    least: Reached | None
    most: Reached | None


@dataclass(frozen=True, slots=True)
class Tradeoff:
    """What one theme costs to find.

    Attributes:
        theme: Its id.
        name: Its name.
        support: Comments of the test that carry it.
        balanced: What the operating point `balanced` gave.
        recall: Between what the operating point `recall` lies.
        curve: What was measured, from the highest threshold to the lowest.
    """

    theme: str
    name: str
    support: int
    balanced: Reached
    recall: Between
    curve: tuple[Reached, ...]


def tradeoffs(tagger: Tagger, measured: Measured) -> list[Tradeoff]:
    """Tell what each theme of a model costs to find, of those that its test had examples of."""
    decision = tagger.manifest.decision.thresholds
    themes = zip(
        tagger.codebook.themes,
        decision[OperatingPoint.BALANCED],
        decision[OperatingPoint.RECALL],
        strict=True,
    )
    found = (_tradeoff(*each, measured) for each in themes)
    return [each for each in found if each is not None]


def between(points: Iterable[tuple[float, Reached]], threshold: float) -> Between:
    """Give the nearest of what was measured on either side of a threshold.

    Args:
        points: Measured thresholds with what each gave, in any order.
        threshold: The threshold.
    """
    ordered = sorted(points, key=lambda point: point[0])
    above = [reached for at, reached in ordered if at >= threshold]
    below = [reached for at, reached in ordered if at <= threshold]
    return Between(least=above[0] if above else None, most=below[-1] if below else None)


def _tradeoff(
    theme: Theme, balanced_from: float, recall_from: float, measured: Measured
) -> Tradeoff | None:
    rates, curve = measured.of_theme(theme.id), measured.cost.by_theme.get(theme.id)
    if rates is None or rates.recall.value is None or curve is None:
        return None
    read = rates.predicted / measured.comments
    balanced = Reached(rates.recall.value, rates.precision.value, read)
    points = [(point.threshold, _reached(point)) for point in curve.points]
    return Tradeoff(
        theme=theme.id,
        name=theme.name,
        support=rates.support,
        balanced=balanced,
        recall=between([*points, (balanced_from, balanced)], recall_from),
        curve=tuple(reached for _, reached in points),
    )


def _reached(point: CostPoint) -> Reached:
    return Reached(point.recall, point.precision, point.share_read)
