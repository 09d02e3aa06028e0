"""Labelled comments as arrays, each distinct comment once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from labelled_data.text import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data.records import LabelledComment

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DistinctComments:
    """n distinct comments with what people said of them.

    A text given several times in answer to the same question stands once, with the average of
    its labels: coders differ, and where they do the truth lies between.

    Attributes:
        texts: The comments.
        questions: What each one answers.
        targets: (n, themes) shares of people who gave each theme, 0 to 1.
        sentiments: (n,) mean sentiment, 1 to 5, NaN where nobody said.
    """

    texts: tuple[str, ...]
    questions: tuple[str | None, ...]
    targets: Floats
    sentiments: Floats

    def __len__(self) -> int:
        """Number of comments."""
        return len(self.texts)

    @property
    def labels(self) -> npt.NDArray[np.bool_]:
        """Booleans of shape (n, themes): what at least half of the people said."""
        labels: npt.NDArray[np.bool_] = self.targets >= 0.5
        return labels

    def take(self, rows: npt.NDArray[np.int64]) -> DistinctComments:
        """Gives the comments at some positions, in their order."""
        return DistinctComments(
            texts=tuple(self.texts[row] for row in rows),
            questions=tuple(self.questions[row] for row in rows),
            targets=self.targets[rows],
            sentiments=self.sentiments[rows],
        )

    def and_also(self, others: DistinctComments) -> DistinctComments:
        """Gives these comments and then the others."""
        return DistinctComments(
            texts=self.texts + others.texts,
            questions=self.questions + others.questions,
            targets=np.concatenate([self.targets, others.targets]),
            sentiments=np.concatenate([self.sentiments, others.sentiments]),
        )

    def with_targets(self, targets: Floats) -> DistinctComments:
        """Gives the same comments with other targets of shape (n, themes)."""
        return replace(self, targets=targets)


def distinct(comments: Sequence[LabelledComment], themes: Sequence[str]) -> DistinctComments:
    """Gathers labelled comments, one for each distinct question and normalised text.

    Args:
        comments: What to gather; those without a letter or digit are left out.
        themes: Theme ids, the columns of the targets.

    Raises:
        KeyError: If a comment has a theme that is not among them.
    """
    groups: dict[tuple[str, str], list[LabelledComment]] = {}
    for comment in comments:
        if text := normalise(comment.text):
            groups.setdefault((comment.question or "", text), []).append(comment)
    column = {theme: index for index, theme in enumerate(themes)}
    firsts = [group[0] for group in groups.values()]
    targets = [_mean_labels(group, column) for group in groups.values()]
    return DistinctComments(
        texts=tuple(first.text for first in firsts),
        questions=tuple(first.question for first in firsts),
        targets=np.array(targets).reshape(len(targets), len(column)),
        sentiments=np.array([_mean_sentiment(group) for group in groups.values()]),
    )


def _mean_labels(group: list[LabelledComment], column: dict[str, int]) -> Floats:
    labels = np.zeros((len(group), len(column)))
    for row, comment in enumerate(group):
        labels[row, [column[theme] for theme in comment.themes]] = 1
    means: Floats = labels.mean(axis=0)
    return means


def _mean_sentiment(group: list[LabelledComment]) -> float:
    given = [comment.sentiment for comment in group if comment.sentiment is not None]
    return float(np.mean(given)) if given else float("nan")
