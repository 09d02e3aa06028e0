"""The unknown numbers of a survey as columns of a linear problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.service.counts.attack.reader import EVERYONE, Knowledge, Sum, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Matrix = NDArray[np.int8]
    Places = NDArray[np.int64]
    Tellers = list[list[int]]


class Unknown:
    """The unknown numbers as columns: people by kind, then for each theme those who tell of it.

    Args:
        knowledge: What the reader knows.
        themes: How many there are.
    """

    def __init__(self, knowledge: Knowledge, themes: int) -> None:
        shape = knowledge.joint.shape
        self._size = len(shape.groups), len(shape.patterns), len(shape.tellings)
        self._themes = themes
        pattern = np.array([pattern for pattern, _ in shape.tellings], np.int64)
        self._tellings = [np.flatnonzero(pattern == p) for p in range(len(shape.patterns))]
        self._nobody = [of for of, bounds in knowledge.bounds.items() if bounds.high == 0]

    def rows(self, sums: Sequence[Sum]) -> Matrix:
        """Give the coefficients of sums; shape (sums, columns)."""
        return np.array([self._row(of) for of in sums], np.int8)

    def _row(self, of: Sum) -> Matrix:
        groups, patterns, tellings = self._size
        base = np.zeros((groups, patterns), np.int8)
        told = np.zeros((self._themes, groups, tellings), np.int8)
        crossings = np.flatnonzero(unpacked(of.groups))[:, None]
        answers = np.flatnonzero(unpacked(of.answers))
        if of.theme == EVERYONE:
            base[crossings, answers] = 1
        elif of.without is None:
            told[of.theme, crossings, answers] = 1
        else:
            base[crossings, np.flatnonzero(unpacked(of.without))] = 1
            told[of.theme, crossings, answers] = -1
        return np.concatenate([base.ravel(), told.ravel()])

    def distinct(self, sums: Matrix) -> tuple[Places, Matrix]:
        """Find the columns that can differ from 0 and are told apart by any sum.

        Kinds of people whom no sum tells apart are as good as one kind, so that one will do.

        Returns:
            Their places, and rows that say that nobody tells of a theme who is not there.
        """
        kept: list[int] = []
        links: list[Matrix] = []
        for person, tellers in self._kinds(sums):
            kept.append(person)
            for of_theme in tellers:
                kept += of_theme
                link = np.zeros(sums.shape[1], np.int8)
                link[person], link[of_theme] = 1, -1
                links.append(link)
        return np.array(sorted(kept), np.int64), np.array(links, np.int8)

    def _kinds(self, sums: Matrix) -> Iterator[tuple[int, Tellers]]:
        """Give one of those kinds of people that are alike, with those who tell of each theme."""
        like = np.unique(np.ascontiguousarray(sums.T), axis=0, return_inverse=True)[1].ravel()
        nobody = self._where_nobody_is()
        seen = set()
        for person in np.flatnonzero(~nobody[: self._size[0] * self._size[1]]).tolist():
            tellers = [self._tellers(person, t, like, nobody) for t in range(self._themes)]
            kind = like[person], tuple(tuple(of_theme) for of_theme in tellers)
            if kind not in seen:
                seen.add(kind)
                yield person, [list(of_theme.values()) for of_theme in tellers]

    def _tellers(
        self, person: int, theme: int, like: Places, nobody: NDArray[np.bool_]
    ) -> dict[int, int]:
        """Give one of those columns that are alike, by what they are like, in order of that."""
        groups, patterns, tellings = self._size
        group, pattern = divmod(person, patterns)
        first = groups * (patterns + theme * tellings) + group * tellings
        columns = (first + self._tellings[pattern]).tolist()
        return dict(sorted({int(like[c]): c for c in columns if not nobody[c]}.items()))

    def _where_nobody_is(self) -> NDArray[np.bool_]:
        groups, patterns, tellings = self._size
        nobody = np.zeros(groups * (patterns + self._themes * tellings), np.bool_)
        for of in self._nobody:
            if of.without is None:
                nobody |= self._row(of) > 0
        return nobody
