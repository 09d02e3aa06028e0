"""How well corrected shares cover the truth, and how far uncorrected ones mislead."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict

from service.counts.correction import correct
from service.counts.policy import shipped_policy
from service.counts.simulated_surveys import THEMES, SimulatedSurvey, simulated_survey
from service.counts.statistics import newcombe, wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from service.counts.records import Ranged

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

SURVEYS = 1_000
SEED = 20_250_731
_ROUNDING = 1e-9  # of sums, where everybody of a row was read


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IntervalFigures(_Record):
    """Intervals of shares, against the share of the survey's own people by their true themes.

    Attributes:
        intervals: How many there were.
        coverage: Share of them that hold the truth; 0.95 is what they claim.
        width: Their mean width.
        error: Mean absolute difference of the share from the truth.
    """

    intervals: int
    coverage: float
    width: float
    error: float


class RowFigures(_Record):
    """Rows of one kind, by survey and theme.

    Attributes:
        given: Share of the rows whose share could be corrected.
        corrected: Those, corrected.
        uncorrected: The same rows as the model counts them, with Wilson intervals.
    """

    given: float
    corrected: IntervalFigures
    uncorrected: IntervalFigures


class FalseDifferences(_Record):
    """How often a group seems to raise a theme more or less often than everyone else, and does not.

    Of the surveys whose model finds less of what one group says, and of the themes that each group
    raises as often: how often the 95% interval of the difference leaves 0 out.

    Attributes:
        compared: How many differences there were.
        corrected: Share of them shown to differ by corrected shares.
        uncorrected: Share of them shown to differ as the model counts them.
    """

    compared: int
    corrected: float
    uncorrected: float


class SimulationFigures(_Record):
    """What comes of correcting the shares of made-up surveys.

    Attributes:
        surveys: How many were made up.
        seed: Of the generator.
        everyone: Shares of all people of a survey.
        groups: Shares of each group.
        worse_group: Shares of the groups that the model finds less of.
        differences: Differences that are not there.
    """

    surveys: int
    seed: int
    everyone: RowFigures
    groups: RowFigures
    worse_group: RowFigures
    differences: FalseDifferences


def simulate(
    surveys: int = SURVEYS, seed: int = SEED, done: Callable[[], None] = lambda: None
) -> SimulationFigures:
    """Make up surveys (`simulated_survey`), correct their shares, and compare these to the truth.

    Args:
        surveys: How many.
        seed: The same seed gives the same figures.
        done: Called after each survey.
    """
    generator = np.random.default_rng(seed)
    everyone, groups, worse, compared = [], [], [], []
    for _ in range(surveys):
        survey = simulated_survey(generator)
        everyone.append(_rows(survey, np.zeros_like(survey.group), 1))
        by_group = _rows(survey, survey.group, survey.groups)
        groups.append(by_group)
        if survey.worse is not None:
            worse.append(by_group[[survey.worse]])
            others = (survey.group != survey.worse).astype(np.int64)
            compared.append(_rows(survey, others, 2)[:, : THEMES // 2])
        done()
    return SimulationFigures(
        surveys=surveys,
        seed=seed,
        everyone=_row_figures(everyone),
        groups=_row_figures(groups),
        worse_group=_row_figures(worse),
        differences=_false_differences(np.concatenate(compared, axis=1)),
    )


def _rows(survey: SimulatedSurvey, cell: Ints, cells: int) -> Floats:
    """Give truth, corrected and counted share, each of these with limits; shape (cells, T, 7)."""
    weight = np.ones(len(cell)) if survey.weight is None else survey.weight
    of_cell = (cell == np.arange(cells)[:, None]) * weight
    base = np.maximum(of_cell.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    truth, share = of_cell @ survey.truth / base, of_cell @ survey.predicted / base
    people = base**2 / np.maximum((of_cell**2).sum(axis=1, keepdims=True), np.finfo(float).tiny)
    counted = [share, *wilson(share, 1, people)]
    return np.stack([truth, *_corrected(survey, cell, cells), *counted], axis=-1)


def _corrected(survey: SimulatedSurvey, cell: Ints, cells: int) -> Floats:
    """Give corrected shares and their limits, NaN where there are none; shape (3, cells, T)."""
    table = correct(
        survey.predicted,
        cell,
        cells,
        survey.read_row,
        survey.truth[survey.read_row],
        survey.probability,
        survey.weight,
        shipped_policy("exact"),
    )
    shares = [[_figures(each.share) for each in row] for row in table]
    return np.moveaxis(np.array(shares), -1, 0)


def _figures(share: Ranged | None) -> tuple[float, float, float]:
    return (share.value, share.low, share.high) if share else (np.nan, np.nan, np.nan)


def _row_figures(found: list[Floats]) -> RowFigures:
    rows = np.concatenate([each.reshape(-1, 7) for each in found])
    given = rows[~np.isnan(rows[:, 1])]
    return RowFigures(
        given=len(given) / max(len(rows), 1),
        corrected=_interval_figures(given[:, 0], given[:, 1:4]),
        uncorrected=_interval_figures(given[:, 0], given[:, 4:]),
    )


def _interval_figures(truth: Floats, shares: Floats) -> IntervalFigures:
    share, low, high = shares.T
    covered = (low - _ROUNDING <= truth) & (truth <= high + _ROUNDING)
    return IntervalFigures(
        intervals=len(truth),
        coverage=float(covered.mean()),
        width=float((high - low).mean()),
        error=float(np.abs(share - truth).mean()),
    )


def _false_differences(rows: Floats) -> FalseDifferences:
    """Compare the first row to the second; shape (2, n, 7)."""
    rows = rows[:, ~np.isnan(rows[:, :, 1]).any(axis=0)]
    return FalseDifferences(
        compared=rows.shape[1],
        corrected=_differing(rows[:, :, 1:4]),
        uncorrected=_differing(rows[:, :, 4:]),
    )


def _differing(shares: Floats) -> float:
    (a, *limits_a), (b, *limits_b) = shares[0].T, shares[1].T
    low, high = newcombe(a, (limits_a[0], limits_a[1]), b, (limits_b[0], limits_b[1]))
    return float(((low > 0) | (high < 0)).mean())
