"""The commands ``sayso evaluate`` and ``sayso benchmark``."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evaluation.options import (  # noqa: TC001 - Typer reads them
    AboutOption,
    AnyFormatOption,
    ByOption,
    DataArgument,
    FormatOption,
    KeepOption,
    ModelOption,
    PartOption,
    RecordOption,
    SchemeOption,
    SupportOption,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evaluation.benchmark import Benchmark
    from evaluation.estimates import Result
    from evaluation.groupings import GroupBy
    from evaluation.labelled import LabelledFile
    from evaluation.metrics import Evaluation
    from models import Tagger

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class _Report:
    """Figures, and what people read of them; a page is drawn only where it is written."""

    name: str
    figures: Result
    markdown: str
    html: Callable[[], str] | None = None
    transparency: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which groups to measure, whether to keep that in the model's folder, where to draft what."""

    by: tuple[GroupBy, ...]
    keep: bool
    about: str | None
    record: Path | None


@app.command("evaluate")
def evaluate(
    data: DataArgument,
    model: ModelOption = "fft",
    data_format: AnyFormatOption = "labelled",
    part: PartOption = None,
    operating_point: Annotated[
        Literal["balanced", "recall"], typer.Option(help="Thresholds to use.")
    ] = "balanced",
    minimum_support: SupportOption = 25,
    against: Annotated[
        str | None,
        typer.Option(help="Another model of the same themes: say what --model gains and loses."),
    ] = None,
    by: ByOption = None,
    scheme: SchemeOption = None,
    keep: KeepOption = False,
    about: AboutOption = None,
    record: RecordOption = None,
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
    from evaluation.group_columns import asked_groups
    from evaluation.labelled import LabelledFile

    if by and against is not None:
        raise typer.BadParameter("--by measures one model, without --against")
    if (keep or scheme) and not by:
        raise typer.BadParameter("--keep and --scheme need --by")
    if keep and operating_point != "balanced":
        raise typer.BadParameter("--keep is of the balanced operating point, which counts use")
    if record is not None:
        _check_record(record, against)
    part = part or ("all" if data_format == "survey" else "test")
    labelled = LabelledFile(data, data_format, part, minimum_support)
    groups = asked_groups(labelled, by or (), _schemes(scheme, by))
    wanted = _Wanted(groups, keep, about, record)
    report = _report(model, against, labelled, operating_point, wanted)
    if output is not None:
        _write(report, output)
    if record is not None and report.transparency is not None:
        _write_record(report.transparency(), record)
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


def _schemes(told: Sequence[str] | None, by: Sequence[str] | None) -> dict[str, str]:
    """Part `C=SCHEME`, each of a column that is asked for."""
    schemes = {}
    for each in told or ():
        column, equals, scheme = each.rpartition("=")
        if not equals or column not in (by or ()):
            raise typer.BadParameter(f"--scheme {each}: not C=SCHEME of a column given to --by")
        schemes[column] = scheme
    return schemes


def _report(
    model: str, against: str | None, labelled: LabelledFile, point: str, wanted: _Wanted
) -> _Report:
    from models import load

    tagger = load(model)
    if against is not None:
        return _comparison(tagger, load(against), labelled, point)
    if labelled.needs_crosswalk(tagger.codebook):
        if wanted.by or wanted.record:
            raise typer.BadParameter(
                "--by and --record measure a model on labels of its own codebook"
            )
        return _crosswalked(tagger, labelled, point)
    return _evaluation(tagger, labelled, point, wanted)


def _evaluation(tagger: Tagger, labelled: LabelledFile, point: str, wanted: _Wanted) -> _Report:
    from evaluation.labelled import evaluate_model
    from evaluation.reports import render_html, render_markdown
    from evaluation.transparency import Measured, render_transparency

    figures = evaluate_model(tagger, labelled, point, wanted.by)
    if wanted.keep:
        _keep(tagger, labelled, figures, wanted.about)
    names = {theme.id: theme.name for theme in tagger.codebook.themes}
    page = partial(render_html, figures, names)
    measured = Measured(tagger.manifest, figures, labelled.sha256(), labelled.part, point)
    draft = partial(render_transparency, measured)
    return _Report("evaluation", figures, render_markdown(figures), page, draft)


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


def _keep(tagger: Tagger, labelled: LabelledFile, figures: Evaluation, about: str | None) -> None:
    from evaluation.fairness import Fairness, record_fairness
    from models.artefact import FAIRNESS

    told = Fairness(measured_on=labelled.sha256(), about=about, by_group=figures.by_group)
    with _writing(tagger.file(FAIRNESS)):
        record_fairness(tagger, told)


def _write(report: _Report, folder: Path) -> None:
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        figures = report.figures.model_dump_json(indent=1)
        (folder / f"{report.name}.json").write_text(figures, "utf-8")
        (folder / f"{report.name}.md").write_text(report.markdown, "utf-8")
        if report.html is not None:
            (folder / f"{report.name}.html").write_text(report.html(), "utf-8")


def _check_record(record: Path, against: str | None) -> None:
    from evaluation.transparency import check_is_new

    if against is not None:
        raise typer.BadParameter("--record is of one model, without --against")
    check_is_new(record)


def _write_record(draft: str, record: Path) -> None:
    with _writing(record):
        record.parent.mkdir(parents=True, exist_ok=True)
        with record.open("x", encoding="utf-8") as file:
            file.write(draft)


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    from evaluation.errors import UnwritableReportError

    try:
        yield
    except OSError as error:
        raise UnwritableReportError(
            f"{place} cannot be written: {error.strerror or error}"
        ) from error


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
