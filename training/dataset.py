"""Which labelled comments are learnt from, and in which fold each one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelled_data import DistinctComments, distinct, fold_of, split_of
from training.errors import DataTooSmallError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data import LabelledComment

LEAST_COMMENTS = 20


def learnable(comments: Sequence[LabelledComment], themes: Sequence[str]) -> DistinctComments:
    """Gather the comments to learn from, see ``in_english``.

    Raises:
        DataTooSmallError: There are too few.
    """
    gathered = in_english(comments, themes)
    if len(gathered) < LEAST_COMMENTS:
        raise DataTooSmallError(
            f"{len(gathered)} distinct comments with text are too few to learn from, at least"
            f" {LEAST_COMMENTS} are needed"
        )
    return gathered


def in_english(comments: Sequence[LabelledComment], themes: Sequence[str]) -> DistinctComments:
    """Gather the comments in English, as the tagger reads no other."""
    return distinct([comment for comment in comments if comment.language == "en"], themes)


def folds_of(data: DistinctComments, folds: int) -> npt.NDArray[np.int64]:
    """Give the fold of each comment, (n,); the same text has one fold whatever the question."""
    return np.array([fold_of(text, folds) for text in data.texts], dtype=np.int64)


def separate(
    comments: Sequence[LabelledComment], test_share: float
) -> tuple[list[LabelledComment], list[LabelledComment]]:
    """Part comments into those to learn from and those kept for the test, by their text."""
    parts: dict[str, list[LabelledComment]] = {"train": [], "test": []}
    for comment in comments:
        parts[split_of(comment.text, test_share=test_share)].append(comment)
    return parts["train"], parts["test"]
