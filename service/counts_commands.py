"""The command ``sayso counts``."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from labelled_data.polarity import Polarity

if TYPE_CHECKING:
    from datetime import date

    from evaluation.fairness import Fairness
    from labelled_data import Codebook
    from service.file_formats import FileFormat

app = typer.Typer()

_DAY = ["%Y-%m-%d"]
_FORMATS: "dict[str, FileFormat]" = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".html": "html",
    ".json": "json",
}


@app.command("counts")
def counts(
    tagged: Annotated[
        Path, typer.Argument(metavar="TAGGED", help="A file that `sayso tag` wrote.")
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN[,COLUMN…]",
            help="Columns that tell people's groups: a table by each. May be repeated.",
        ),
    ] = None,
    cross: Annotated[
        bool, typer.Option("--cross", help="One table by both of two columns instead.")
    ] = False,
    scheme: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=ID",
            help="What a column's values mean: a shipped equality scheme, or a YAML file; without"
            " one, each value is a group, and a blank is not known. May be repeated.",
        ),
    ] = None,
    person_column: Annotated[
        str | None, typer.Option(help="Column that tells people apart; else each row is one.")
    ] = None,
    date_column: Annotated[str | None, typer.Option(help="Column of dates, in ISO 8601.")] = None,
    site_column: Annotated[str | None, typer.Option(help="Column that tells the place.")] = None,
    weight_column: Annotated[str | None, typer.Option(help="Column of survey weights.")] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Column of comments; guessed by its name.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="What tagged it: a shipped model, or the folder of an artefact."),
    ] = None,
    codebook: Annotated[
        str | None,
        typer.Option(
            help="What its themes belong to: an id or a YAML file; by default the only shipped one"
            " that has them all."
        ),
    ] = None,
    policy: Annotated[
        str,
        typer.Option(help="What may be published of small numbers: nhs, or exact for no limits."),
    ] = "nhs",
    theme: Annotated[
        list[str] | None, typer.Option(help="Themes to tell of, by id; else all. May be repeated.")
    ] = None,
    question: Annotated[str | None, typer.Option(help="Only what was answered to it.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="Only from this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=_DAY, help="Only until this day.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Only what is about this place.")] = None,
    polarity: Annotated[
        Polarity | None, typer.Option(help="Only themes that a person speaks of so.")
    ] = None,
    level: Annotated[
        Literal["groups", "broad_groups"], typer.Option(help="Which groups of a scheme to tell of.")
    ] = "groups",
    period: Annotated[
        str | None,
        typer.Option(
            help="Follow themes over time too: month, quarter, year, or a column named by --by."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="A .csv, .xlsx, .html or .json file to write; else it is printed."),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; else the first.")] = None,
) -> None:
    """Count how many people raise each theme, by equality group, in a tagged file.

    Small numbers are protected, unless the policy is exact. What is protected together is what one
    run tells of: name every column by which figures are published in one run.
    """
    from service.counting_files import FileCounts, count_file, publication_file
    from service.counts.policy import shipped_policy
    from service.counts.records import CountQuery
    from service.counts.tagged_file import TaggedColumns
    from service.counts_printing import print_publication
    from service.whole_files import write_whole

    kind = None if output is None else _format(output)
    columns = TaggedColumns(
        by=tuple(by or ()),
        schemes=_schemes(scheme or ()),
        person=person_column,
        date=date_column,
        site=site_column,
        weight=weight_column,
        text=text_column,
        level=level,
    )
    first, last = _day(since), _day(until)
    if first and last and last < first:
        raise typer.BadParameter("--to is before --from")
    query = CountQuery(
        themes=tuple(theme) if theme else None,
        question=question,
        since=first,
        until=last,
        site=site,
        polarity=polarity,
    )
    book, fairness = _codebook(model, codebook)
    wanted = FileCounts(
        columns=columns,
        codebook=book,
        fairness=fairness,
        query=query,
        cross=cross,
        period=period,
        sheet=sheet,
    )
    made = count_file(tagged, wanted, shipped_policy(policy))
    if output is None or kind is None:
        print_publication(made)
    else:
        write_whole(output, publication_file(made, kind))
        typer.echo(f"Written to {output}")


def _format(output: Path) -> "FileFormat":
    kind = _FORMATS.get(output.suffix.lower())
    if kind is None:
        raise typer.BadParameter(f"{output} is none of {', '.join(_FORMATS)}")
    return kind


def _schemes(named: list[str] | tuple[str, ...]) -> dict[str, str]:
    parts = [each.rpartition("=") for each in named]
    for column, _, scheme in parts:
        if not column or not scheme:
            raise typer.BadParameter("--scheme wants COLUMN=ID, such as ethnicity=ethnicity_nhs16")
    return {column: scheme for column, _, scheme in parts}


def _codebook(model: str | None, named: str | None) -> "tuple[Codebook | None, Fairness | None]":
    """Give what the themes belong to, and what is recorded of the model."""
    from evaluation.fairness import read_fairness
    from labelled_data import load_codebook, shipped_codebook
    from models import load

    if model is not None and named is not None:
        raise typer.BadParameter("give --model or --codebook, not both")
    if model is not None:
        tagger = load(model)
        return tagger.codebook, read_fairness(tagger)
    if named is None:
        return None, None
    is_file = named.endswith((".yaml", ".yml"))
    return (load_codebook(named) if is_file else shipped_codebook(named)), None


def _day(moment: datetime | None) -> "date | None":
    return None if moment is None else moment.date()
