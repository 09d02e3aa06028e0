"""The `sayso data` commands: each parses, calls one use case and exits.

What takes long to import is imported by the command that needs it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelled_data.agreement import Agreement, Alpha
    from labelled_data.codebook import Codebook
    from labelled_data.findings import CheckReport

app = typer.Typer(help="Check and import comments and labels.", no_args_is_help=True)
imports = typer.Typer(help="Import labelled comments that others publish.", no_args_is_help=True)
app.add_typer(imports, name="import")

_BAD_INPUT = 2


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, Excel, Parquet or JSON lines file.")],
    text_column: Annotated[str | None, typer.Option(help="Column of the comments.")] = None,
    codebook: Annotated[
        str | None, typer.Option(help="Codebook of a labelled file: an id or a YAML file.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; else the first.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Find everything wrong in a file, by row and column; exit 1 if it cannot be used as it is."""
    from labelled_data.checks import check_table

    with _bad_input_told():
        book = _codebook(codebook) if codebook else None
        report = check_table(file, text_column=text_column, codebook=book, sheet=sheet)
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    raise typer.Exit(1 if report.errors else 0)


@app.command("agreement")
def agreement(
    first: Annotated[Path, typer.Argument(help="Labelled comments with ids.")],
    second: Annotated[Path, typer.Argument(help="Ids, themes and polarity by another coder.")],
    codebook: Annotated[str, typer.Option(help="Codebook of both: an id or a YAML file.")],
    output: Annotated[Path | None, typer.Option(help="Table of the themes' figures.")] = None,
) -> None:
    """Measure how far two coders agree on the comments that both have coded."""
    from labelled_data.agreement import compare, read_both, write_agreement

    with _bad_input_told():
        book = _codebook(codebook)
        found = compare(read_both(first, second, book), book.theme_ids)
        if output is not None:
            write_agreement(output, found)
    _show_agreement(found)


@app.command("near-duplicates")
def near_duplicates(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Tables of comments.")],
    text_column: Annotated[str | None, typer.Option(help="Column of the comments.")] = None,
    threshold: Annotated[
        float, typer.Option(min=0.01, max=1, help="Least similarity of a pair.")
    ] = 0.6,
    shortest: Annotated[int, typer.Option(min=1, help="Words a comment needs.")] = 5,
    remove: Annotated[
        Path | None, typer.Option(help="Write the file here without the later one of each pair.")
    ] = None,
) -> None:
    """List comments that are almost the same text, by file and row."""
    from labelled_data.near_duplicates import similar_rows, write_without

    if remove is not None and len(files) > 1:
        raise typer.BadParameter("--remove takes one file")
    with _bad_input_told():
        pairs = similar_rows(files, text_column=text_column, threshold=threshold, shortest=shortest)
        later = {pair.second.row for pair in pairs}
        written = write_without(files[0], later, remove) if remove is not None else 0
    for one, other, similarity in pairs:
        typer.echo(f"{one.path}\t{one.row}\t{other.path}\t{other.row}\t{similarity:.2f}")
    typer.echo(f"{len(pairs):,} pairs of near-duplicates")
    if remove is not None:
        typer.echo(f"{written:,} rows written to {remove}, without {len(later):,}")


@imports.command("qdc")
def import_qdc(
    file: Annotated[Path, typer.Argument(help="The published CSV file.")],
    output: Annotated[Path, typer.Option(help="Where the labelled comments go.")],
) -> None:
    """Import the published Friends and Family Test comments, labelled with the QDC framework."""
    from labelled_data import qdc
    from labelled_data.codebook import shipped_codebook
    from labelled_data.labelled_tables import write_labelled

    with _bad_input_told():
        found = qdc.import_qdc(file)
        written = write_labelled(output, found.comments, shipped_codebook("fft"))
    typer.echo(f"{written:,} comments written to {output}; {found.empty_rows:,} rows had no answer")


@contextmanager
def _bad_input_told() -> Iterator[None]:
    from labelled_data.errors import DataError

    try:
        yield
    except DataError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_BAD_INPUT) from error


def _codebook(name: str) -> "Codebook":
    from labelled_data.codebook import load_codebook, shipped_codebook

    return load_codebook(name) if name.endswith((".yaml", ".yml")) else shipped_codebook(name)


def _show(report: "CheckReport") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if report.findings:
        table = Table("Row", "Column", "Severity", "Rule", "What is wrong")
        for found in report.findings:
            where = (str(found.row), found.column or "", found.severity, found.rule)
            table.add_row(*map(Text, (*where, found.sentence)))
        console.print(table)
    unlisted = sum(report.counts.values()) - len(report.findings)
    more = f" ({unlisted:,} more than listed)" if unlisted else ""
    summary = f"{report.rows:,} rows, {report.errors:,} errors, {report.warnings:,} warnings{more}"
    console.print(summary, highlight=False)


def _show_agreement(found: "Agreement") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Theme", "Both", "Only first", "Only second", "Alpha", "95% interval")
    for row in found.themes:
        counts = (row.both, row.only_first, row.only_second)
        table.add_row(row.theme, *map(str, counts), *_alpha_cells(row.alpha))
    table.add_section()
    table.add_row("mean", "", "", "", *_alpha_cells(found.mean_alpha))
    console = Console()
    console.print(table)
    themes = f"{found.comments:,} comments coded twice: micro-F1 {_figure(found.micro_f1)}"
    polarity = (
        f"{found.polarities:,} polarities given twice: share agreed {_figure(found.polarity_share)}"
        f", alpha {_figure(found.polarity_alpha)}"
    )
    console.print(themes, polarity, sep="\n", highlight=False)


def _alpha_cells(alpha: "Alpha") -> tuple[str, str]:
    interval = f"{_figure(alpha.low)} to {_figure(alpha.high)}" if alpha.low is not None else ""
    return _figure(alpha.value), interval


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
