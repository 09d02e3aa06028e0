"""Who publishes a survey: the service, or somebody who does too little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tests.service.counts.attack.asked import parts
from tests.service.counts.attack.reader import ANY

if TYPE_CHECKING:
    from service.counts.policy import Policy
    from tests.service.counts.attack.asked import Asked
    from tests.service.counts.attack.joint import Part
    from tests.service.counts.attack.reader import Bounds
    from tests.service.counts.attack.surveys import Sample


@dataclass(frozen=True, slots=True)
class Figure:
    """What one row of a table, or one point of a trend, tells.

    Attributes:
        asked: The table.
        theme: Place of the theme.
        part: The people it is of.
        base: Those with an answer that could be read; None where hidden.
        count: Those of them who raise the theme; None where hidden.
        rounded_to: What the count is rounded to.
    """

    asked: Asked
    theme: int
    part: Part
    base: int | None
    count: int | None
    rounded_to: int = 1


class Publisher(Protocol):
    """Publishes tables of one survey."""

    def figures(self, asked: Asked) -> list[Figure] | None:
        """Give what a table tells; None where it is refused."""

    def gives(self, asked: Asked) -> bool:
        """Tell, after a table was asked for, whether any of its shape are given."""

    def everyone(self) -> Bounds:
        """Give what is told, beside the tables' figures, of how many people there are."""


class Truth:
    """What only those who may see the responses know.

    Args:
        sample: The survey.
    """

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self._known: dict[Part, tuple[int, tuple[int, ...]]] = {}

    def of(self, part: Part) -> tuple[int, tuple[int, ...]]:
        """Count the people of a part, and those of them who raise each theme."""
        if part not in self._known:
            groups, patterns, tellings = self.sample.joint.masks(part)
            told = self.sample.told[:, groups][:, :, tellings].sum(axis=(1, 2))
            base = int(self.sample.base[groups][:, patterns].sum())
            self._known[part] = base, tuple(told.tolist())
        return self._known[part]


class Naive:
    """Hides small numbers and rounds all others, as many do, and takes it for protection.

    Args:
        sample: The survey.
        policy: What is small, and what is rounded to.
    """

    def __init__(self, sample: Sample, policy: Policy) -> None:
        self._sample, self._policy, self._truth = sample, policy, Truth(sample)

    def figures(self, asked: Asked) -> list[Figure]:
        """Give what a table tells: it is never refused."""
        told = [(part, *self._truth.of(part)) for part in parts(self._sample.plan.shape, asked)]
        return [
            self._figure(asked, theme, part, base, counts[theme])
            for theme in range(len(self._sample.told))
            for part, base, counts in told
        ]

    def gives(self, asked: Asked) -> bool:
        """Tell that all tables are given."""
        return True

    def everyone(self) -> Bounds:
        """Tell nothing else."""
        return ANY

    def _figure(self, asked: Asked, theme: int, part: Part, base: int, count: int) -> Figure:
        policy = self._policy
        if base < policy.smallest_base:
            return Figure(asked, theme, part, None, None)
        shown = not (_small(count, policy) or _small(base - count, policy))
        known = policy.rounded(count) if shown else None
        return Figure(asked, theme, part, policy.rounded(base), known, policy.round_to)


def _small(number: int, policy: Policy) -> bool:
    return 0 < number < policy.smallest_shown
