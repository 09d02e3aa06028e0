"""How many people to read, and in which groups, for intervals as narrow as wanted."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from scipy.special import ndtri

from service.counts.allocation import neyman_allocation
from service.counts.corrected_intervals import joined_margins
from service.counts.correction import FEWEST_EXPECTED
from service.counts.review_plan_records import (
    EarlierReading,
    GroupPlan,
    Reliability,
    ReviewPlan,
    Stratum,
    ThemeOutlook,
)
from service.errors import UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from service.counts.policy import Policy

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

__all__ = [
    "EarlierReading",
    "GroupPlan",
    "Reliability",
    "ReviewPlan",
    "Stratum",
    "ThemeOutlook",
    "plan",
]

_ROUNDING = 1e-9


def plan(
    strata: Sequence[Stratum],
    policy: Policy,
    *,
    width: float,
    confidence: float = 0.95,
    aim: Literal["groups", "overall"] = "groups",
) -> ReviewPlan:
    """Plan how many people of each group to draw at random and read.

    For intervals of groups, each group has the fewest people that make its own as narrow as wanted.
    For everyone's, the fewest in all are shared out by Neyman's allocation: as N S goes, N being
    the people of a group and S the standard deviation there of the PPI++ rectifier y - b f
    (`service.counts.correction`)::

        S^2 = F p (1 - p) + (1 - F) q (1 - q)

    with F the share whom the model gives the theme, p (its precision) the share of them who raise
    it, and q = F p (1 / recall - 1) / (1 - F) the share of the others who do; of several themes,
    the mean of S^2. Each group has at least the policy's `fewest_read`, and never more than there
    are; numbers are whole multiples of what the policy rounds to, as it does not tell of more.
    Where groups are aimed at, each has so many that its rarest theme can be corrected. The widths
    expected are those of the correction's intervals for the shares that are expected.

    Args:
        strata: The groups, each person in one.
        policy: What the tables will be made under.
        width: Full width wanted, such as 0.1 for a share 5 percentage points either way.
        confidence: Of the intervals; those of tables are 0.95.
        aim: Whose intervals are to be so narrow.

    Raises:
        UnprocessableError: There is no group, groups are planned for different themes, or the width
            or the confidence is not between 0 and 1.

    Source:
        Neyman 1934, Journal of the Royal Statistical Society 97, 558-625; Cochran 1977, Sampling
        Techniques, section 5.5, 5.8 (groups with fewer people than it would take) and 5A.3 (several
        items).
    """
    _check(strata, width, confidence)
    outlook = _outlook(strata, confidence)
    if aim == "groups":
        read = _by_group(outlook, _least(strata, outlook, policy, rare=True), width)
    else:
        read = _for_everyone(outlook, _least(strata, outlook, policy, rare=False), width)
    read = np.minimum(-(-read // policy.round_to) * policy.round_to, outlook.people)
    groups = tuple(_group(stratum, outlook, read, each) for each, stratum in enumerate(strata))
    evenly = outlook.people * (read.sum() / outlook.people.sum())
    return ReviewPlan(
        aim=aim,
        width=width,
        confidence=confidence,
        read=int(read.sum()),
        further=sum(group.further for group in groups),
        groups=groups,
        overall_width=float(outlook.widths(read).max()),
        unstratified_width=float(outlook.widths(evenly).max()),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Outlook:
    """What is expected of G groups and T themes."""

    people: Ints  # (G,)
    predicted: Floats  # (G, T), F
    right: Floats  # (G, T), p
    missed: Floats  # (G, T), q
    z: float

    def group(self, each: int) -> _Outlook:
        """Give that of one group alone."""
        of = slice(each, each + 1)
        shares = (self.predicted[of], self.right[of], self.missed[of])
        return _Outlook(self.people[of], *shares, self.z)

    def widths(self, read: NDArray[Any]) -> Floats:
        """Give the widths to be expected if so many of each group are read; shape (T,)."""
        part = (self.people / self.people.sum())[:, None]
        left = part**2 * (1 / read - 1 / self.people)[:, None]
        predicted = (part * self.predicted).sum(axis=0)
        right = _joined(part * self.predicted, self.right, left * self.predicted)
        missed = _joined(part * (1 - self.predicted), self.missed, left * (1 - self.predicted))
        down, up = joined_margins(predicted, right, missed, self.z)
        share = predicted * right[0] + (1 - predicted) * missed[0]
        widths: Floats = np.minimum(share + up, 1) - np.maximum(share - down, 0)
        return widths


def _joined(part: Floats, shares: Floats, left: Floats) -> tuple[Floats, Floats]:
    """Give groups' shares taken together, and one over the effective number they come from."""
    whole = np.maximum(part.sum(axis=0), np.finfo(np.float32).tiny)
    return (part * shares).sum(axis=0) / whole, left.sum(axis=0) / whole**2


def _check(strata: Sequence[Stratum], width: float, confidence: float) -> None:
    if not strata:
        raise UnprocessableError("there is no group to read people of")
    if len({tuple(theme.theme for theme in stratum.themes) for stratum in strata}) > 1:
        raise UnprocessableError("each group has to be planned for the same themes")
    for name, number in (("width", width), ("confidence", confidence)):
        if not 0 < number < 1:
            raise UnprocessableError(f"the {name} has to be between 0 and 1")


def _outlook(strata: Sequence[Stratum], confidence: float) -> _Outlook:
    shares = np.array([[_shares(theme) for theme in stratum.themes] for stratum in strata])
    predicted, right, missed = np.moveaxis(shares, -1, 0)
    people = np.array([stratum.people for stratum in strata])
    return _Outlook(people, predicted, right, missed, float(ndtri((1 + confidence) / 2)))


def _shares(outlook: ThemeOutlook) -> tuple[float, float, float]:
    """Give F, p and q of a theme; half a person is added to each number of an earlier reading."""
    known, f = outlook.agreement, outlook.predicted
    if isinstance(known, EarlierReading):
        right = (known.both + 0.5) / (known.both + known.only_model + 1)
        return f, right, (known.only_people + 0.5) / (known.only_people + known.neither + 1)
    missed = f * known.precision * (1 / known.recall - 1) / (1 - f) if f < 1 else 0.0
    return f, known.precision, min(missed, 1.0)


def _least(strata: Sequence[Stratum], outlook: _Outlook, policy: Policy, *, rare: bool) -> Ints:
    least = np.array([max(policy.fewest_read, stratum.already) for stratum in strata])
    if rare:
        least = np.maximum(least, _for_rarest(outlook.predicted.min(axis=1), outlook.people))
    within: Ints = np.minimum(least, outlook.people)
    return within


def _for_rarest(predicted: Floats, people: NDArray[Any]) -> Ints:
    """Give how many have to be read for a theme of that share not to be too rare to correct."""
    enough = FEWEST_EXPECTED / np.maximum(predicted, FEWEST_EXPECTED / people)
    return np.ceil(enough - _ROUNDING).astype(np.int64)


def _by_group(outlook: _Outlook, least: Ints, width: float) -> Ints:
    return np.array(
        [
            _fewest(partial(_widest, outlook.group(each)), int(low), int(people), width)
            for each, (low, people) in enumerate(zip(least, outlook.people, strict=True))
        ]
    )


def _widest(outlook: _Outlook, read: int) -> float:
    return float(outlook.widths(np.array([read])).max())


def _for_everyone(outlook: _Outlook, least: Ints, width: float) -> Ints:
    variance = outlook.predicted * outlook.right * (1 - outlook.right)
    variance += (1 - outlook.predicted) * outlook.missed * (1 - outlook.missed)
    spreads = np.sqrt(variance.mean(axis=1))
    people = outlook.people.sum()
    overall = outlook.people @ outlook.predicted / people
    low = max(int(least.sum()), int(_for_rarest(overall.min(), people)))

    def allocation(total: int) -> Ints:
        return neyman_allocation(total, outlook.people, spreads, least)

    def widest(total: int) -> float:
        return float(outlook.widths(allocation(total)).max())

    return allocation(_fewest(widest, low, int(people), width))


def _fewest(widest: Callable[[int], float], least: int, most: int, width: float) -> int:
    """Find the least number for which the widest interval is as narrow as wanted."""
    numbers = range(least, most)
    return least + bisect_left(numbers, True, key=lambda number: widest(number) <= width)


def _group(stratum: Stratum, outlook: _Outlook, read: Ints, each: int) -> GroupPlan:
    widths = outlook.group(each).widths(read[[each]])
    number = int(read[each])
    return GroupPlan(
        id=stratum.id,
        name=stratum.name,
        people=stratum.people,
        read=number,
        further=max(number - stratum.already, 0),
        width=float(widths.max()),
        decided_by=stratum.themes[int(widths.argmax())].theme,
    )
