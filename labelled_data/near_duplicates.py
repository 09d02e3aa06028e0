"""Pairs of comments that are almost the same text.

Two texts are as similar as the sets of their shingles are (A. Broder 1997, On the resemblance and
containment of documents): runs of five characters of the normalised text, those that both have as
a share of those that either has. The search is exact, and does not compare all pairs: of two sets
as similar as the threshold asks, the rarest shingles of one must meet the rarest of the other (R.
Bayardo, Y. Ma and R. Srikant 2007, Scaling up all pairs similarity search), so that what very many
comments have in common is never looked up.
"""

from __future__ import annotations

from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp

from labelled_data.checks import TEXT_COLUMNS
from labelled_data.errors import HeaderError
from labelled_data.tables import open_table, open_writer
from labelled_data.tables.headers import listed
from labelled_data.tables.values import as_text
from labelled_data.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    import numpy.typing as npt

    from labelled_data.tables import Table

    Integers = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

SHINGLE = 5
"""Characters."""
THRESHOLD = 0.6
SHORTEST = 5
"""Words; many people write the same few words, each on their own account."""

_BLOCK = 256
_PAIRS = 2000
_ROUNDING = 1e-9


class SimilarTexts(NamedTuple):
    """Two texts by their places, the first before the second, and their similarity, 0 to 1."""

    first: int
    second: int
    similarity: float


class Place(NamedTuple):
    """A file, and a row as a spreadsheet numbers it."""

    path: Path
    row: int


class SimilarRows(NamedTuple):
    """Two comments by where they stand, the earlier one first, and their similarity, 0 to 1."""

    first: Place
    second: Place
    similarity: float


def shingles(text: str) -> frozenset[str]:
    """Gives the runs of five characters of the normalised text.

    A shorter text is its own only shingle; one without a letter or digit has none.
    """
    words = normalise(text)
    runs = range(max(len(words) - SHINGLE, 0) + 1)
    return frozenset(words[start : start + SHINGLE] for start in runs if words)


def near_duplicates(
    texts: Sequence[str], threshold: float = THRESHOLD, shortest: int = SHORTEST
) -> list[SimilarTexts]:
    """Finds all pairs of texts that are at least as similar as a threshold.

    Args:
        texts: n texts.
        threshold: Least similarity of a pair, above 0 and up to 1.
        shortest: Words a text needs to be compared; shorter ones are passed over.

    Returns:
        The pairs in the order of the texts.

    Raises:
        ValueError: If the threshold is out of range.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"a threshold lies above 0 and up to 1, not at {threshold}")
    places = [place for place, text in enumerate(texts) if _is_compared(text, shortest)]
    sets = _shingle_matrix([texts[place] for place in places])
    found = [
        SimilarTexts(places[first], places[second], similarity)
        for firsts, seconds in _candidates(sets, threshold)
        for first, second, similarity in _similar(sets, firsts, seconds, threshold)
    ]
    return sorted(found)


def similar_rows(
    paths: Sequence[str | Path],
    *,
    text_column: str | None = None,
    threshold: float = THRESHOLD,
    shortest: int = SHORTEST,
) -> list[SimilarRows]:
    """Finds near-duplicate comments in files, within each and between them.

    Args:
        paths: Files of any format Sayso reads.
        text_column: Column of the comments; without it, one named `text`, `comment` or `FFT
            answer`.
        threshold: Least similarity of a pair, above 0 and up to 1.
        shortest: Words a comment needs to be compared; shorter ones are passed over.

    Returns:
        The pairs in the order of the files and their rows.

    Raises:
        TableError: If a file cannot be read, or lacks the column of the comments.
        ValueError: If the threshold is out of range.
    """
    comments = [comment for path in paths for comment in _comments(Path(path), text_column)]
    places = [place for place, _ in comments]
    found = near_duplicates([text for _, text in comments], threshold, shortest)
    return [SimilarRows(places[pair.first], places[pair.second], pair[2]) for pair in found]


def write_without(path: str | Path, rows: AbstractSet[int], output: str | Path) -> int:
    """Writes a table without some of its rows, all columns unchanged, whole or not at all.

    Args:
        path: The table.
        rows: Rows to leave out, as a spreadsheet numbers them.
        output: Where the rest goes; its extension gives the format.

    Returns:
        How many rows were written.

    Raises:
        TableError: If the table cannot be read.
        WriteError: If the output cannot be written.
    """
    table = open_table(path)
    with open_writer(output, table.columns) as writer:
        for batch in table.batches():
            numbers = range(batch.first_row, batch.first_row + batch.frame.height)
            writer.write(batch.frame.filter([number not in rows for number in numbers]))
    return writer.rows


def _is_compared(text: str, shortest: int) -> bool:
    words = normalise(text)
    return bool(words) and len(words.split()) >= shortest


def _shingle_matrix(texts: Sequence[str]) -> sp.csr_matrix:
    """The texts' sets of shingles, a row each; the rarer a shingle, the further left it stands."""
    columns: dict[str, int] = {}
    sets = [[columns.setdefault(part, len(columns)) for part in shingles(text)] for text in texts]
    starts = np.cumsum([0, *map(len, sets)])
    indices = np.fromiter(chain.from_iterable(sets), np.int64, int(starts[-1]))
    by_rarity = np.argsort(np.bincount(indices, minlength=len(columns)), kind="stable")
    return _binary(np.argsort(by_rarity)[indices], starts, len(columns))


def _binary(indices: Integers, starts: Integers, columns: int) -> sp.csr_matrix:
    ones = np.ones(len(indices), dtype=np.int32)
    matrix = sp.csr_matrix((ones, indices, starts), shape=(len(starts) - 1, columns))
    matrix.sort_indices()
    return matrix


def _rarest(sets: sp.csr_matrix, threshold: float) -> sp.csr_matrix:
    """Keeps so many of each set's rarest shingles that a similar set must have one of them.

    A set as similar as t shares at least t of this one's k shingles, so it cannot be without all
    of any k - ceil(t k) + 1 of them.
    """
    sizes = np.diff(sets.indptr)
    shared = np.maximum(np.ceil(threshold * sizes - _ROUNDING), 1).astype(np.int64)
    kept = sizes - shared + 1
    places = np.arange(sets.nnz) - np.repeat(sets.indptr[:-1], sizes)
    indices = sets.indices.astype(np.int64)[places < np.repeat(kept, sizes)]
    return _binary(indices, np.concatenate([[0], np.cumsum(kept)]), sets.shape[1])


def _candidates(sets: sp.csr_matrix, threshold: float) -> Iterator[tuple[Integers, Integers]]:
    """Pairs of rows that may be similar: they share a rare shingle, and their sizes are near."""
    sizes = np.diff(sets.indptr)
    rare = _rarest(sets, threshold)
    with_shingle = rare.T.tocsr()
    for start in range(0, len(sizes), _BLOCK):
        meeting = (rare[start : start + _BLOCK] @ with_shingle).tocoo()
        first, second = meeting.row.astype(np.int64) + start, meeting.col.astype(np.int64)
        small, large = (
            np.minimum(sizes[first], sizes[second]),
            np.maximum(sizes[first], sizes[second]),
        )
        near = (first < second) & (small >= threshold * large - _ROUNDING)
        yield first[near], second[near]


def _similar(
    sets: sp.csr_matrix, firsts: Integers, seconds: Integers, threshold: float
) -> Iterator[tuple[int, int, float]]:
    for start, end in pairwise([*range(0, len(firsts), _PAIRS), len(firsts)]):
        first, second = firsts[start:end], seconds[start:end]
        similarity = _similarity(sets[first], sets[second])
        near = similarity >= threshold
        yield from zip(
            first[near].tolist(), second[near].tolist(), similarity[near].tolist(), strict=True
        )


def _similarity(one: sp.csr_matrix, other: sp.csr_matrix) -> Floats:
    """Jaccard similarity of sets, row by row."""
    shared = np.asarray(one.multiply(other).sum(axis=1)).ravel()
    either = np.diff(one.indptr) + np.diff(other.indptr) - shared
    similarity: Floats = shared / either
    return similarity


def _comments(path: Path, text_column: str | None) -> Iterator[tuple[Place, str]]:
    table = open_table(path)
    column = _column(table, text_column)
    for batch in table.batches():
        cells = as_text(batch.frame.select(column))[column].to_list()
        for row, text in enumerate(cells, batch.first_row):
            yield Place(path, row), text


def _column(table: Table, wanted: str | None) -> str:
    if wanted is not None:
        return table.require(wanted)
    for name in TEXT_COLUMNS:
        if name in table.columns:
            return name
    sought, known = " or ".join(map(repr, TEXT_COLUMNS)), listed(table.columns)
    raise HeaderError(f"{table.path} has no column {sought} for the comments; it has {known}")
