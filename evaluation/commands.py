"""The commands ``sayso evaluate`` and ``sayso benchmark``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluation.benchmark import Benchmark
    from evaluation.estimates import Result
    from evaluation.labelled import LabelledFile
    from models import Tagger

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


@dataclass(frozen=True, slots=True)
class _Report:
    """Figures, and what people read of them; a page is drawn only where it is written."""

    name: str
    figures: Result
    markdown: str
    html: Callable[[], str] | None = None


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
    against: Annotated[
        str | None,
        typer.Option(help="Another model of the same themes: say what --model gains and loses."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the figures as JSON and Markdown, those of one model as HTML."
        ),
    ] = None,
) -> None:
    """Measure a model on labelled comments, alone or against another one.

    A model of another codebook is measured on the published FFT file through a crosswalk.
    """
    from evaluation.errors import UnwritableReportError
    from evaluation.labelled import LabelledFile

    labelled = LabelledFile(data, data_format, part, minimum_support)
    report = _report(model, against, labelled, operating_point)
    if output is not None:
        try:
            _write(report, output)
        except OSError as error:
            raise UnwritableReportError(
                f"{output} cannot be written: {error.strerror or error}"
            ) from error
    _print(report.markdown)


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
    from models import load

    labelled = LabelledFile(data, data_format, "test", minimum_support)
    with Console(stderr=True).status("Training and scoring on the same rows"):
        figures = benchmark_model(load(model), labelled)
    _print_benchmark(figures)


def _report(model: str, against: str | None, labelled: LabelledFile, point: str) -> _Report:
    from models import load

    tagger = load(model)
    if against is not None:
        return _comparison(tagger, load(against), labelled, point)
    if labelled.needs_crosswalk(tagger.codebook):
        return _crosswalked(tagger, labelled, point)
    return _evaluation(tagger, labelled, point)


def _evaluation(tagger: Tagger, labelled: LabelledFile, point: str) -> _Report:
    from evaluation.labelled import evaluate_model
    from evaluation.reports import render_html, render_markdown

    figures = evaluate_model(tagger, labelled, point)
    names = {theme.id: theme.name for theme in tagger.codebook.themes}
    page = partial(render_html, figures, names)
    return _Report("evaluation", figures, render_markdown(figures), page)


def _comparison(new: Tagger, old: Tagger, labelled: LabelledFile, point: str) -> _Report:
    from evaluation.model_comparison import compare_models
    from evaluation.reports import render_comparison

    figures = compare_models(new, old, labelled, point)
    return _Report("comparison", figures, render_comparison(figures))


def _crosswalked(tagger: Tagger, labelled: LabelledFile, point: str) -> _Report:
    from evaluation.crosswalked import evaluate_crosswalked
    from evaluation.reports import render_crosswalked

    figures = evaluate_crosswalked(tagger, labelled, point)
    return _Report("crosswalked", figures, render_crosswalked(figures))


def _write(report: _Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{report.name}.json").write_text(report.figures.model_dump_json(indent=1), "utf-8")
    (folder / f"{report.name}.md").write_text(report.markdown, "utf-8")
    if report.html is not None:
        (folder / f"{report.name}.html").write_text(report.html(), "utf-8")


def _print(markdown: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(markdown))


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
