"""What one codebook is learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelled_data import normalise
from training.dataset import separate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from labelled_data import Codebook, LabelledComment
    from training.recipe import CodebookPart


@dataclass(frozen=True, slots=True)
class Source:
    """What one codebook is learnt from.

    Attributes:
        part: What the recipe says of it.
        codebook: The themes.
        comments: Labelled comments, test ones included; these are never trained on.
        files: The files they came from, for the record.
        further: Labelled comments to learn from only, see ``DataPart``.
    """

    part: CodebookPart
    codebook: Codebook
    comments: Sequence[LabelledComment]
    files: tuple[Path, ...]
    further: Sequence[LabelledComment] = ()

    def separated(self) -> tuple[list[LabelledComment], list[LabelledComment]]:
        """Part the comments into those to learn from and those kept for the test."""
        return separate(self.comments, self.part.data.test_share)

    def learnt_only(self) -> list[LabelledComment]:
        """Give the further comments whose text does not stand among the others."""
        return without(self.further, {normalise(comment.text) for comment in self.comments})


def kept_texts(sources: Iterable[Source]) -> set[str]:
    """Give the texts, normalised, that any of several sources keeps for its test."""
    return {normalise(comment.text) for source in sources for comment in source.separated()[1]}


def without(comments: Iterable[LabelledComment], texts: set[str]) -> list[LabelledComment]:
    """Leave out the comments with any of some normalised texts."""
    return [comment for comment in comments if normalise(comment.text) not in texts]
