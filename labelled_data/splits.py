"""Which part of the data a comment belongs to.

It follows from the normalised text alone, so a text stands on one side only, whichever file, row or
run it came from.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from labelled_data.text import normalise

_STEPS = 10_000


def split_of(text: str, *, test_share: float = 0.15) -> Literal["train", "test"]:
    """Tells whether a text is for training or for the test.

    Args:
        text: The comment.
        test_share: Share of distinct texts to keep for the test, 0 to 1.

    Returns:
        "train" or "test".

    Raises:
        ValueError: If the share is not within 0 and 1.
    """
    if not 0 <= test_share <= 1:
        raise ValueError(f"a test share lies within 0 and 1, not at {test_share}")
    return "test" if (_hash(text) % _STEPS) / _STEPS < test_share else "train"


def fold_of(text: str, folds: int) -> int:
    """Gives the cross-validation fold of a text, which does not depend on its split.

    Args:
        text: The comment.
        folds: How many folds there are, at least 1.

    Returns:
        The fold, from 0 to `folds` - 1.

    Raises:
        ValueError: If there are no folds.
    """
    if folds < 1:
        raise ValueError(f"there is at least one fold, not {folds}")
    return (_hash(text) // _STEPS) % folds


def _hash(text: str) -> int:
    return int(hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).hexdigest(), 16)
