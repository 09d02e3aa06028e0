"""What one codebook is learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.dataset import separate

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    """

    part: CodebookPart
    codebook: Codebook
    comments: Sequence[LabelledComment]
    files: tuple[Path, ...]

    def separated(self) -> tuple[list[LabelledComment], list[LabelledComment]]:
        """Part the comments into those to learn from and those kept for the test."""
        return separate(self.comments, self.part.data.test_share)
