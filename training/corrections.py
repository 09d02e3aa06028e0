"""What people said on reading a comment again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelled_data import LabelledComment


def corrected(
    comments: Sequence[LabelledComment], corrections: Sequence[LabelledComment]
) -> list[LabelledComment]:
    """Put corrected comments in the place of those they correct, and new ones after them.

    A correction speaks of all comments with the same text and question, whatever their case and
    punctuation. Of several corrections of one comment all are kept: where people differ, the truth
    lies between.
    """
    read_again = {_key(comment) for comment in corrections}
    return [*(each for each in comments if _key(each) not in read_again), *corrections]


def _key(comment: LabelledComment) -> tuple[str, str]:
    return normalise(comment.text), normalise(comment.question or "")
