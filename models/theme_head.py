"""What a codebook adds to the encoder: where each theme looks, and what it makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from models.errors import DamagedArtefactError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

HEAD = "head.safetensors"


@dataclass(frozen=True, slots=True)
class WindowReading:
    """What one window says.

    Attributes:
        logits: (themes,) log-odds.
        polarity: (themes, 2) log-odds that praise and blame are in what is said of a theme.
        attention: (tokens, themes) share of each token in the reading of each theme; they sum to
            1 over the tokens.
    """

    logits: Floats
    polarity: Floats
    attention: Floats


@dataclass(frozen=True, slots=True)
class ThemeHead:
    """Label-wise attention over an encoder's states of size h, and one log-odds a theme.

    Attributes:
        attention: (h, themes); a token's score for a theme, before softmax over the tokens.
        readout: (themes, h); a theme's log-odds from its reading.
        bias: (themes,).
        polarity_attention: (h, 2); what is added to a token's score, whatever the theme, where
            praise and where blame is looked for: they may stand in different places.
        polarity: (h, 2); log-odds of praise and blame from what is read there.
        polarity_bias: (2,).
    """

    attention: Floats
    readout: Floats
    bias: Floats
    polarity_attention: Floats
    polarity: Floats
    polarity_bias: Floats

    def read(self, states: Floats) -> WindowReading:
        """Read one window's (tokens, h) states."""
        scores = states @ self.attention
        weights = _softmax(scores)
        readings = weights.T @ states
        return WindowReading(
            logits=(readings * self.readout).sum(axis=1) + self.bias,
            polarity=self._polarity(states, scores),
            attention=weights,
        )

    def _polarity(self, states: Floats, scores: Floats) -> Floats:
        looked_for, said = states @ self.polarity_attention, states @ self.polarity
        sides = [_softmax(scores + looked_for[:, [k]]).T @ said[:, k] for k in range(said.shape[1])]
        polarity: Floats = np.stack(sides, axis=1) + self.polarity_bias
        return polarity

    def save(self, folder: Path) -> None:
        """Write ``head.safetensors`` into an artefact's folder."""
        arrays = {name: np.ascontiguousarray(getattr(self, name)) for name in self.__slots__}
        (folder / HEAD).write_bytes(save(arrays))

    @classmethod
    def load(cls, folder: Path) -> ThemeHead:
        """Read what ``save`` wrote.

        Raises:
            DamagedArtefactError: The file is not what ``save`` writes.
        """
        try:
            arrays = load_file(folder / HEAD)
        except SafetensorError as error:
            raise DamagedArtefactError(f"{folder / HEAD}: not a safetensors file") from error
        if set(arrays) != set(cls.__slots__):
            raise DamagedArtefactError(f"{folder / HEAD}: does not hold the arrays of a head")
        return cls(**arrays)


def _softmax(scores: Floats) -> Floats:
    weights: Floats = np.exp(scores - scores.max(axis=0))
    weights /= weights.sum(axis=0)
    return weights
