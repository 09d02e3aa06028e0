"""The commands ``sayso evaluate`` and ``sayso benchmark``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from evaluation.benchmark import Benchmark
    from evaluation.metrics import Evaluation
    from labelled_data import Codebook

app = typer.Typer()

Format = Literal["qdc", "labelled"]
DataArgument = Annotated[Path, typer.Argument(help="Labelled comments.")]
FormatOption = Annotated[
    Format, typer.Option("--format", help="The published FFT file, or Sayso's own labelled CSV.")
]
ModelOption = Annotated[str, typer.Option(help="A shipped model, or the folder of an artefact.")]
SupportOption = Annotated[
    int, typer.Option(help="Labelled comments a theme needs in the file to be measured.")
]


@app.command("evaluate")
def evaluate(
    data: DataArgument,
    model: ModelOption = "fft",
    data_format: FormatOption = "labelled",
    part: Annotated[
        Literal["test", "all"],
        typer.Option(help="Only comments kept from training by the hash of their text, or all."),
    ] = "test",
    operating_point: Annotated[
        Literal["balanced", "recall"], typer.Option(help="Thresholds to use.")
    ] = "balanced",
    minimum_support: SupportOption = 25,
    output: Annotated[
        Path | None, typer.Option(help="Folder for evaluation.json, .md and .html.")
    ] = None,
) -> None:
    """Measure a model on labelled comments."""
    from evaluation.errors import UnwritableReportError
    from evaluation.labelled import LabelledFile, evaluate_model

    labelled = LabelledFile(data, data_format, part, minimum_support)
    codebook, evaluation = evaluate_model(model, labelled, operating_point)
    if output is not None:
        try:
            _write(evaluation, codebook, output)
        except OSError as error:
            raise UnwritableReportError(
                f"{output} cannot be written: {error.strerror or error}"
            ) from error
    _print_markdown(evaluation)


@app.command("benchmark")
def benchmark(
    data: DataArgument,
    model: ModelOption = "fft",
    data_format: FormatOption = "qdc",
    minimum_support: SupportOption = 25,
) -> None:
    """Train the peer and the n-gram baseline on the rows a model learnt from; measure all three."""
    from rich.console import Console

    from evaluation.labelled import LabelledFile, benchmark_model

    labelled = LabelledFile(data, data_format, "test", minimum_support)
    with Console(stderr=True).status("Training and scoring on the same rows"):
        figures = benchmark_model(model, labelled)
    _print_benchmark(figures)


def _write(evaluation: Evaluation, codebook: Codebook, folder: Path) -> None:
    from evaluation.reports import render_html, render_markdown

    folder.mkdir(parents=True, exist_ok=True)
    names = {theme.id: theme.name for theme in codebook.themes}
    (folder / "evaluation.json").write_text(evaluation.model_dump_json(indent=1), "utf-8")
    (folder / "evaluation.md").write_text(render_markdown(evaluation), "utf-8")
    (folder / "evaluation.html").write_text(render_html(evaluation, names), "utf-8")


def _print_markdown(evaluation: Evaluation) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    from evaluation.reports import render_markdown

    Console().print(Markdown(render_markdown(evaluation)))


def _print_benchmark(figures: Benchmark) -> None:
    from rich.console import Console

    from evaluation.benchmark_table import difference_table, system_table

    console = Console()
    console.print(
        f"{figures.comments:,} test comments, {len(figures.macro_themes)} themes,"
        " bootstrap 95% intervals"
    )
    console.print(system_table(figures))
    console.print(difference_table(figures))
