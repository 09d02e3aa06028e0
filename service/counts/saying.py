"""What people say in the answers that are picked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service.counts.merging import Runs, runs
from service.counts.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from labelled_data import Polarity
    from service.counts.people import People
    from service.counts.readings import Readings

EVERY_QUESTION = slice(None)


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What each person says in each part of their answers, wherever one can be read; u rows.

    Themes are bits, as in `Readings`; they are put together whenever they are asked for.

    Attributes:
        person: Shape (u,); place in `People`.
        parts: Shapes (u,); what the answers are parted by, such as the site.
    """

    person: NDArray[np.intp]
    parts: tuple[NDArray[np.intp], ...]
    _readings: Readings
    _questions: slice
    _readable: NDArray[np.bool_]
    _runs: Runs

    def tagged(self) -> NDArray[np.uint64]:
        """Give the themes that any of the answers raises, shape (u,)."""
        return self._in_any(self._readings.tagged)

    def praised(self) -> NDArray[np.uint64]:
        """Give the themes that any of them speaks well of, shape (u,)."""
        return self._in_any(self._readings.praised)

    def blamed(self) -> NDArray[np.uint64]:
        """Give the themes that any of them speaks badly of, shape (u,)."""
        return self._in_any(self._readings.blamed)

    def raised(self, polarity: Polarity | None) -> NDArray[np.uint64]:
        """Give the themes that are raised and, over all the answers, spoken of so, shape (u,)."""
        if polarity is None:
            return self.tagged()
        praised, blamed = self.praised(), self.blamed()
        well = praised if polarity.praises else ~praised
        badly = blamed if polarity.blames else ~blamed
        return self.tagged() & well & badly

    def _in_any(self, themes: NDArray[np.uint64]) -> NDArray[np.uint64]:
        themes = themes[:, self._questions]
        joined = np.zeros(len(themes), np.uint64)
        for column in range(themes.shape[1]):
            joined |= themes[:, column] * self._readable[:, column]
        return self._runs.together(joined)


def said(
    people: People,
    picked: NDArray[np.bool_] | None = None,
    questions: slice = EVERY_QUESTION,
    *parts: NDArray[np.intp],
) -> Said:
    """Put together what each person says in each part of the answers that are picked.

    Args:
        people: Who they are from.
        picked: Shape (n,); which responses count. None for all.
        questions: Which columns count.
        parts: Shapes (n,); whole numbers from 0 on that part a person's responses.
    """
    readable = people.readings.status[:, questions] == Reading.READABLE
    counts = readable.any(axis=1) if picked is None else readable.any(axis=1) & picked
    found = runs(people.responses(counts), people.of, *parts)
    return Said(
        found.first(people.of),
        tuple(found.first(part) for part in parts),
        people.readings,
        questions,
        readable,
        found,
    )


def raising(bits: NDArray[np.uint64], themes: int) -> Iterator[NDArray[np.intp]]:
    """Give, for each of a number of themes in turn, the rows whose bit stands."""
    for theme in range(themes):
        yield np.flatnonzero(bits & np.uint64(1 << theme))
