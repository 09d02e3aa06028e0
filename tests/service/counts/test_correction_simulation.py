"""Whether corrected shares keep their word, over a thousand surveys as users have them."""

from __future__ import annotations

import pytest

from service.counts.simulation import RowFigures, SimulationFigures, simulate


@pytest.fixture(scope="module")
def figures() -> SimulationFigures:
    return simulate(surveys=1_200, seed=2_311)


@pytest.mark.parametrize("rows", ["everyone", "groups", "worse_group"])
def test_nominal_95_percent_intervals_cover_the_truth_in_93_to_97(
    figures: SimulationFigures, rows: str
) -> None:
    found: RowFigures = getattr(figures, rows)
    assert found.corrected.intervals > 500
    assert 0.93 <= found.corrected.coverage <= 0.97


@pytest.mark.parametrize(
    ("rows", "covered", "error"),
    [("everyone", 0.45, 0.03), ("groups", 0.55, 0.045), ("worse_group", 0.35, 0.07)],
)
def test_intervals_of_what_the_model_counts_cover_far_less(
    figures: SimulationFigures, rows: str, covered: float, error: float
) -> None:
    found: RowFigures = getattr(figures, rows)
    assert found.uncorrected.coverage < covered
    assert found.uncorrected.error > error


@pytest.mark.parametrize("rows", ["everyone", "groups", "worse_group"])
def test_correction_nearly_halves_the_error_of_what_the_model_counts(
    figures: SimulationFigures, rows: str
) -> None:
    found: RowFigures = getattr(figures, rows)
    assert found.corrected.error < 0.65 * found.uncorrected.error


def test_as_counted_most_groups_the_model_finds_less_of_seem_to_differ_and_do_not(
    figures: SimulationFigures,
) -> None:
    assert figures.differences.compared > 300
    assert figures.differences.uncorrected > 0.6
    assert figures.differences.corrected < 0.08


def test_most_shares_of_everyone_can_be_corrected(figures: SimulationFigures) -> None:
    assert figures.everyone.given > 0.8


def test_the_same_seed_gives_the_same_figures() -> None:
    assert simulate(30, seed=1) == simulate(30, seed=1)
    assert simulate(30, seed=1) != simulate(30, seed=2)
