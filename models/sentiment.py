"""How positive or negative a whole comment is, on the scale of the published comments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from models.artefact import SENTIMENT
from models.errors import DamagedArtefactError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

STEPS = 4
"""Between two neighbouring sentiments of 1 to 5."""


@dataclass(frozen=True, slots=True)
class SentimentHead:
    """Four log-odds on the mean of a comment's token states: that it is worse than 1, than 2, ...

    An ordered scale as a row of yes-or-no questions (Frank and Hall 2001, *A simple approach to
    ordinal classification*).

    Attributes:
        weights: (h, 4).
        bias: (4,).
    """

    weights: Floats
    bias: Floats

    def predict(self, state: Floats) -> int:
        """Give a sentiment, 1 (very positive) to 5 (very negative).

        Args:
            state: (h,) mean of a comment's token states.
        """
        return sentiment_of(state @ self.weights + self.bias)

    def save(self, folder: Path, name: str = SENTIMENT) -> None:
        """Write ``sentiment.safetensors``, or a file of another name, into an artefact's folder."""
        arrays = {name: np.ascontiguousarray(getattr(self, name)) for name in self.__slots__}
        (folder / name).write_bytes(save(arrays))

    @classmethod
    def load(cls, folder: Path, name: str = SENTIMENT) -> SentimentHead:
        """Read what ``save`` wrote.

        Raises:
            DamagedArtefactError: The file is not what ``save`` writes.
        """
        try:
            arrays = load_file(folder / name)
        except SafetensorError as error:
            raise DamagedArtefactError(f"{folder / name}: not a safetensors file") from error
        shapes = {name: array.shape for name, array in arrays.items()}
        hidden = shapes.get("weights", (0,))[0]
        if shapes != {"weights": (hidden, STEPS), "bias": (STEPS,)}:
            raise DamagedArtefactError(
                f"{folder / name}: does not hold the arrays of a sentiment head"
            )
        return cls(**arrays)


def sentiment_of(log_odds: Floats) -> int:
    """Give the sentiment, 1 to 5, that (4,) log-odds of being worse than 1, 2, 3 and 4 tell."""
    return 1 + int(np.count_nonzero(log_odds > 0))
