"""Systems compared on the same comments, and how sure the differences are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.bootstrap import Measured, measured
from evaluation.calibration import expected_calibration_error, reliability
from evaluation.errors import UnknownSystemError
from evaluation.estimates import Estimate, EvaluationSettings, Result, percentile_estimate
from evaluation.measures import Measures, supported
from evaluation.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evaluation.predictions import Flags, Floats


@dataclass(frozen=True, eq=False)
class SystemScores:
    """One system's answers and what they took.

    Args:
        scores: Shape (n_comments, n_themes), from 0 to 1.
        predicted: Shape (n_comments, n_themes).
        seconds_to_train: Wall-clock seconds, or None where not measured.
        seconds_to_predict: Wall-clock seconds for all the comments.
    """

    scores: Floats
    predicted: Flags
    seconds_to_train: float | None
    seconds_to_predict: float | None


class SystemFigures(Result):
    """One system's row of the table; `calibration_error` is of all decisions pooled."""

    system: str
    micro_f1: Estimate
    macro_f1: Estimate
    weighted_f1: Estimate
    mean_average_precision: Estimate
    calibration_error: float
    seconds_to_train: float | None
    comments_per_second: float | None


class Difference(Result):
    """A system's figures minus the peer's, with paired bootstrap intervals.

    Both systems are measured on the same resamples, so what is hard for both cancels out. An
    interval that leaves out 0 is a difference these comments bear out.
    """

    system: str
    peer: str
    micro_f1: Estimate
    macro_f1: Estimate
    weighted_f1: Estimate
    mean_average_precision: Estimate


class Benchmark(Result):
    """Systems on the same comments, in the order given.

    Args:
        comments: Number of comments.
        settings: How this was measured.
        macro_themes: Ids of the themes with enough examples for the macro averages.
        systems: A row per system.
        differences: A row per system other than the peer; empty without a peer.
    """

    comments: int
    settings: EvaluationSettings
    macro_themes: tuple[str, ...]
    systems: tuple[SystemFigures, ...]
    differences: tuple[Difference, ...]


def compare(
    systems: Mapping[str, SystemScores],
    truth: Flags,
    themes: tuple[str, ...],
    *,
    peer: str | None = None,
    settings: EvaluationSettings | None = None,
) -> Benchmark:
    """Compare systems on the same comments.

    Args:
        systems: Each system's answers, by name.
        truth: Themes people gave, shape (n_comments, n_themes).
        themes: Theme ids in codebook order.
        peer: Name of the system to compare the others with.
        settings: How to measure.

    Raises:
        InvalidPredictionsError: If a system's arrays do not fit the comments and themes.
        UnknownSystemError: If the peer is not among the systems.
    """
    if peer is not None and peer not in systems:
        raise UnknownSystemError(f"{peer} is not among the systems: {', '.join(systems)}")
    settings = settings or EvaluationSettings()
    kept = supported(truth.sum(axis=0), settings.minimum_support)
    figures = {
        name: measured(Predictions(truth, each.scores, each.predicted, themes), kept, settings)
        for name, each in systems.items()
    }
    return Benchmark(
        comments=len(truth),
        settings=settings,
        macro_themes=tuple(theme for theme, keep in zip(themes, kept, strict=True) if keep),
        systems=tuple(
            _figures(name, each, systems[name], settings) for name, each in figures.items()
        ),
        differences=() if peer is None else tuple(_differences(figures, peer)),
    )


def _headlines(measures: Measures) -> dict[str, Floats]:
    """The compared figures, each of shape () or (resamples,)."""
    return {
        "micro_f1": measures.micro[2],
        "macro_f1": measures.macro[2],
        "weighted_f1": measures.weighted[2],
        "mean_average_precision": measures.mean_average_precision,
    }


def _figures(
    name: str, found: Measured, system: SystemScores, settings: EvaluationSettings
) -> SystemFigures:
    predictions, draws = found.predictions, _headlines(found.draws)
    curve = reliability(predictions.truth, predictions.scores, settings.bins)
    return SystemFigures(
        system=name,
        calibration_error=expected_calibration_error(curve),
        seconds_to_train=system.seconds_to_train,
        comments_per_second=_rate(len(predictions), system.seconds_to_predict),
        **{
            figure: percentile_estimate(float(point), draws[figure])
            for figure, point in _headlines(found.point).items()
        },
    )


def _rate(comments: int, seconds: float | None) -> float | None:
    return comments / seconds if seconds else None


def _differences(figures: Mapping[str, Measured], peer: str) -> Iterable[Difference]:
    base = figures[peer]
    base_point, base_draws = _headlines(base.point), _headlines(base.draws)
    for name, system in figures.items():
        if name == peer:
            continue
        draws = _headlines(system.draws)
        gaps = {
            figure: percentile_estimate(
                float(point - base_point[figure]), draws[figure] - base_draws[figure]
            )
            for figure, point in _headlines(system.point).items()
        }
        yield Difference(system=name, peer=peer, **gaps)
