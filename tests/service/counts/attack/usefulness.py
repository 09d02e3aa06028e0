"""How much of a survey is still told, of what would be if only small numbers were hidden."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from tests.service.counts.attack.asked import tables
from tests.service.counts.attack.publishing import Naive

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.counts.policy import Policy
    from tests.service.counts.attack.asked import Asked
    from tests.service.counts.attack.publishing import Figure
    from tests.service.counts.attack.surveys import Sample

Table = Literal["everyone", "by one", "by two", "filtered", "by one, filtered"]


class Usefulness:
    """Counts figures by kind of table.

    Attributes:
        told: Counts that are told.
        tellable: Those that would be told if only small numbers were hidden.
    """

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.tellable: Counter[str] = Counter()

    def add(self, sample: Sample, policy: Policy, figures: Iterable[Figure]) -> None:
        """Add a survey's."""
        naive = Naive(sample, policy)
        for table in tables(sample.plan.shape):
            self.tellable[kind_of(table)] += _told(naive.figures(table))
        for figure in figures:
            self.told[kind_of(figure.asked)] += _told([figure])

    def __str__(self) -> str:
        return "\n".join(
            f"{kind}: {self.told[kind]} of {many} figures told ({self.told[kind] / many:.0%})"
            for kind, many in sorted(self.tellable.items())
            if many
        )


def kind_of(asked: Asked) -> Table:
    """Say what kind of table it is; its row of everyone counts with it."""
    query = asked.query
    dates = asked.period or query.since or query.until
    filtered = any((query.site, query.question, query.polarity, dates))
    if len(query.by) == 2:
        return "by two"
    if query.by:
        return "by one, filtered" if filtered else "by one"
    return "filtered" if filtered else "everyone"


def _told(figures: Iterable[Figure]) -> int:
    return sum(figure.count is not None for figure in figures)
