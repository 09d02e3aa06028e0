"""Labels that are likely wrong, found by confident learning.

The method is that of C. Northcutt, L. Jiang and I. Chuang (2021, Confident learning: estimating
uncertainty in dataset labels, arXiv 1911.00068), theme by theme against its absence, as cleanlab
does for comments of several labels. What a model that has not seen a comment says of it stands
against what a person said, and the model's own mean confidence in each answer is the measure of how
sure is sure. A candidate is a label to read again, not one to change unread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from labelled_data import normalise
from labelled_data.tables import open_writer
from training.dataset import LEAST_COMMENTS, folds_of, learnable
from training.decide import calibrate
from training.fit_ngrams import fit_ngrams
from training.recipe import DecisionPart, NgramPart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from labelled_data import DistinctComments, LabelledComment

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.floating]
    Places = npt.NDArray[np.int64]

COLUMNS = ("id", "row", "theme", "given", "probability", "self_confidence")
_ANSWERS = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class DoubtfulCell:
    """A cell of (n, themes) labels that is likely wrong.

    Attributes:
        comment: Its row, from 0.
        theme: Its column, from 0.
        given: Whether the label says that the theme is there.
        self_confidence: The model's probability of what the label says, 0 to 0.5.
    """

    comment: int
    theme: int
    given: bool
    self_confidence: float


@dataclass(frozen=True, slots=True)
class DoubtfulLabel:
    """A label of a comment that is likely wrong.

    Attributes:
        id: Names the comment in its source.
        row: Row of the file it came from, as a spreadsheet numbers them.
        theme: The theme's id.
        given: Whether the label says that the theme is there.
        self_confidence: The model's probability of what the label says, 0 to 0.5.
    """

    id: str
    row: int
    theme: str
    given: bool
    self_confidence: float

    @property
    def probability(self) -> float:
        """The model's probability that the theme is there, 0 to 1."""
        return self.self_confidence if self.given else 1 - self.self_confidence


def doubtful_cells(probabilities: Floats, targets: Floats) -> list[DoubtfulCell]:
    """Finds the labels that lie off the diagonal of the confident joint.

    The threshold of a theme is its mean probability among the comments labelled with it, that of
    its absence the mean probability of absence among the others. A label is doubtful when the
    probability of the other answer reaches the other answer's threshold and exceeds that of its
    own. An answer that no comment was given has no threshold, and puts no label in doubt.

    Args:
        probabilities: (n, themes) calibrated probabilities by models that had not seen the
            comment, NaN where there is none.
        targets: (n, themes) shares of people who gave the theme, from 0.5 on taken as given; NaN
            where nobody could say, which is passed over.

    Returns:
        The cells from the lowest self-confidence to the highest.
    """
    known = ~np.isnan(targets) & ~np.isnan(probabilities)
    given = known & (targets >= 0.5)
    present, absent = np.where(known, probabilities, 0.5), np.where(known, 1 - probabilities, 0.5)
    doubted = given & (absent >= _means(absent, given ^ known)) & (absent > present)
    missed = (given ^ known) & (present >= _means(present, given)) & (present > absent)
    confidence = np.where(given, present, absent)
    cells = [
        DoubtfulCell(row, column, bool(given[row, column]), float(confidence[row, column]))
        for row, column in np.argwhere(doubted | missed).tolist()
    ]
    return sorted(cells, key=lambda cell: cell.self_confidence)


def out_of_fold_probabilities(data: DistinctComments, folds: int = 5, seed: int = 0) -> Floats:
    """Scores each comment with a calibrated n-gram model of the other folds.

    Themes are learnt from the comments of which somebody could say whether they have them.

    Args:
        data: n comments; a target of NaN is passed over.
        folds: Parts the comments are cut into, at least 2.
        seed: Seed of the fit.

    Returns:
        (n, themes) probabilities; NaN where the target is, for themes that are known of fewer than
        20 comments, and throughout where there are fewer than 20 different texts.
    """
    probabilities = np.full(data.targets.shape, np.nan)
    if len(set(map(normalise, data.texts))) < LEAST_COMMENTS:
        return probabilities
    scores = _out_of_fold(data, folds, seed)
    for rows, themes in _known_together(data.targets):
        if len(rows) >= LEAST_COMMENTS:
            cells = np.ix_(rows, themes)
            probabilities[cells] = _calibrated(scores[cells], data.targets[cells])
    return probabilities


def doubtful_labels(
    comments: Sequence[LabelledComment], themes: Sequence[str]
) -> list[DoubtfulLabel]:
    """Finds the labels that are likely wrong in a file of comments.

    A text that stands there several times is scored once, by models that saw none of its copies,
    and each copy's own label is judged.

    Args:
        comments: Labelled comments; those without a letter or digit, and those in other
            languages than English, are passed over.
        themes: Theme ids.

    Returns:
        The labels from the lowest self-confidence to the highest.

    Raises:
        DataTooSmallError: There are too few comments.
        KeyError: A comment has a theme that is not among them.
    """
    data = learnable(comments, themes)
    places = {key: place for place, key in enumerate(map(_key, data.questions, data.texts))}
    keys = [_key(comment.question, comment.text) for comment in comments]
    judged = [comment for comment, key in zip(comments, keys, strict=True) if key in places]
    rows = [places[key] for key in keys if key in places]
    given = np.array([[theme in comment.themes for theme in themes] for comment in judged])
    cells = doubtful_cells(out_of_fold_probabilities(data)[rows], given.astype(float))
    return [_label(judged[cell.comment], themes[cell.theme], cell) for cell in cells]


def write_doubtful(path: Path, labels: Sequence[DoubtfulLabel]) -> None:
    """Writes doubtful labels as a table, whole or not at all.

    Args:
        path: The file; its extension gives the format.
        labels: What to write, in this order.

    Raises:
        WriteError: The file cannot be written.
    """
    import polars as pl

    types = (pl.String, pl.Int64, pl.String, pl.String, pl.Float64, pl.Float64)
    rows = [
        (
            each.id,
            each.row,
            each.theme,
            _ANSWERS[each.given],
            each.probability,
            each.self_confidence,
        )
        for each in labels
    ]
    schema = dict(zip(COLUMNS, types, strict=True))
    with open_writer(path, COLUMNS) as writer:
        writer.write(pl.DataFrame(rows, schema=schema, orient="row"))


def _means(values: Floats, where: Bools) -> Floats:
    """Mean of each column over the cells marked; NaN, which nothing reaches, where none is."""
    number = where.sum(axis=0)
    sums = np.where(where, values, 0).sum(axis=0)
    means: Floats = np.divide(sums, number, where=number > 0, out=np.full(len(number), np.nan))
    return means


def _known_together(targets: Floats) -> Iterator[tuple[Places, Places]]:
    """Groups themes that are known of the same comments: rows and columns of each group."""
    patterns, groups = np.unique(~np.isnan(targets), axis=1, return_inverse=True)
    for group, known in enumerate(patterns.T):
        yield np.flatnonzero(known), np.flatnonzero(groups.ravel() == group)


def _out_of_fold(data: DistinctComments, folds: int, seed: int) -> Floats:
    numbers = folds_of(data, folds)
    scores = np.zeros(data.targets.shape)
    for number in np.unique(numbers):
        held = np.flatnonzero(numbers == number)
        model = fit_ngrams(data.take(np.flatnonzero(numbers != number)), NgramPart(), seed)
        part = data.take(held)
        scores[held] = model.logits(part.texts, part.questions)
    return scores


def _calibrated(logits: Floats, targets: Floats) -> Floats:
    slopes, intercepts = calibrate(logits, targets, DecisionPart().calibration_shrinkage)
    probabilities: Floats = expit(slopes * logits + intercepts)
    return probabilities


def _key(question: str | None, text: str) -> tuple[str, str]:
    """What makes two comments the same one; see ``labelled_data.distinct``."""
    return question or "", normalise(text)


def _label(comment: LabelledComment, theme: str, cell: DoubtfulCell) -> DoubtfulLabel:
    return DoubtfulLabel(comment.id, comment.source_row, theme, cell.given, cell.self_confidence)
