"""Arguments and options of the commands that measure models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Format = Literal["qdc", "labelled"]
DataArgument = Annotated[Path, typer.Argument(help="Labelled comments.")]
FormatOption = Annotated[
    Format, typer.Option("--format", help="The published FFT file, or Sayso's own labelled CSV.")
]
AnyFormatOption = Annotated[
    Literal["qdc", "labelled", "survey"],
    typer.Option(
        "--format",
        help="The published FFT file, Sayso's own labelled CSV, or the YAML definition of a survey"
        " with its responses and codes beside it.",
    ),
]
ModelOption = Annotated[str, typer.Option(help="A shipped model, or the folder of an artefact.")]
SupportOption = Annotated[
    int, typer.Option(help="Labelled comments a theme needs in the file to be measured.")
]
PartOption = Annotated[
    Literal["test", "all"] | None,
    typer.Option(
        help="Only comments kept from training by the hash of their text, or all."
        " \\[default: test, of a survey all]",
        show_default=False,
    ),
]
ByOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="C",
        help="Measure each group too: a column of the file, or a survey's characteristic."
        " May be repeated.",
    ),
]
SchemeOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="C=SCHEME",
        help="Equality scheme, shipped or a YAML file, that says what the values of a column"
        " mean; without one each value is a group. May be repeated.",
    ),
]
RecordOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write a draft for the Algorithmic Transparency Recording Standard, with the figures"
        " of the model, as Markdown; the file must not exist yet.",
    ),
]
KeepOption = Annotated[
    bool,
    typer.Option(
        "--keep",
        help="Keep the figures of groups, rounded, in the model's folder. The service shows"
        " them to everyone with a key, and cautions by them.",
    ),
]
AboutOption = Annotated[str | None, typer.Option(help="What to mind when reading what is kept.")]
