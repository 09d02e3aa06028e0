"""What a codebook adds to the encoder: where each theme looks, and what it makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from models.artefact import HEAD
from models.errors import DamagedArtefactError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

_ARRAYS = (
    "attention",
    "readout",
    "bias",
    "polarity_attention",
    "polarity",
    "polarity_bias",
)


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
class WindowReadings:
    """What b windows say; see ``WindowReading``.

    Attributes:
        logits: (b, themes).
        polarity: (b, themes, 2).
        attention: For each, (tokens, themes).
    """

    logits: Floats
    polarity: Floats
    attention: Sequence[Floats] | Floats

    def __getitem__(self, place: int) -> WindowReading:
        """Give what one of them says."""
        return WindowReading(self.logits[place], self.polarity[place], self.attention[place])


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
    _all: Floats = field(init=False, repr=False)
    """All that is made of a token at once: (h, themes + themes + 2 + 2)."""

    def __post_init__(self) -> None:
        parts = [self.attention, self.readout.T, self.polarity_attention, self.polarity]
        object.__setattr__(self, "_all", np.concatenate(parts, axis=1))

    def read(self, states: Floats) -> WindowReading:
        """Read one window's (tokens, h) states."""
        return self.read_all(states[None])[0]

    def read_all(self, states: Floats) -> WindowReadings:
        """Read windows of the same length, each apart from the others: (b, tokens, h) states.

        What a token adds to a theme's log-odds is worked out before it is weighted, which gives
        the same sum as to weight the states first, for far fewer products.
        """
        windows, tokens, _ = states.shape
        themes = len(self.bias)
        seen = (states.reshape(windows * tokens, -1) @ self._all).reshape(windows, tokens, -1)
        scores, adds = seen[..., :themes], seen[..., themes : 2 * themes]
        looked_for, said = seen[..., -4:-2], seen[..., -2:]
        weights = _softmax(scores)
        sides = [
            (_softmax(scores + looked_for[..., [side]]) * said[..., [side]]).sum(axis=1)
            for side in range(said.shape[-1])
        ]
        return WindowReadings(
            logits=(weights * adds).sum(axis=1) + self.bias,
            polarity=np.stack(sides, axis=-1) + self.polarity_bias,
            attention=weights,
        )

    def read_end_to_end(self, states: Floats, lengths: npt.NDArray[np.int64]) -> WindowReadings:
        """Read windows of any length, each apart from the others.

        Args:
            states: (tokens of all, h).
            lengths: (b,) tokens of each, at least 1.
        """
        themes, ends = len(self.bias), np.cumsum(lengths)
        starts = ends - lengths
        seen = states @ self._all
        scores, adds = seen[:, :themes], seen[:, themes : 2 * themes]
        weights = _softmax_end_to_end(scores, starts, lengths)
        polarity = np.empty((len(lengths), themes, 2), dtype=np.float32)
        for side in range(2):
            looked_for, said = seen[:, [side - 4]], seen[:, [side - 2]]
            heard = _softmax_end_to_end(scores + looked_for, starts, lengths)
            polarity[..., side] = np.add.reduceat(heard * said, starts, axis=0)
        return WindowReadings(
            logits=np.add.reduceat(weights * adds, starts, axis=0) + self.bias,
            polarity=polarity + self.polarity_bias,
            attention=np.split(weights, ends[:-1]),
        )

    def save(self, folder: Path, name: str = HEAD) -> None:
        """Write ``head.safetensors``, or a file of another name, into an artefact's folder."""
        arrays = {name: np.ascontiguousarray(getattr(self, name)) for name in _ARRAYS}
        (folder / name).write_bytes(save(arrays))

    @classmethod
    def load(cls, folder: Path, name: str = HEAD) -> ThemeHead:
        """Read what ``save`` wrote.

        Raises:
            DamagedArtefactError: The file is not what ``save`` writes.
        """
        try:
            arrays = load_file(folder / name)
        except SafetensorError as error:
            raise DamagedArtefactError(f"{folder / name}: not a safetensors file") from error
        if set(arrays) != set(_ARRAYS):
            raise DamagedArtefactError(f"{folder / name}: does not hold the arrays of a head")
        return cls(**arrays)


def _softmax(scores: Floats) -> Floats:
    """Share out among the tokens: (b, tokens, themes)."""
    weights: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _softmax_end_to_end(
    scores: Floats, starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> Floats:
    """Share out among the tokens of each window: (tokens of all, themes)."""
    highest = np.maximum.reduceat(scores, starts, axis=0)
    weights: Floats = np.exp(scores - highest.repeat(lengths, axis=0))
    weights /= np.add.reduceat(weights, starts, axis=0).repeat(lengths, axis=0)
    return weights
