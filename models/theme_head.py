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

LEAST_HEARD = 1e-25
"""Sum of relative weights below which what is small beside them would be lost in float32."""
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
        """Read windows of the same length, each apart from the others: (b, tokens, h) states."""
        windows, tokens, size = states.shape
        return self.read_end_to_end(states.reshape(-1, size), np.full(windows, tokens))

    def read_end_to_end(self, states: Floats, lengths: npt.NDArray[np.int64]) -> WindowReadings:
        """Read windows of any length, each apart from the others.

        What a token adds to a theme's log-odds is worked out before it is weighted, which gives
        the same sum as to weight the states first, for far fewer products.

        Args:
            states: (tokens of all, h).
            lengths: (b,) tokens of each, at least 1.
        """
        themes, ends = len(self.bias), np.cumsum(lengths)
        windows = _EndToEnd(ends - lengths, np.arange(len(lengths)).repeat(lengths))
        seen = states @ self._all
        scores, adds = seen[:, :themes], seen[:, themes : 2 * themes]
        weights = windows.relative(scores)
        polarity = _sides(scores, weights, seen[:, -4:-2], seen[:, -2:], windows)
        weights /= windows.sums(weights)[windows.number]
        return WindowReadings(
            logits=windows.sums(weights * adds) + self.bias,
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


@dataclass(frozen=True, slots=True)
class _EndToEnd:
    """Windows whose tokens follow each other.

    Attributes:
        starts: (b,) the place of each one's first token.
        number: (tokens of all,) which one each token stands in.
    """

    starts: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]

    def sums(self, values: Floats) -> Floats:
        """Add up (tokens of all, n) over each window: (b, n)."""
        sums: Floats = np.add.reduceat(values, self.starts, axis=0)
        return sums

    def relative(self, scores: Floats) -> Floats:
        """Weigh tokens by their scores, (tokens of all, n), the highest of each window by 1."""
        highest = np.maximum.reduceat(scores, self.starts, axis=0)
        weights: Floats = np.exp(scores - highest[self.number])
        return weights


def _sides(
    scores: Floats, weights: Floats, looked_for: Floats, said: Floats, windows: _EndToEnd
) -> Floats:
    """Give the (b, themes, 2) log-odds of praise and blame, but for their bias.

    Where a theme looks for praise is where it looks, times where praise is looked for: so what was
    weighed for the theme need not be weighed again, unless the two look in places so far apart that
    their product is next to nothing everywhere.

    Args:
        scores: (tokens of all, themes) of each theme.
        weights: (tokens of all, themes) weights by these, the highest of each window 1.
        looked_for: (tokens of all, 2) scores that are added for praise and for blame.
        said: (tokens of all, 2) what each token says.
        windows: The windows.
    """
    own = windows.relative(looked_for)
    sides = []
    for side in range(2):
        heard, told = weights * own[:, [side]], said[:, [side]]
        total = windows.sums(heard)
        lost = total < LEAST_HEARD
        mean = windows.sums(heard * told) / np.maximum(total, LEAST_HEARD)
        if lost.any():
            anew = windows.relative(scores + looked_for[:, [side]])
            mean = np.where(lost, windows.sums(anew * told) / windows.sums(anew), mean)
        sides.append(mean)
    return np.stack(sides, axis=-1)
