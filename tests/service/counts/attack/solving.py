"""The least and the most that numbers can be, by linear programming with HiGHS.

Source: Fischetti and Salazar-González (2001), "Solving the cell suppression problem on tabular data
with linear constraints", Management Science 47(7): the attacker's two problems for each cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np

from tests.service.counts.attack.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tests.service.counts.attack.reader import Knowledge, Sum

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.int8]

NEAR = 1e-6


class ContradictionError(Exception):
    """No table at all agrees with what was published."""


class Problem:
    """Whole tables that agree with all that a reader knows.

    Its columns are the unknown numbers, then for each target its value, then that value cut off at
    what it must be able to reach.

    Args:
        knowledge: What the reader knows.
        themes: How many there are.
        targets: The sums that the reader is after.
        reach: How high each of them must be able to be.
        whole: Whether numbers must be whole: a stronger reader, who needs far longer.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        themes: int,
        targets: Sequence[Sum],
        reach: Sequence[float],
        *,
        whole: bool = False,
    ) -> None:
        unknown = Unknown(knowledge, themes)
        self._known = list(knowledge.bounds)
        sums = unknown.rows([*self._known, *targets])
        columns, links = unknown.distinct(sums)
        sums, links = sums[:, columns], links.reshape(-1, sums.shape[1])[:, columns]
        self._columns, self._targets = len(columns), len(targets)
        low, high = np.array([*knowledge.bounds.values()], np.float64).reshape(-1, 2).T
        zeros, none = np.zeros(len(targets)), np.full(len(targets), np.inf)
        self._solver = _solver(
            _matrix(sums[: len(low)], links, sums[len(low) :]),
            np.concatenate([low, np.zeros(len(links)), zeros, zeros]),
            np.concatenate([high, np.full(len(links), np.inf), zeros, none]),
            np.concatenate([np.full(len(columns), np.inf), none, np.array(reach, np.float64)]),
            whole=whole,
        )

    def least(self, some: Sequence[int]) -> Vector:
        """Make the sum of some targets as small as can be, and give the values of all targets."""
        return self._solve(some, self._columns, highspy.ObjSense.kMinimize)

    def most(self, some: Sequence[int], *, cut_off: bool) -> Vector:
        """Make the sum of some targets as large as can be, each cut off at what it must reach."""
        first = self._columns + (self._targets if cut_off else 0)
        return self._solve(some, first, highspy.ObjSense.kMaximize)

    def reasons(self) -> list[tuple[Sum, float]]:
        """Give the sums whose bounds the last answer follows from, with what each counts for."""
        duals = self._solver.getSolution().row_dual[: len(self._known)]
        return [(of, dual) for of, dual in zip(self._known, duals, strict=True) if abs(dual) > NEAR]

    def _solve(self, some: Sequence[int], first: int, sense: highspy.ObjSense) -> Vector:
        cost = np.zeros(self._columns + 2 * self._targets)
        cost[first + np.array(some, np.int64)] = 1
        self._solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        self._solver.changeObjectiveSense(sense)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kUnbounded:
            return np.full(self._targets, np.inf)
        if status != highspy.HighsModelStatus.kOptimal:
            raise ContradictionError(self._solver.modelStatusToString(status))
        values = np.array(self._solver.getSolution().col_value)
        return values[self._columns : self._columns + self._targets]


def _matrix(sums: Matrix, links: Matrix, targets: Matrix) -> Matrix:
    """Put rows together, the last two for each target: what it is, and that it is cut off."""
    many, columns = targets.shape
    own, nothing = np.eye(many, dtype=np.int8), np.zeros((many, columns), np.int8)
    unused = np.zeros((len(sums) + len(links), 2 * many), np.int8)
    return np.vstack(
        [
            np.hstack([np.vstack([sums, links]), unused]),
            np.hstack([targets, -own, np.zeros_like(own)]),
            np.hstack([nothing, own, -own]),
        ]
    )


def _solver(
    matrix: Matrix, low: Vector, high: Vector, most: Vector, *, whole: bool
) -> highspy.Highs:
    """Hand a problem to HiGHS."""
    rows, columns = np.nonzero(matrix)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.row_lower_, lp.row_upper_ = low, high
    lp.col_lower_, lp.col_upper_ = np.zeros(len(most)), most
    lp.col_cost_ = np.zeros(len(most))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.searchsorted(rows, np.arange(len(matrix) + 1)).astype(np.int32)
    lp.a_matrix_.index_ = columns.astype(np.int32)
    lp.a_matrix_.value_ = matrix[rows, columns].astype(np.float64)
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(most)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("presolve", "off")
    solver.passModel(lp)
    return solver
