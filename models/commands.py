"""The commands ``sayso tag``, ``sayso codebook`` and ``sayso demo``.

Each parses, calls one use case and exits; what takes long to import is imported by the command
that needs it.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.long_lived import keep_for_good
from models.predictions import Effort, OperatingPoint

if TYPE_CHECKING:
    from rich.console import Console

    from labelled_data import Codebook, Theme
    from models.tag_file import TagOptions, TagSummary
    from models.tagger import Tagger

app = typer.Typer()


class Engine(StrEnum):
    """What does the work of ``sayso tag``."""

    LOCAL = "local"
    RAY = "ray"


ModelOption = Annotated[str, typer.Option(help="A shipped model, or the folder of an artefact.")]
BAR = 28


@app.command("tag")
def tag(
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="CSV, TSV, XLSX, Parquet or JSONL file; for Ray a folder of Parquet or CSV files,"
            " or the URL of one, such as s3://bucket/comments.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            help="Where to write; by default INPUT.tagged beside it. For Ray a folder, or the URL"
            " of one."
        ),
    ] = None,
    model: ModelOption = "fft",
    text_column: Annotated[
        list[str] | None, typer.Option(help="Column of comments; may be repeated.")
    ] = None,
    question_column: Annotated[
        str | None, typer.Option(help="Column with the question each comment answers.")
    ] = None,
    question: Annotated[
        str | None, typer.Option(help="The question all comments answer, if no column has it.")
    ] = None,
    operating_point: Annotated[
        OperatingPoint, typer.Option(help="Thresholds: best F1, or finding most of them.")
    ] = OperatingPoint.BALANCED,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast/--accurate",
            help="Have cheaper models answer as many comments as they may for a small loss, or only"
            " those that they answer as well.",
        ),
    ] = False,
    scores: Annotated[bool, typer.Option("--scores", help="Add a score for each theme.")] = False,
    evidence: Annotated[
        bool,
        typer.Option(
            "--evidence",
            help="Add a column with the places in the comment that carry each theme, such as"
            " theme=0-34+56-80: characters counted from 0, the last one not included.",
        ),
    ] = False,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; else the first.")] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Most processes to tag a long file in; by default one a core, and at most four.",
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="What works: this computer, or Ray on one or many.")
    ] = Engine.LOCAL,
    ray_address: Annotated[
        str | None,
        typer.Option(help="The Ray cluster to use, such as auto; else one of this computer's own."),
    ] = None,
) -> None:
    """Tag the comments of a file with themes; its own columns stay as they are."""
    if engine is Engine.LOCAL:
        _begin_loading()
    from models.tag_file import TagOptions
    from models.tagger import load

    if question is not None and question_column is not None:
        raise typer.BadParameter("give --question or --question-column, not both")
    options = TagOptions(
        text_columns=tuple(text_column or ()),
        question_column=question_column,
        question=question,
        operating_point=operating_point,
        effort=Effort.FAST if fast else Effort.ACCURATE,
        scores=scores,
        evidence=evidence,
        sheet=sheet,
    )
    if engine is Engine.RAY:
        if processes is not None:
            raise typer.BadParameter("--processes is for this computer alone; Ray has its own")
        _tag_with_ray(model, source, output, options, ray_address)
        return
    if ray_address is not None:
        raise typer.BadParameter("--ray-address needs --engine ray")
    file = Path(source)
    target = Path(output) if output else file.parent / f"{file.stem}.tagged{file.suffix}"
    tagger = load(model)
    keep_for_good()
    _show(_tag_with_progress(tagger, file, target, options, processes), tagger.codebook)
    typer.echo(f"Written to {target}")


@app.command("codebook")
def show_codebook(
    codebook_id: Annotated[str, typer.Argument(metavar="ID", help="Codebook, such as fft.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Print a codebook: its themes and what they mean."""
    from rich.console import Console
    from rich.markup import escape

    from labelled_data import shipped_codebook

    book = shipped_codebook(codebook_id)
    if as_json:
        typer.echo(json.dumps(book.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    console = Console()
    console.print(f"[bold]{escape(book.name)}[/bold], version {escape(book.version)}\n")
    for theme in book.themes:
        console.print(f"[bold]{theme.id}[/bold]  {escape(theme.name)}: {escape(theme.definition)}")
        _show_examples(console, theme)


def _show_examples(console: Console, theme: Theme) -> None:
    from rich.markup import escape

    for kind, examples in (
        ("included", theme.included_examples),
        ("excluded", theme.excluded_examples),
        ("boundary", theme.boundary_examples),
    ):
        for example in examples:
            line = f'  {kind}: "{example.text}" ({example.note})'
            console.print(escape(line), emoji=False, highlight=False)


@app.command("demo")
def demo() -> None:
    """Tag the example comments that come with Sayso and print the themes found."""
    from tempfile import TemporaryDirectory

    _begin_loading()
    from labelled_data import example_file
    from models.tag_file import TagOptions
    from models.tagger import load

    tagger = load("fft")
    options = TagOptions(text_columns=("comment",), question_column="question")
    with TemporaryDirectory() as folder:
        output = Path(folder) / "tagged.csv"
        summary = _tag_with_progress(tagger, example_file(), output, options)
        _show_some(output)
    _show(summary, tagger.codebook)


def _begin_loading() -> None:
    """Begin what takes a while without Python, to go on while modules are imported."""
    from models.language_model import shipped_model

    shipped_model()


def _tag_with_ray(
    model: str, source: str, output: str | None, options: TagOptions, address: str | None
) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from models.cluster import tag_folder

    if output is None:
        raise typer.BadParameter("--engine ray needs --output, the folder to write to")
    if options.sheet is not None:
        raise typer.BadParameter("--engine ray reads no workbooks, so --sheet has no use")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_interactive) as bar:
        task = bar.add_task("Starting Ray", total=None)

        def advance(finished: int, partitions: int) -> None:
            told = f"Tagged {finished:,} of {partitions:,} files"
            bar.update(task, completed=finished, total=partitions, description=told)

        done = tag_folder(model, source, output, options, address=address, progress=advance)
    _show(done.summary, done.codebook)
    if done.resumed:
        typer.echo(f"{done.resumed:,} of {done.partitions:,} files were finished before")
    typer.echo(f"Written to {done.output}")


def _tag_with_progress(
    tagger: Tagger,
    source: Path,
    output: Path,
    options: TagOptions,
    processes: int | None = None,
) -> TagSummary:
    from rich.console import Console
    from rich.progress import Progress

    from models.tag_file import tag_file
    from models.tagging_processes import usual_processes

    if TYPE_CHECKING:
        from labelled_data.tables import TableBatch

    console = Console(stderr=True)
    # without a terminal it would leave a blank line where an error is to stand alone
    with Progress(console=console, transient=True, disable=not console.is_interactive) as bar:
        task = bar.add_task("Tagging", total=_size(source))
        done = 0

        def advance(batch: TableBatch) -> None:
            nonlocal done
            done += batch.frame.height
            bar.update(task, completed=batch.position, description=f"Tagged {done:,} rows")

        wanted = processes or usual_processes()
        return tag_file(tagger, source, output, options, advance, wanted)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:  # reading the file will say why
        return None


def _show(summary: TagSummary, codebook: Codebook) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    block = "#" if console.options.ascii_only else "█"
    table = Table("Theme", "Comments", "", title="Themes found", title_justify="left", box=None)
    most = max(summary.themes.values(), default=1)
    for theme in codebook.themes:
        if count := summary.themes[theme.id]:
            bar = block * max(1, round(BAR * count / most))
            table.add_row(escape(theme.name), f"{count:,}", bar)
    console.print(table)
    statuses = ", ".join(f"{count:,} {status}" for status, count in summary.statuses.most_common())
    comments = "1 comment" if summary.comments == 1 else f"{summary.comments:,} comments"
    console.print(f"{comments}: {statuses or 'none'}")


def _show_some(tagged: Path, rows: int = 8) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from labelled_data.tables import open_table

    table = Table("Comment", "Themes", title="Some of the comments", title_justify="left")
    for batch in open_table(tagged).batches(rows):
        for row in batch.frame.iter_rows(named=True):
            themes = row["themes"].replace(";", ", ") or f"({row['status']})"
            table.add_row(escape(row["comment"]), themes)
        break
    Console().print(table)
