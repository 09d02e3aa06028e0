"""Reading what `sayso tag` wrote as columns that counts are made of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from labelled_data import HeaderError
from labelled_data.tables import open_table
from models.tag_file import TEXT_NAMES
from service.counts.readings import Node, Reading, Readings
from service.counts.tagged_answers import POLARITY, STATUS, THEMES, answers_of
from service.counts.tagged_cells import QUESTION, cells_of
from service.counts.tagged_people import (
    days_of,
    groups_of,
    people_of,
    responses_of,
    sites_of,
    weights_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from labelled_data import Codebook
    from labelled_data.tables import Table
    from service.counts.tagged_answers import TaggedAnswers
    from service.counts.tagged_cells import TaggedCells

ROW = "row"
MOST_QUESTIONS = 60
"""Different questions above which the column `question` does not hold those of a survey."""

_COMMENT = Node("comment", "Comment")
_NOT_NAMED = Node("(none)", "No question")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedColumns:
    """What the columns of a tagged file hold, beside what `sayso tag` added.

    Attributes:
        by: Headers of columns that tell people's groups; several may stand in one text, with
            commas between them.
        schemes: By header, the id of a shipped equality scheme or the path of a YAML file; without
            one, each different value is a group.
        person: Header of the column that tells one person from another.
        date: Header of the column of dates, in ISO 8601.
        site: Header of the column that tells the place.
        weight: Header of the column of survey weights.
        text: Header of the column of comments; None to go by its name, where there is only one of
            that kind. It parts who left no comment from whose comment could not be read.
        level: Whether the groups of a scheme or its broad groups, where it has any, are told apart.
    """

    by: tuple[str, ...] = ()
    schemes: Mapping[str, str] = field(default_factory=dict)
    person: str | None = None
    date: str | None = None
    site: str | None = None
    weight: str | None = None
    text: str | None = None
    level: Literal["groups", "broad_groups"] = "groups"

    @property
    def headers(self) -> tuple[str, ...]:
        """Those that tell of people, each once."""
        named = (self.person, self.date, self.site, self.weight, *self.by)
        return tuple(dict.fromkeys(column for column in named if column is not None))


class _Place(NamedTuple):
    """Where the answer of each row belongs; two to one question of a response are one."""

    response: NDArray[np.intp]
    question: NDArray[np.intp]
    shape: tuple[int, int]


def read_tagged(
    path: str | Path,
    columns: TaggedColumns,
    codebook: Codebook | None = None,
    *,
    sheet: str | None = None,
) -> Readings:
    """Read a tagged file.

    Rows with the same number in the column `row`, which `sayso tag` adds where several columns hold
    comments, are one response.

    Args:
        path: A CSV, TSV, Excel, Parquet or JSON lines file that `sayso tag` wrote.
        columns: What its other columns hold.
        codebook: What its themes belong to; None for the one shipped codebook that has them all.
        sheet: Sheet of a workbook; the first when None.

    Raises:
        TableError: It cannot be read, or lacks a column, or a column is no characteristic.
        LabelError: A cell is wrong; the message names the file, the row and the column.
        CodebookError: No shipped codebook, or more than one, has all its themes.
        EqualitySchemeError: There is no such scheme.
    """
    table = open_table(path, sheet=sheet)
    columns = replace(columns, by=tuple(_parted(columns.by, table.columns)))
    _refuse_idle_schemes(columns)
    several = ROW in table.columns and QUESTION in table.columns
    cells = cells_of(
        table,
        (STATUS, THEMES, POLARITY, *((ROW, QUESTION) if several else ()), *columns.headers),
        _text_column(table, columns.text, several=several),
    )
    response, first = responses_of(cells, ROW if several else None, columns.headers)
    answers = answers_of(cells, codebook)
    questions, question = _questions(cells) if several else ((_COMMENT,), np.zeros_like(response))
    place = _Place(response, question, (len(first), len(questions)))
    parted = [
        groups_of(cells, column, columns.schemes.get(column), columns.level)
        for column in columns.by
    ]
    sites, site = sites_of(cells, columns.site)
    weight = weights_of(cells, columns.weight)
    return Readings(
        themes=answers.codebook.theme_ids,
        theme_names=tuple(theme.name for theme in answers.codebook.themes),
        characteristics=tuple(characteristic for characteristic, _ in parted),
        questions=questions,
        sites=sites,
        site_characteristic=columns.site if columns.site in columns.by else None,
        number=np.arange(len(first)),
        person=None if columns.person is None else people_of(cells, columns.person)[first],
        groups=_side_by_side([places[first] for _, places in parted], len(first)),
        day=days_of(cells, columns.date)[first],
        site=site[first],
        weight=None if weight is None else weight[first],
        status=_status(answers, place),
        tagged=_bits(answers.tagged, place),
        praised=_bits(answers.praised, place),
        blamed=_bits(answers.blamed, place),
    )


def _parted(named: Iterable[str], known: Sequence[str]) -> Iterator[str]:
    """Part headers at commas, but for one that has a comma itself; each once."""
    parts = (
        part.strip() for each in named for part in ([each] if each in known else each.split(","))
    )
    yield from dict.fromkeys(parts)


def _refuse_idle_schemes(columns: TaggedColumns) -> None:
    for column in columns.schemes:
        if column not in columns.by:
            raise HeaderError(f"a scheme is given for {column!r}, by which nothing is counted")


def _text_column(table: Table, named: str | None, *, several: bool) -> str | None:
    if several:
        return None  # the question tells it
    if named is not None:
        return table.require(named)
    likely = [column for column in table.columns if column.strip().casefold() in TEXT_NAMES]
    return likely[0] if len(likely) == 1 else None


def _questions(cells: TaggedCells) -> tuple[tuple[Node, ...], NDArray[np.intp]]:
    asked, places = cells.read(QUESTION, str)
    if len(asked) > MOST_QUESTIONS:
        raise HeaderError(
            f"{cells.path}: the column {QUESTION!r} has {len(asked):,} different values;"
            f" {MOST_QUESTIONS} questions can be counted at most"
        )
    return tuple(Node(each, each) if each else _NOT_NAMED for each in asked), places


def _side_by_side(columns: list[NDArray[np.int16]], rows: int) -> NDArray[np.int16]:
    return np.stack(columns, axis=1) if columns else np.empty((rows, 0), np.int16)


def _status(answers: TaggedAnswers, place: _Place) -> NDArray[np.uint8]:
    status = np.full(place.shape, Reading.NONE, np.uint8)
    np.maximum.at(status, (place.response, place.question), answers.status)
    return status


def _bits(themes: NDArray[np.uint64], place: _Place) -> NDArray[np.uint64]:
    bits = np.zeros(place.shape, np.uint64)
    np.bitwise_or.at(bits, (place.response, place.question), themes)
    return bits
