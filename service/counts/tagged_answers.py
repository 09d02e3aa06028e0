"""What `sayso tag` said of the comments of a file: how far they could be read, and their themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import CodebookError, LabelError, shipped_codebook, shipped_codebooks
from labelled_data.labelled_tables import polarity_in, theme_ids_in
from models import Status
from service.counts.readings import MOST_THEMES, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from labelled_data import Codebook
    from service.counts.tagged_cells import TaggedCells

STATUS, THEMES, POLARITY = "status", "themes", "polarity"
_READ = {
    Status.TAGGED: Reading.READABLE,
    Status.NO_THEME: Reading.READABLE,
    Status.UNSURE: Reading.READABLE,
    Status.EMPTY: Reading.UNREADABLE,
    Status.NOT_ENGLISH: Reading.UNREADABLE,
}


@dataclass(frozen=True, slots=True, eq=False)
class TaggedAnswers:
    """What is said of each row of a file, n of them; themes are bits as in `Readings`.

    Attributes:
        codebook: What the themes belong to.
        status: Shape (n,), uint8; see `Reading`.
        tagged: Shape (n,), uint64; themes that are raised.
        praised: Shape (n,), uint64; themes that are spoken well of.
        blamed: Shape (n,), uint64; themes that are spoken badly of.
    """

    codebook: Codebook
    status: NDArray[np.uint8]
    tagged: NDArray[np.uint64]
    praised: NDArray[np.uint64]
    blamed: NDArray[np.uint64]


def answers_of(cells: TaggedCells, codebook: Codebook | None) -> TaggedAnswers:
    """Read what is said of each row.

    Args:
        cells: The file.
        codebook: What its themes belong to; None for the one shipped codebook that has them all.

    Raises:
        LabelError: A cell is wrong; the message names the file, the row and the column.
        CodebookError: No shipped codebook, or more than one, has all the themes; or it has more
            than counts can be made of.
    """
    found = cells.distinct(STATUS, THEMES, POLARITY)
    if codebook is None:
        codebook = _guessed(
            cells, {theme for _, cell, _ in found.cells for theme in theme_ids_in(cell)}
        )
    if len(codebook.themes) > MOST_THEMES:
        raise CodebookError(
            f"the codebook {codebook.id!r} has {len(codebook.themes)} themes; counts are made of at"
            f" most {MOST_THEMES}"
        )
    said = np.array(
        [
            _said(cells, codebook, row, *combination)
            for combination, row in zip(found.cells, found.first.tolist(), strict=True)
        ],
        np.uint64,
    ).reshape(-1, 4)[found.places]
    status = said[:, 0].astype(np.uint8)
    no_comment = cells.blank & (status == Reading.UNREADABLE)
    return TaggedAnswers(
        codebook, np.where(no_comment, np.uint8(Reading.NONE), status), *said[:, 1:].T
    )


def _said(
    cells: TaggedCells, codebook: Codebook, row: int, status: str, themes: str, polarity: str
) -> tuple[int, int, int, int]:
    if status not in set(Status):
        known = ", ".join(Status)
        raise LabelError(f"{cells.place(row, STATUS)}: the status is none of {known}")
    try:
        given = codebook.in_order(theme_ids_in(themes))
    except CodebookError as error:
        raise LabelError(f"{cells.place(row, THEMES)}: {error}") from error
    told = polarity_in(polarity, given, cells.place(row, POLARITY))
    bits = {theme: 1 << place for place, theme in enumerate(codebook.theme_ids)}
    return (
        _READ[Status(status)],
        sum(bits[theme] for theme in given),
        sum(bits[theme] for theme, each in told.items() if each.praises),
        sum(bits[theme] for theme, each in told.items() if each.blames),
    )


def _guessed(cells: TaggedCells, themes: Iterable[str]) -> Codebook:
    named = frozenset(themes)
    fitting = [
        codebook_id
        for codebook_id in shipped_codebooks()
        if named.issubset(shipped_codebook(codebook_id).theme_ids)
    ]
    if len(fitting) == 1:
        return shipped_codebook(fitting[0])
    told = f"{', '.join(fitting)} all have" if fitting else "no shipped codebook has"
    raise CodebookError(
        f"{cells.path}: say with --model or --codebook what its themes belong to; {told} those in"
        " the column 'themes'"
    )
