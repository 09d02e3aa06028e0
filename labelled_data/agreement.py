"""How far coders agree who read the same comments apart from each other.

Agreement is measured with Krippendorff's alpha (K. Krippendorff 2004, Content Analysis, 2nd ed.,
section 11.3): 1 when the coders agree throughout, 0 when they do so no more than by chance, below
0 when less. Where everybody gave everything the same value, nothing tells agreement from chance,
and there is no alpha.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from labelled_data.errors import CodebookError, LabelError
from labelled_data.labelled_tables import polarity_in, theme_ids_in
from labelled_data.polarity import Polarity
from labelled_data.tables import open_table, open_writer
from labelled_data.tables.values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from labelled_data.codebook import Codebook

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

COLUMNS = ("theme", "both", "only_first", "only_second", "alpha", "low", "high")
INTERVAL = (2.5, 97.5)
"""Percentiles of the resamples between which an interval lies."""


@dataclass(frozen=True, slots=True)
class Coding:
    """What one coder said of one comment.

    Attributes:
        row: Where it stands, as a spreadsheet numbers it.
        themes: Theme ids in codebook order.
        polarity: How each theme is spoken of; a theme for which the coder did not say is left out.
    """

    row: int
    themes: tuple[str, ...]
    polarity: Mapping[str, Polarity]


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha with its bootstrap 95% interval; all None where nothing varies."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ThemeAgreement:
    """How two coders used one theme.

    Attributes:
        theme: Its id.
        both: Comments to which both gave it.
        only_first: Comments to which the first coder alone did.
        only_second: Comments to which the second coder alone did.
        alpha: Of present against absent.
    """

    theme: str
    both: int
    only_first: int
    only_second: int
    alpha: Alpha


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two coders coded the same comments.

    Attributes:
        comments: How many they both coded.
        themes: Theme by theme, in codebook order.
        mean_alpha: Mean over the themes that have an alpha; in a resample, that have one there.
        micro_f1: Of the second coder's themes against the first's, 0 to 1; None without any.
        polarities: Places, a theme in a comment, to which both gave a polarity.
        polarity_share: Of these, the share to which they gave the same, 0 to 1; None without any.
        polarity_alpha: Alpha of the four polarities over these places, or None.
    """

    comments: int
    themes: tuple[ThemeAgreement, ...]
    mean_alpha: Alpha
    micro_f1: float | None
    polarities: int
    polarity_share: float | None
    polarity_alpha: float | None


def nominal_alpha(ratings: Floats) -> float | None:
    """Krippendorff's alpha for values without an order.

    From the matrix of coincidences o, with o_ck the sum over units of (ordered pairs of coders who
    gave c and k) / (coders of the unit - 1), its margins n_c and its total n,
    alpha = 1 - (n - 1) * sum_{c != k} o_ck / sum_{c != k} n_c n_k.

    Args:
        ratings: (coders, units) values that stand for categories, NaN where a coder did not judge;
            units with fewer than two values tell nothing.

    Returns:
        At most 1; None where no two categories occur, since there agreement has no meaning.
    """
    return _known(_alphas(_coincidences(ratings).sum(axis=0)))


def theme_alphas(given: Floats) -> tuple[float | None, ...]:
    """Krippendorff's alpha of each theme.

    Args:
        given: (coders, comments, themes) 1 where a coder gave the theme, 0 where not, NaN where
            the coder did not read the comment.

    Returns:
        An alpha a theme, None where nobody or everybody gave it throughout.
    """
    return tuple(nominal_alpha(theme) for theme in np.moveaxis(given, 2, 0))


def resampled_alphas(given: Floats, resamples: int = 1000, seed: int = 0) -> Floats:
    """Alphas of comments drawn with replacement (Efron and Tibshirani 1993, section 6.2).

    Args:
        given: (coders, comments, themes), as `theme_alphas` takes it; at least one comment.
        resamples: How many times to draw as many comments as there are.
        seed: Seed of the draws.

    Returns:
        (resamples, themes) alphas, NaN where nothing varies among the comments drawn.
    """
    comments = given.shape[1]
    even = np.full(comments, 1 / comments)
    weights = np.random.default_rng(seed).multinomial(comments, even, size=resamples).astype(float)
    themes = np.moveaxis(given, 2, 0)
    drawn = [_alphas(np.tensordot(weights, _coincidences(theme), 1)) for theme in themes]
    return np.stack(drawn, axis=1)


def micro_f1(first: Bools, second: Bools) -> float | None:
    """Micro-averaged F1 of one coder's themes against another's; either may be the first.

    Args:
        first: (comments, themes) what one coder gave.
        second: What the other gave, of the same shape.

    Returns:
        0 to 1; None where neither gave any theme.
    """
    total = int(first.sum() + second.sum())
    return 2 * int((first & second).sum()) / total if total else None


def compare(
    codings: Sequence[tuple[Coding, Coding]],
    themes: Sequence[str],
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> Agreement:
    """Measures how far two coders agree.

    Args:
        codings: What each of the two said of a comment, for at least one comment.
        themes: Ids of the themes, in the order of the result.
        resamples: How many resamples of the comments the intervals rest on.
        seed: Seed of the resamples.

    Raises:
        ValueError: If there is no comment.
    """
    if not codings:
        raise ValueError("agreement is measured on at least one comment")
    first, second = (_given([pair[side] for pair in codings], themes) for side in (0, 1))
    mean, *alphas = _with_intervals(np.stack([first, second]).astype(float), resamples, seed)
    polarity = _polarity_ratings(codings)
    return Agreement(
        comments=len(codings),
        themes=_by_theme(themes, first, second, alphas),
        mean_alpha=mean,
        micro_f1=micro_f1(first, second),
        polarities=polarity.shape[1],
        polarity_share=float((polarity[0] == polarity[1]).mean()) if polarity.size else None,
        polarity_alpha=nominal_alpha(polarity),
    )


def read_codings(path: str | Path, codebook: Codebook) -> dict[str, Coding]:
    """Reads what a coder said, from a table with the columns `id`, `themes` and maybe `polarity`.

    Args:
        path: A file of any format Sayso reads; a labelled table with ids is one.
        codebook: What the theme ids belong to.

    Returns:
        The codings by the comment's id, in the order of the file.

    Raises:
        TableError: If the file cannot be read, or lacks a column.
        LabelError: If an id is blank or stands twice, a theme is not in the codebook, or a polarity
            is none of the four or of a theme that the row lacks; the message names the row.
    """
    table = open_table(path)
    for column in ("id", "themes"):
        table.require(column)
    codings: dict[str, Coding] = {}
    for batch in table.batches():
        for row, cells in enumerate(as_text(batch.frame).iter_rows(named=True), batch.first_row):
            place, name = f"{table.path} row {row}", cells["id"].strip()
            if not name:
                raise LabelError(f"{place}, column 'id' is empty")
            if name in codings:
                raise LabelError(f"{place}, column 'id' repeats row {codings[name].row}")
            codings[name] = _coding(row, cells, place, codebook)
    return codings


def read_both(
    first: str | Path, second: str | Path, codebook: Codebook
) -> list[tuple[Coding, Coding]]:
    """Reads two coders' tables and matches their rows by id.

    Args:
        first: Table of the first coder, who may have coded more comments.
        second: Table of the second coder.
        codebook: What the theme ids belong to.

    Returns:
        The two codings of each comment of the second table, in its order.

    Raises:
        TableError: If a file cannot be read, or lacks a column.
        LabelError: If `read_codings` refuses a table, the second holds a comment that the first
            lacks, or it holds none.
    """
    known, again = read_codings(first, codebook), read_codings(second, codebook)
    if not again:
        raise LabelError(f"{second} holds no row to compare with {first}")
    for name, coding in again.items():
        if name not in known:
            raise LabelError(f"{second} row {coding.row}, column 'id': {first} has no such comment")
    return [(known[name], coding) for name, coding in again.items()]


def write_agreement(path: str | Path, agreement: Agreement) -> None:
    """Writes a row a theme, whole or not at all; what has no alpha has empty cells.

    Args:
        path: The file; its extension gives the format.
        agreement: What to write.

    Raises:
        WriteError: If the file cannot be written.
    """
    import polars as pl

    types = (pl.String, pl.Int64, pl.Int64, pl.Int64, pl.Float64, pl.Float64, pl.Float64)
    rows = [
        (row.theme, row.both, row.only_first, row.only_second, *astuple(row.alpha))
        for row in agreement.themes
    ]
    schema = dict(zip(COLUMNS, types, strict=True))
    with open_writer(path, COLUMNS) as writer:
        writer.write(pl.DataFrame(rows, schema=schema, orient="row"))


def _coincidences(ratings: Floats) -> Floats:
    """Each unit's part in the matrix of coincidences, (units, categories, categories)."""
    categories = np.unique(ratings[~np.isnan(ratings)])
    coders = (ratings[..., None] == categories).sum(axis=0).astype(float)
    own = coders[:, :, None] * np.eye(len(categories))  # nobody is paired with themselves
    pairs = coders[:, :, None] * coders[:, None, :] - own
    parts: Floats = pairs / np.maximum(coders.sum(axis=1) - 1, 1)[:, None, None]
    return parts


def _alphas(coincidences: Floats) -> Floats:
    """Alphas of matrices of coincidences of shape (..., categories, categories)."""
    margins = coincidences.sum(axis=-1)
    total = margins.sum(axis=-1)
    observed = total - np.trace(coincidences, axis1=-2, axis2=-1)
    expected = total**2 - (margins**2).sum(axis=-1)
    varies = np.asarray((margins > 0).sum(axis=-1) > 1)
    ratio = np.divide(
        (total - 1) * observed, expected, where=varies, out=np.full_like(total, np.nan)
    )
    alphas: Floats = 1 - ratio
    return alphas


def _with_intervals(given: Floats, resamples: int, seed: int) -> list[Alpha]:
    """The mean alpha and then each theme's."""
    values = np.array([[np.nan if a is None else a for a in theme_alphas(given)]])
    drawn = resampled_alphas(given, resamples, seed)
    columns = zip(_with_mean(values)[0], _with_mean(drawn).T, strict=True)
    return [_alpha(value, column[~np.isnan(column)]) for value, column in columns]


def _with_mean(alphas: Floats) -> Floats:
    """Puts a first column of means, over what is known, before (n, themes) alphas."""
    known = ~np.isnan(alphas)
    sums, number = np.where(known, alphas, 0).sum(axis=1), known.sum(axis=1)
    means = np.divide(sums, number, where=number > 0, out=np.full(len(alphas), np.nan))
    return np.column_stack([means, alphas])


def _alpha(value: float, drawn: Floats) -> Alpha:
    if np.isnan(value) or not drawn.size:
        return Alpha(_known(value), None, None)
    low, high = np.percentile(drawn, INTERVAL)
    return Alpha(float(value), float(low), float(high))


def _known(value: float | Floats) -> float | None:
    return None if np.isnan(value) else float(value)


def _by_theme(
    themes: Sequence[str], first: Bools, second: Bools, alphas: Sequence[Alpha]
) -> tuple[ThemeAgreement, ...]:
    both, only_first, only_second = (
        flags.sum(axis=0).tolist() for flags in (first & second, first & ~second, ~first & second)
    )
    columns = zip(themes, both, only_first, only_second, alphas, strict=True)
    return tuple(ThemeAgreement(*cells) for cells in columns)


def _given(codings: Sequence[Coding], themes: Sequence[str]) -> Bools:
    return np.array([[theme in coding.themes for theme in themes] for coding in codings])


def _polarity_ratings(codings: Sequence[tuple[Coding, Coding]]) -> Floats:
    """(2, places) numbers of the polarities where both coders gave one."""
    numbers = {polarity: float(number) for number, polarity in enumerate(Polarity)}
    return np.array(
        [[numbers[each] for each in side] for side in zip(*_polarities(codings), strict=True)]
    ).reshape(2, -1)


def _polarities(
    codings: Sequence[tuple[Coding, Coding]],
) -> Iterator[tuple[Polarity, Polarity]]:
    for first, second in codings:
        for theme, polarity in first.polarity.items():
            if theme in second.polarity:
                yield polarity, second.polarity[theme]


def _coding(row: int, cells: Mapping[str, str], place: str, codebook: Codebook) -> Coding:
    try:
        themes = codebook.in_order(theme_ids_in(cells["themes"]))
    except CodebookError as error:
        raise LabelError(f"{place}, column 'themes': {error}") from error
    polarity = polarity_in(cells.get("polarity", ""), themes, f"{place}, column 'polarity'")
    return Coding(row, themes, polarity)
