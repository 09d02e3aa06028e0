"""Labelled comments as arrays, each distinct comment once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from labelled_data.text import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from labelled_data.records import LabelledComment
    from labelled_data.spans import Span

    Floats = npt.NDArray[np.float64]
    Evidence = Mapping[int, tuple[Span, ...]]

PRAISE, BLAME = 0, 1
"""Places along the last axis of ``DistinctComments.polarity``."""


@dataclass(frozen=True, slots=True)
class DistinctComments:
    """n distinct comments with what people said of them.

    A text given several times in answer to the same question stands once, with the average of
    its labels: coders differ, and where they do the truth lies between.

    Attributes:
        texts: The comments.
        questions: What each one answers.
        targets: (n, themes) shares of people who gave each theme, 0 to 1; NaN where nobody could
            say, as where a theme was not in the codebook they used.
        sentiments: (n,) mean sentiment, 1 to 5, NaN where nobody said.
        polarity: (n, themes, 2) shares of people who found praise and blame in what is said of a
            theme, NaN where nobody said: mixed is both and neutral neither.
        evidence: For each comment, the places in its text that carry a theme, by the theme's
            column; themes for which nobody said are left out.
    """

    texts: tuple[str, ...]
    questions: tuple[str | None, ...]
    targets: Floats
    sentiments: Floats
    polarity: Floats
    evidence: tuple[Evidence, ...]

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
            polarity=self.polarity[rows],
            evidence=tuple(self.evidence[row] for row in rows),
        )

    def and_also(self, others: DistinctComments) -> DistinctComments:
        """Gives these comments and then the others."""
        return DistinctComments(
            texts=self.texts + others.texts,
            questions=self.questions + others.questions,
            targets=np.concatenate([self.targets, others.targets]),
            sentiments=np.concatenate([self.sentiments, others.sentiments]),
            polarity=np.concatenate([self.polarity, others.polarity]),
            evidence=self.evidence + others.evidence,
        )

    def with_targets(self, targets: Floats) -> DistinctComments:
        """Gives the same comments with other targets of shape (n, themes)."""
        return replace(self, targets=targets)


def unlabelled(
    texts: Sequence[str], questions: Sequence[str | None], themes: int
) -> DistinctComments:
    """Gives comments of which nobody said anything.

    Args:
        texts: The comments.
        questions: What each one answers.
        themes: Number of themes, the columns of the targets.
    """
    return DistinctComments(
        texts=tuple(texts),
        questions=tuple(questions),
        targets=np.full((len(texts), themes), np.nan),
        sentiments=np.full(len(texts), np.nan),
        polarity=np.full((len(texts), themes, 2), np.nan),
        evidence=tuple({} for _ in texts),
    )


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
    shape = (len(groups), len(column))
    return DistinctComments(
        texts=tuple(first.text for first in firsts),
        questions=tuple(first.question for first in firsts),
        targets=np.array([_mean_labels(group, column) for group in groups.values()]).reshape(shape),
        sentiments=np.array([_mean_sentiment(group) for group in groups.values()]),
        polarity=np.array([_mean_polarity(group, column) for group in groups.values()]).reshape(
            (*shape, 2)
        ),
        evidence=tuple(_evidence(group, column) for group in groups.values()),
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


def _mean_polarity(group: list[LabelledComment], column: dict[str, int]) -> Floats:
    sums, given = np.zeros((len(column), 2)), np.zeros((len(column), 1))
    for comment in group:
        for theme, polarity in comment.polarity.items():
            sums[column[theme]] += (polarity.praises, polarity.blames)
            given[column[theme]] += 1
    means: Floats = np.divide(sums, given, out=np.full_like(sums, np.nan), where=given > 0)
    return means


def _evidence(group: list[LabelledComment], column: dict[str, int]) -> Evidence:
    """Give the places each theme was first found in, in the wording that stands for the group."""
    told: dict[int, tuple[Span, ...]] = {}
    for comment in group:
        if comment.text == group[0].text:
            for theme, spans in comment.evidence.items():
                told.setdefault(column[theme], spans)
    return told
