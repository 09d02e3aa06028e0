"""The comments that speed is measured on."""

from __future__ import annotations

import csv
import random
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from itertools import cycle, islice
from typing import TYPE_CHECKING

from evaluation.labelled import train_and_test
from evaluation.taggers import with_themes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.labelled import LabelledFile
    from labelled_data import DistinctComments, LabelledComment
    from models import Tagger

    Comment = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class SpeedData:
    """A labelled file, parted as the model's training parted it.

    Attributes:
        every: Each row's comment and question, as they come.
        train: Distinct comments that the peer learns from, with the measured themes.
        test: Distinct comments that all systems tag, with the measured themes.
        themes: Ids of the themes with enough examples in the file.
        columns: Their places in the model's codebook.
    """

    every: tuple[Comment, ...]
    train: DistinctComments
    test: DistinctComments
    themes: tuple[str, ...]
    columns: tuple[int, ...]

    @classmethod
    def of(cls, labelled: LabelledFile, tagger: Tagger) -> SpeedData:
        """Read a file.

        Raises:
            NothingToMeasureError: One of its parts has no comment, or no theme enough examples.
            DataError: It cannot be read as what it is said to be, or its labels are not of the
                model's codebook.
        """
        ids, share = tagger.codebook.theme_ids, tagger.manifest.training.test_share
        comments = labelled.read(tagger.codebook)
        train, test, themes = train_and_test(labelled, comments, ids, share)
        columns = tuple(ids.index(theme) for theme in themes)
        return cls(
            every=tuple(_asked(each) for each in comments if each.text.strip()),
            train=with_themes(train, columns),
            test=with_themes(test, columns),
            themes=themes,
            columns=columns,
        )

    @property
    def repeated_share(self) -> float:
        """Share of the rows whose comment and question stand in an earlier one."""
        return 1 - len(set(self.every)) / len(self.every)


def _asked(comment: LabelledComment) -> Comment:
    return comment.text, comment.question


def drawn(every: tuple[Comment, ...], rows: int, seed: int = 0) -> Iterator[Comment]:
    """Draw the rows of a larger file of the same kind.

    What several people wrote comes again as often as it does in the file. What one person wrote
    gets another word in place of one of its own, so that it hardly ever comes again.

    Args:
        every: Comment and question of each row of the file.
        rows: How many to draw.
        seed: Where the drawing starts.
    """
    luck = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    times = Counter(every)
    words = sorted({word for text, _ in times for word in text.split()})
    for _ in range(rows):
        text, question = luck.choice(every)
        if times[text, question] == 1:
            parts = text.split()
            parts[luck.randrange(len(parts))] = luck.choice(words)
            text = " ".join(parts)
        yield text, question


def of_length(words: int, comments: int) -> list[str]:
    """Make comments of some words each, out of the words of the invented ones, in their order."""
    with (files("labelled_data") / "comments" / "uec.csv").open(encoding="utf-8") as file:
        written = [word for row in csv.DictReader(file) for word in row["text"].split()]
    endless = cycle(written)
    made = (" ".join(islice(endless, words)) for _ in range(comments))
    return list(dict.fromkeys(made))
