"""A benchmark's numbers as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from evaluation.benchmark import Benchmark
    from evaluation.estimates import Estimate


def system_table(figures: Benchmark) -> Table:
    """Lay out each system's figures, a row each."""
    table = Table("System", "micro-F1", "macro-F1", "mAP", "ECE", "train s", "comments/s", box=None)
    for row in figures.systems:
        table.add_row(
            row.system,
            _estimate(row.micro_f1),
            _estimate(row.macro_f1),
            _estimate(row.mean_average_precision),
            f"{row.calibration_error:.3f}",
            "-" if row.seconds_to_train is None else f"{row.seconds_to_train:.0f}",
            "-" if row.comments_per_second is None else f"{row.comments_per_second:.0f}",
        )
    return table


def difference_table(figures: Benchmark) -> Table:
    """Lay out what each system gains on the peer, a row each."""
    table = Table("Against the peer", "micro-F1", "macro-F1", "mAP", box=None)
    for row in figures.differences:
        table.add_row(
            row.system,
            _estimate(row.micro_f1, "+"),
            _estimate(row.macro_f1, "+"),
            _estimate(row.mean_average_precision, "+"),
        )
    return table


def _estimate(estimate: Estimate, sign: str = "") -> str:
    if estimate.value is None:
        return "-"
    value = f"{estimate.value:{sign}.3f}"
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({estimate.low:{sign}.3f} to {estimate.high:{sign}.3f})"
