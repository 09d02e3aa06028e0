"""The commands ``sayso train`` and what goes with it.

``benchmark-speed`` stands here too, since Sayso is held against torch.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from evaluation.speed.results import Speed
    from labelled_data import Codebook

app = typer.Typer()
EXAMPLES = (8, 16, 32, 64)


@app.command("train")
def train(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="What to do.")],
    output: Annotated[Path, typer.Option(help="Folder of the artefact; must not exist yet.")],
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[ID=]FILE",
            help="Labelled comments, in place of the recipe's; may be repeated.",
        ),
    ] = None,
    corrections: Annotated[
        list[str] | None,
        typer.Option(metavar="[ID=]FILE", help="Comments that people corrected; may be repeated."),
    ] = None,
) -> None:
    """Train a tagger; a stopped run goes on where it stopped when started again."""
    _need_torch("training")
    from training.run import run_recipe

    for name, evaluation in run_recipe(recipe, output, data or (), corrections or ()).items():
        if evaluation is not None:
            overall = evaluation.overall
            typer.echo(
                f"{name}: on {evaluation.comments:,} test comments micro-F1"
                f" {_figure(overall.micro.f1.value)}, macro-F1 {_figure(overall.macro.f1.value)}"
            )
    typer.echo(f"Written to {output}")


def _figure(value: float | None) -> str:
    """Give a figure, or that it has none, as where no test comment has a theme."""
    return "not defined" if value is None else f"{value:.3f}"


@app.command("benchmark-training")
def benchmark_training(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="What would be trained.")],
    data: Annotated[
        list[str] | None,
        typer.Option(metavar="[ID=]FILE", help="As of train; may be repeated."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Steps of each network.")] = 30,
) -> None:
    """Measure what a step of training costs, beside nothing but its matrix products."""
    _need_torch("training")
    from rich.console import Console

    from training.run import recipe_costs

    console = Console()
    console.print("network        comments a step  ms a step  products ms  products' share")
    with Console(stderr=True).status("Reading") as status:
        for each in recipe_costs(
            recipe, data or (), steps, lambda name: status.update(f"Training a {name}")
        ):
            console.print(
                f"{each.network:14} {each.comments:15} {each.milliseconds:10,.0f}"
                f" {each.products_milliseconds:12,.0f} {each.share:16.0%}",
                highlight=False,
            )


@app.command("fit-sentiment")
def fit_sentiment(
    artefact: Annotated[str, typer.Argument(help="A shipped model, or the folder of an artefact.")],
    data: Annotated[Path, typer.Option(help="Comments with sentiments.")],
    data_format: Annotated[
        Literal["qdc", "labelled"],
        typer.Option("--format", help="The published FFT file, or Sayso's own labelled CSV."),
    ] = "qdc",
    version: Annotated[
        str | None, typer.Option(help="The artefact's new version; one that is shipped needs it.")
    ] = None,
) -> None:
    """Teach an artefact to tell sentiment, from 1 (very positive) to 5 (very negative)."""
    from evaluation.labelled import LabelledFile
    from training.fit_sentiment import add_sentiment

    figures = add_sentiment(artefact, LabelledFile(data, data_format), version)
    if figures is not None:
        typer.echo(
            f"On {figures.comments:,} test comments accuracy {_figure(figures.accuracy.value)},"
            f" mean absolute error {_figure(figures.mean_absolute_error.value)}"
        )
    typer.echo(f"Written to {artefact}")


@app.command("learning-curve")
def learning_curve(
    data: Annotated[Path, typer.Argument(help="Labelled comments.")],
    codebook: Annotated[str, typer.Option(help="Their codebook: an id or a YAML file.")],
    examples: Annotated[
        list[int] | None, typer.Option(min=2, help="Examples a theme; may be repeated.")
    ] = None,
    system: Annotated[
        list[str] | None, typer.Option(help="sayso, setfit or n-grams; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the samples.")] = 0,
) -> None:
    """Measure what a few examples a theme are worth, beside SetFit and n-grams.

    "At best" is the macro-F1 with the one cut that is best on the test comments themselves, which
    no system can know.
    """
    from rich.console import Console

    from labelled_data import read_labelled
    from training.learning_curve import SYSTEMS
    from training.learning_curve import learning_curve as points

    chosen = system or list(SYSTEMS)
    if unknown := [name for name in chosen if name not in SYSTEMS]:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(SYSTEMS)}")
    book = _codebook(codebook)
    console = Console()
    console.print("examples comments  system   micro-F1 macro-F1  at best      mAP  seconds")
    for each in points(read_labelled(data, book), book, examples or EXAMPLES, chosen, seed):
        console.print(
            f"{each.examples:8} {each.comments:8}  {each.system:8} {each.micro_f1:8.3f}"
            f" {each.macro_f1:8.3f} {each.best_macro_f1:8.3f} {each.mean_average_precision:8.3f}"
            f" {each.seconds:8.1f}"
        )


@app.command("label-errors")
def label_errors(
    data: Annotated[Path, typer.Argument(help="Labelled comments.")],
    codebook: Annotated[str, typer.Option(help="Their codebook: an id or a YAML file.")],
    output: Annotated[Path | None, typer.Option(help="Table of the labels to read again.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most labels to write.")] = 100,
) -> None:
    """Find the labels worth reading again, the least credible first."""
    from rich.console import Console

    from labelled_data import read_labelled
    from training.label_errors import doubtful_labels, write_doubtful

    book = _codebook(codebook)
    comments = read_labelled(data, book)
    with Console(stderr=True).status("Learning from the comments, fold by fold"):
        found = doubtful_labels(comments, book.theme_ids)
    if output is not None:
        write_doubtful(output, found[:limit])
    _show_doubtful([(label.theme, label.given) for label in found], book.theme_ids)
    typer.echo(f"{len(found):,} labels are worth reading again")
    if output is not None:
        typer.echo(f"The first {min(limit, len(found)):,} are written to {output}")


@app.command("benchmark-speed")
def benchmark_speed(
    data: Annotated[Path, typer.Argument(help="Labelled comments.")],
    model: Annotated[
        str, typer.Option(help="A shipped model, or the folder of an artefact.")
    ] = "fft",
    data_format: Annotated[
        Literal["qdc", "labelled"],
        typer.Option("--format", help="The published FFT file, or Sayso's own labelled CSV."),
    ] = "qdc",
    minimum_support: Annotated[
        int, typer.Option(help="Labelled comments a theme needs in the file to be measured.")
    ] = 25,
    part: Annotated[
        list[str] | None,
        typer.Option(
            help="systems, encoder, length, rows, ray or processes; all by default. May be"
            " repeated."
        ),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of what goes by turns.")] = 3,
    rows: Annotated[int, typer.Option(min=1, help="Most rows of a file.")] = 100_000,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the figures as JSON, and the chart as SVG.")
    ] = None,
) -> None:
    """Measure what tagging costs, beside the peer, torch and the bare matrix product.

    All systems tag the same comments by turns, and the best round of each counts.
    """
    _need_torch("comparing with torch")
    from rich.console import Console

    from evaluation.labelled import LabelledFile
    from evaluation.speed.results import PARTS
    from evaluation.speed.run import SpeedSettings, measure_speed
    from evaluation.speed.tables import speed_tables
    from training.speed import given_graphs

    chosen = tuple(each for each in PARTS if each in (part or PARTS))
    if unknown := set(part or ()) - set(PARTS):
        raise typer.BadParameter(f"{min(unknown)} is none of {', '.join(PARTS)}")
    labelled = LabelledFile(data, data_format, "test", minimum_support)
    settings = SpeedSettings(parts=chosen, rounds=rounds, rows=rows)
    with Console(stderr=True).status("Reading") as status:
        speed = measure_speed(
            model, labelled, given_graphs, settings, lambda each: status.update(f"Measuring {each}")
        )
    Console().print(speed_tables(speed), highlight=False)
    if output is not None:
        _write_speed(speed, output)


def _write_speed(speed: "Speed", folder: Path) -> None:
    from evaluation.errors import UnwritableReportError
    from evaluation.speed.figure import speed_chart

    chart = speed_chart(speed.systems) if speed.systems else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "speed.json").write_text(speed.model_dump_json(indent=1), "utf-8")
        if chart is not None:
            (folder / "speed.svg").write_text(chart.svg, "utf-8")
    except OSError as error:
        raise UnwritableReportError(
            f"{folder} cannot be written: {error.strerror or error}"
        ) from error


def _need_torch(what: str) -> None:
    try:
        import torch  # noqa: F401 - only to say plainly that it is missing
    except ImportError as error:
        from training.errors import TrainingError

        raise TrainingError(f"{what} needs more packages: pip install 'sayso[train]'") from error


def _codebook(named: str) -> "Codebook":
    from labelled_data import load_codebook, shipped_codebook

    return load_codebook(named) if named.endswith((".yaml", ".yml")) else shipped_codebook(named)


def _show_doubtful(found: list[tuple[str, bool]], themes: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Theme", "Given, perhaps wrongly", "Not given, perhaps missed")
    for theme in themes:
        table.add_row(theme, *(str(found.count((theme, given))) for given in (True, False)))
    Console().print(table)
