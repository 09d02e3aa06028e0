"""The command ``sayso simulate-correction``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from service.counts.simulation import IntervalFigures, RowFigures, SimulationFigures

app = typer.Typer()


@app.command("simulate-correction")
def simulate_correction(
    surveys: Annotated[int, typer.Option(min=20, help="How many surveys to make up.")] = 1_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 20_250_731,
) -> None:
    """Make up surveys, correct their shares by a sample, and compare them to what is true.

    It shows how often 95% intervals hold the truth, with correction and without, and how often a
    group seems to differ from everyone else only because the model finds less of what it says.
    """
    from rich.console import Console
    from rich.progress import Progress

    from service.counts.simulation import simulate

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Making up surveys", total=surveys)
        figures = simulate(surveys, seed, lambda: progress.advance(task))
    console = Console()
    console.print(_shares(figures))
    console.print(_differences(figures))


def _shares(figures: SimulationFigures) -> Table:
    from rich.table import Table

    title = f"Shares in {figures.surveys:,} made-up surveys (seed {figures.seed})"
    table = Table(title=title, title_justify="left")
    table.add_column("Shares of")
    table.add_column("as")
    for column in ("rows", "coverage", "mean width", "mean error"):
        table.add_column(column, justify="right")
    _add(table, "everyone", figures.everyone)
    _add(table, "each group", figures.groups)
    _add(table, "worse group", figures.worse_group)
    return table


def _add(table: Table, name: str, rows: RowFigures) -> None:
    table.add_row(name, "corrected", f"{rows.given:.0%}", *_numbers(rows.corrected))
    table.add_row("", "counted", "the same", *_numbers(rows.uncorrected))


def _numbers(found: IntervalFigures) -> tuple[str, str, str]:
    return f"{found.coverage:.1%}", f"{found.width:.3f}", f"{found.error:.3f}"


def _differences(figures: SimulationFigures) -> str:
    found = figures.differences
    return (
        f"Of {found.compared:,} times that a group the model finds less of raises a theme as often "
        f"as everyone else, it seems to differ {found.uncorrected:.0%} of times as counted, "
        f"{found.corrected:.1%} as corrected."
    )
