"""Comments labelled with several codebooks, side by side, for one encoder that learns them all.

The themes of all codebooks stand in one row of columns. A comment is labelled in the columns of the
codebook it was coded with, and where a crosswalk tells, of another; the rest is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import BLAME, PRAISE, DistinctComments, shipped_crosswalk
from training.dataset import in_english, learnable
from training.errors import RecipeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data import Codebook, Crosswalk, LabelledComment

    Floats = npt.NDArray[np.float64]

VERY_POSITIVE, VERY_NEGATIVE = 2, 4
"""Sentiments up to and from which all that a comment says is taken for praise or for blame."""


@dataclass(frozen=True, slots=True)
class Task:
    """One codebook with the comments that were coded with it.

    Attributes:
        codebook: The codebook.
        comments: Labelled comments to learn from, none of them kept for a test.
        crosswalks: Ids of the other codebooks whose comments tell something of its themes.
        further: More of them, which are no sample of what people say and show nothing of how to
            decide; their texts are others.
    """

    codebook: Codebook
    comments: Sequence[LabelledComment]
    crosswalks: tuple[str, ...] = ()
    further: Sequence[LabelledComment] = ()


@dataclass(frozen=True, slots=True)
class Joint:
    """The comments of all tasks.

    Attributes:
        tasks: The tasks.
        data: n comments; targets have a column for each theme of each codebook in turn.
        owners: (n,) the task each comment was coded for, as its place among them.
        further: (n,) whether it is one of the further comments of its task.
    """

    tasks: tuple[Task, ...]
    data: DistinctComments
    owners: npt.NDArray[np.int64]
    further: npt.NDArray[np.bool_]

    def columns(self, task: int) -> slice:
        """Give the columns of a task's themes."""
        sizes = [len(each.codebook.theme_ids) for each in self.tasks]
        start = sum(sizes[:task])
        return slice(start, start + sizes[task])

    def rows(self, task: int) -> npt.NDArray[np.int64]:
        """Give the places of the comments that were coded for a task."""
        return np.flatnonzero(self.owners == task)

    def sample(self, task: int) -> npt.NDArray[np.int64]:
        """Give the places of a task's comments that are a sample of what people say."""
        return np.flatnonzero((self.owners == task) & ~self.further)

    def known_to(self, task: int) -> npt.NDArray[np.int64]:
        """Give the places of the comments that tell anything of a task's themes."""
        return np.flatnonzero((~np.isnan(self.data.targets[:, self.columns(task)])).any(axis=1))


def gather(tasks: Sequence[Task]) -> Joint:
    """Lay the comments of tasks side by side.

    Raises:
        DataTooSmallError: A task has too few comments to learn from.
        RecipeError: A codebook stands twice, or a crosswalk is asked from one that is not there.
        CodebookError: There is no such crosswalk.
    """
    _refuse_twice([task.codebook.id for task in tasks])
    drawn = [learnable(task.comments, task.codebook.theme_ids) for task in tasks]
    own = [
        data.and_also(in_english(task.further, task.codebook.theme_ids))
        for data, task in zip(drawn, tasks, strict=True)
    ]
    wide = [_widened(data, place, tasks) for place, data in enumerate(own)]
    sizes = zip(drawn, own, strict=True)
    joint = Joint(
        tasks=tuple(tasks),
        data=_concatenated(wide),
        owners=np.repeat(np.arange(len(tasks)), [len(data) for data in own]),
        further=np.concatenate([np.arange(len(both)) >= len(first) for first, both in sizes]),
    )
    for place, task in enumerate(tasks):
        for source in task.crosswalks:
            _cross(joint, _place_of(source, tasks), place)
    return replace(joint, data=with_sentiment(joint.data))


def books_of(tasks: Sequence[Task]) -> list[Codebook | Crosswalk]:
    """Give the codebooks of tasks, and the crosswalks by which they tell of each other.

    Raises:
        CodebookError: There is no such crosswalk.
    """
    crosswalks = [
        shipped_crosswalk(source, task.codebook.id) for task in tasks for source in task.crosswalks
    ]
    return [*(task.codebook for task in tasks), *crosswalks]


def with_sentiment(data: DistinctComments) -> DistinctComments:
    """Take a comment's sentiment for the polarity of its themes, where that was not told.

    Only where the sentiment is plainly good (1, 2) or bad (4, 5); one in the middle may be mixed.
    """
    untold = np.isnan(data.polarity[..., PRAISE]) & data.labels
    good, bad = data.sentiments <= VERY_POSITIVE, data.sentiments >= VERY_NEGATIVE
    polarity = data.polarity.copy()
    polarity[untold & (good | bad)[:, None]] = 0
    polarity[untold & good[:, None], PRAISE] = 1
    polarity[untold & bad[:, None], BLAME] = 1
    return replace(data, polarity=polarity)


def shares(targets: Floats) -> Floats:
    """Give the share of comments with each theme, (themes,), among those where it is known."""
    known = ~np.isnan(targets)
    sums = np.where(known, targets, 0).sum(axis=0)
    found: Floats = sums / np.maximum(known.sum(axis=0), 1)
    return found


def _widened(data: DistinctComments, place: int, tasks: Sequence[Task]) -> DistinctComments:
    """Set a task's comments into the columns of all, its own beginning after those before it."""
    sizes = [len(task.codebook.theme_ids) for task in tasks]
    before, after = sum(sizes[:place]), sum(sizes[place + 1 :])
    return replace(
        data,
        targets=np.pad(data.targets, ((0, 0), (before, after)), constant_values=np.nan),
        polarity=np.pad(data.polarity, ((0, 0), (before, after), (0, 0)), constant_values=np.nan),
        evidence=tuple(
            {before + theme: spans for theme, spans in told.items()} for told in data.evidence
        ),
    )


def _concatenated(parts: Sequence[DistinctComments]) -> DistinctComments:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.and_also(part)
    return whole


def _refuse_twice(codebook_ids: Sequence[str]) -> None:
    for place, codebook_id in enumerate(codebook_ids):
        if codebook_id in codebook_ids[:place]:
            raise RecipeError(f"the recipe learns the codebook {codebook_id!r} twice")


def _place_of(codebook_id: str, tasks: Sequence[Task]) -> int:
    for place, task in enumerate(tasks):
        if task.codebook.id == codebook_id:
            return place
    raise RecipeError(f"a crosswalk is asked from {codebook_id!r}, which the recipe does not learn")


def _cross(joint: Joint, source: int, target: int) -> None:
    """Write what the source's comments tell of the target's themes into the targets, in place."""
    rows, columns = joint.rows(source), joint.columns(target)
    books = joint.tasks[source].codebook, joint.tasks[target].codebook
    own = joint.data.take(rows)
    own = own.with_targets(own.targets[:, joint.columns(source)])
    crosswalk = shipped_crosswalk(books[0].id, books[1].id)
    joint.data.targets[rows, columns] = crosswalk.targets(own, *books)
