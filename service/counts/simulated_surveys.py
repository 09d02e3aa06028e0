"""Surveys made up to try the correction on: what people meant, what a model says, who was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

THEMES = 4
"""Of each survey. The first half are raised by the same share of each group."""
_BASE = (300, 20_000)
_READ = (60, 400)
_SHARE = (0.02, 0.5)
_RECALL = (0.5, 0.95)
_PRECISION = (0.6, 0.95)
_WORSE = (0.5, 0.8)


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedSurvey:
    """N people in G groups, and m of them who were read.

    Attributes:
        group: Shape (N,).
        groups: G of them.
        worse: Group that the model finds fewer of the themes of; None where it has none.
        truth: Shape (N, T), what a person would say they raise.
        predicted: Shape (N, T), what the model says.
        weight: Shape (N,); None for an unweighted survey.
        read_row: Shape (m,), who was read.
        probability: Shape (m,), the chance of each of having been drawn.
    """

    group: Ints
    groups: int
    worse: int | None
    truth: Flags
    predicted: Flags
    weight: Floats | None
    read_row: Ints
    probability: Floats


def simulated_survey(generator: Generator) -> SimulatedSurvey:
    """Make up a survey as users have them.

    Bases are log-uniform over 300 to 20,000 people, in 3 to 5 groups of uneven sizes; 60 to 400 of
    them are read (at most half), drawn simply, by group, or both ways together; a third of the
    surveys are weighted. Themes are raised by a log-uniform 2 to 50%; the model's recall is 0.5 to
    0.95, its precision 0.6 to 0.95, uniformly. For half of the surveys it finds but 0.5 to 0.8 as
    much of what one group says.
    """
    people = round(_log_uniform(generator, _BASE))
    groups = int(generator.integers(3, 6))
    group = np.sort(generator.choice(groups, people, p=generator.dirichlet([3.0] * groups)))
    worse = int(generator.choice(group)) if generator.random() < 0.5 else None
    columns = [_theme(generator, group, groups, worse, theme) for theme in range(THEMES)]
    chance = _chances(generator, group, groups)
    read_row = np.flatnonzero(_drawn(generator, group, chance))
    return SimulatedSurvey(
        group=group,
        groups=groups,
        worse=worse,
        truth=np.stack([truth for truth, _ in columns], axis=1),
        predicted=np.stack([predicted for _, predicted in columns], axis=1),
        weight=generator.lognormal(0, 0.4, people) if generator.random() < 1 / 3 else None,
        read_row=read_row,
        probability=_together(chance)[group[read_row]],
    )


def _theme(
    generator: Generator, group: Ints, groups: int, worse: int | None, theme: int
) -> tuple[Flags, Flags]:
    share = _log_uniform(generator, _SHARE)
    recall = np.full(groups, generator.uniform(*_RECALL))
    precision = generator.uniform(*_PRECISION)
    wrongly = min(recall[0] * share * (1 - precision) / (precision * (1 - share)), 1.0)
    if worse is not None:
        recall[worse] *= generator.uniform(*_WORSE)
    spread = 0.0 if theme < THEMES // 2 else 0.5
    shares = np.clip(share * generator.lognormal(0, spread, groups), *_SHARE)
    truth = _raised(generator, group, shares)
    predicted = generator.random(len(group)) < np.where(truth, recall[group], wrongly)
    return truth, predicted


def _raised(generator: Generator, group: Ints, shares: Floats) -> Flags:
    """Let just that share of each group raise the theme, but for whole people."""
    truth = np.zeros(len(group), np.bool_)
    for each, share in enumerate(shares):
        members = np.flatnonzero(group == each)
        number = int(np.floor(share * len(members) + generator.random()))
        truth[generator.choice(members, number, replace=False)] = True
    return truth


def _chances(generator: Generator, group: Ints, groups: int) -> Floats:
    """Give each group's chance of being drawn in one or two samples; shape (samples, G)."""
    people = np.bincount(group, minlength=groups)
    number = min(int(generator.integers(_READ[0], _READ[1] + 1)), len(group) // 2)
    simple = np.full(groups, number / len(group))
    by_group = np.minimum(number / groups / np.maximum(people, 1), 1)
    both = np.stack([simple, by_group])
    kind = generator.integers(3)
    return both / 2 if kind == 2 else both[[kind]]


def _drawn(generator: Generator, group: Ints, chances: Floats) -> Flags:
    """Draw every sample, each by itself; who is in several is read once."""
    drawn = np.zeros(len(group), np.bool_)
    for chance in chances:
        if np.ptp(chance) == 0:
            number = round(chance[0] * len(group))
            drawn[generator.choice(len(group), number, replace=False)] = True
            continue
        for each, of_group in enumerate(chance):
            members = np.flatnonzero(group == each)
            number = round(of_group * len(members))
            drawn[generator.choice(members, number, replace=False)] = True
    return drawn


def _together(chances: Floats) -> Floats:
    """Give each group's chance of being in any of the samples."""
    chance: Floats = 1 - np.prod(1 - chances, axis=0)
    return chance


def _log_uniform(generator: Generator, limits: tuple[float, float]) -> float:
    return float(np.exp(generator.uniform(*np.log(limits))))
