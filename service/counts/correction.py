"""Shares corrected for the model's errors by what people read of a random sample.

The estimate is that of PPI++ (`service.counts.prediction_powered`). Of one theme among the N people
of a slice, n of whom were read::

    share = mean(y) + b (F - mean(f)),   b = lam N / (N - n),   lam clipped to 0..1

where y says whether people found the theme with those read, f whether the model did, F is the share
of all N whom the model gives it, and lam is tuned as PPI++ tunes it. It is the package's number,
those read taken out of the unlabelled part. Where chances of being drawn differ (stratified
samples, several samples together), means and the covariance that lam is tuned by are weighted by
the survey's weight over the chance. F is still that of all N people, as those left unread are then
no random sample; and uneven weights do not themselves move lam, as they do the package's.

The paper's normal interval covers too little for small numbers: of 60 people one raises a theme of
2%, and where no error was seen the standard error is near nothing. For flags, though, b tuned to
the people read makes the estimate (nearly)::

    F p + (1 - F) q

p being the share who raise the theme among those read whom the model gives it, q among those read
whom it does not. Both are plain shares with Wilson intervals, and these are joined
(`service.counts.corrected_intervals`), with a finite population factor, since what is wanted is
the share of the survey's own people, and those read are known. By simulation, over bases of 300 to
20,000, 30 to 400 read, shares of 2 to 50%, recall 0.5 to 0.95 and precision 0.6 to 0.95, intervals
of nominal 95% cover:

================================================================  ==========  =========
interval                                                          on average  at worst
================================================================  ==========  =========
this one, where it is given (below)                                    96.1%      93.5%
this one, were it always given                                         96.8%      93.3%
normal, of the package                                                 85.4%       8.1%
normal, with t quantile and finite population factor                   81.6%       8.1%
Wilson on p (1 - p) / se^2 people, half a disagreement added (*)       96.8%      92.4%
Jeffreys limits joined in place of Wilson's                            95.3%      89.5%
Jeffreys posterior of the sum, matched to a beta distribution          96.5%      91.1%
================================================================  ==========  =========

(*) And is 5% wider than this one, half as wide again for shares of 2%.

It is not given for fewer people read than the policy's `fewest_read`, nor where the theme is so
rare that hardly anything but their number decides the interval, which then covers nearly always:
where the people read times the share whom the model gives the theme are under five, unless twenty
of those read raise it. The first number does not hang on the luck of the draw; a low bar for the
second would give the intervals of just those samples that came out high. `further` is how many more
people it takes.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from service.counts.corrected_intervals import margins
from service.counts.prediction_powered import MeanEstimate, ppi_mean
from service.counts.read_sums import ReadPeople, ReadSums, read_sums
from service.counts.records import Corrected, Ranged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.policy import Policy

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

__all__ = ["MeanEstimate", "ReadPeople", "correct", "corrected_share", "ppi_mean"]

FEWEST_EXPECTED = 5
"""People read whom the model can be expected to give a theme that is not too rare to correct."""
FEWEST_RAISING = 20
"""People read who raise a theme that is not too rare to correct, whatever the model says."""


def corrected_share(
    predicted_all: Flags,
    read_row: Ints,
    truth: Flags,
    probability: Floats,
    weight: Floats | None,
    policy: Policy,
) -> Corrected:
    """Correct the share of one theme among N people; arguments as of `correct`, without T."""
    everyone = np.zeros(len(predicted_all), np.int64)
    table = correct(
        predicted_all[:, None],
        everyone,
        1,
        read_row,
        truth[:, None],
        probability,
        weight,
        policy,
    )
    return table[0][0]


def correct(
    predicted: Flags,
    cell: Ints,
    cells: int,
    read_row: Ints,
    truth: Flags,
    probability: Floats,
    weight: Floats | None,
    policy: Policy,
) -> list[list[Corrected]]:
    """Correct the shares of T themes among the people of M cells.

    Under a policy that protects, all numbers are coarse. The share is that of a number of people
    rounded as the policy rounds counts, of a base rounded so, then rounded to 0.01: it is never
    told more finely than the count is. The interval is widened to
    multiples of 0.01, or of `round_to` of the base where that is more. People read are rounded
    down, further ones up, and both the rule for rare themes and further people go by rounded
    counts. A corrected number that the policy would hide is not given. Rows that are hidden must
    still be left out by the caller: nothing here knows of them.

    Args:
        predicted: Shape (N, T), themes as the model gives them.
        cell: Shape (N,), place of each person's cell, or -1.
        cells: M of them.
        read_row: Shape (m,), places among the N of the people who were read.
        truth: Shape (m, T), themes they raise as people read them.
        probability: Shape (m,), chance of each of having been drawn, above 0; only how the chances
            compare within a cell matters.
        weight: Shape (N,), the survey's weights; None where it has none.
        policy: What may be published, and how many people have to be read.

    Returns:
        By cell, then by theme.
    """
    read = ReadPeople(read_row, probability, truth)
    sums = read_sums(predicted, cell, cells, read, weight)
    share = np.clip(_estimate(sums), 0, 1)
    down, up = margins(sums)
    low, high = np.maximum(share - down, 0), np.minimum(share + up, 1)
    figures = np.stack([share, low, high], axis=-1)
    return [
        [_corrected(sums, place, theme, figures, policy) for theme in range(share.shape[1])]
        for place in range(cells)
    ]


def _estimate(sums: ReadSums) -> Floats:
    """Estimate the shares by PPI++; shape (M, T), 0 where nobody was read."""
    given, without = sums.with_theme, sums.without
    weight = np.maximum(given.weight + without.weight, np.finfo(float).tiny)
    raising = (given.raising + without.raising) / weight
    found = given.weight / weight
    covariance = given.raising / weight - raising * found
    base = sums.base[:, None]
    spread = sums.predicted * (1 - sums.predicted) * base / np.maximum(base - 1, 1)
    unread = sums.unread[:, None]
    left = (unread > 0) & (spread > 0)
    lam = np.divide(covariance * unread, spread, out=np.zeros_like(raising), where=left)
    trust = np.divide(np.clip(lam, 0, 1), unread, out=np.zeros_like(raising), where=left)
    estimate: Floats = raising + trust * (sums.predicted - found)
    return estimate


def _corrected(
    sums: ReadSums, place: int, theme: int, figures: Floats, policy: Policy
) -> Corrected:
    base, read = int(sums.base[place]), int(sums.read[place])
    told = read // policy.round_to * policy.round_to
    wanted = _wanted(base, int(sums.with_theme.people[place, theme]), policy)
    if wanted is None:
        reason = f"there are fewer than {policy.fewest_read} people"
        return Corrected(read=told, why_not=reason)
    raised = int(sums.raised[place, theme])
    if told < policy.fewest_read:
        reason = f"fewer than {policy.fewest_read} people's answers were read"
    elif told < wanted and raised < FEWEST_RAISING and read < base:
        reason = "the theme is too rare among the people whose answers were read"
    else:
        return _told(figures[place, theme], base, told, policy)
    return Corrected(read=told, why_not=reason, further=_up(max(wanted - told, 1), policy))


def _wanted(base: int, count: int, policy: Policy) -> int | None:
    """Give how many people have to be read; None where there are not enough.

    It goes by what the policy shows of the base and the count.
    """
    people = policy.rounded(base)
    if people < policy.fewest_read:
        return None
    shown = policy.rounded(count) if count >= policy.smallest_shown else 0
    for_theme = ceil(FEWEST_EXPECTED * people / shown) if shown else people
    return min(max(policy.fewest_read, for_theme), people)


def _told(figures: Floats, base: int, told: int, policy: Policy) -> Corrected:
    share, low, high = (float(figure) for figure in figures)
    if not policy.protects:
        return Corrected(share=Ranged(value=share, low=low, high=high), read=told)
    number = floor(share * base + 0.5)
    if any(0 < part < policy.smallest_shown for part in (number, base - number)):
        return Corrected(read=told, why_not="the corrected number of people is too small to show")
    return Corrected(share=_coarse(number, low, high, base, policy), read=told)


def _coarse(number: int, low: float, high: float, base: int, policy: Policy) -> Ranged:
    people = policy.rounded(base)
    value = min(round(policy.rounded(number) / people, 2), 1.0)
    step = max(ceil(100 * policy.round_to / people - 1e-9), 1) / 100
    low = round(floor(low / step + 1e-9) * step, 2)
    high = round(ceil(high / step - 1e-9) * step, 2)
    return Ranged(value=value, low=min(low, value), high=min(max(high, value), 1.0))


def _up(people: int, policy: Policy) -> int:
    return -(-people // policy.round_to) * policy.round_to
