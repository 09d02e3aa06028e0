"""What the encoder makes of a whole comment: themes, praise and blame, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.log_odds import probabilities
from models.segmentation import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data import Span
    from models.encoding import Window
    from models.theme_head import WindowReading

    Floats = npt.NDArray[np.float32]


_HALF = np.float32(0.5)


class Said(NamedTuple):
    """What a comment says of a theme.

    Attributes:
        praise: Log-odds that there is praise in it.
        blame: Log-odds that there is blame in it.
        evidence: The sentences that carry the theme.
    """

    praise: float
    blame: float
    evidence: tuple[Span, ...]


@dataclass(frozen=True)
class Reading:
    """What a comment says, before calibration.

    Where its sentences stand and what they weigh is worked out when it is first asked: most
    comments are one sentence, and of the others only those with a theme are asked.

    Attributes:
        logits: (themes,) log-odds, the highest over its windows.
        polarity: (themes, 2) log-odds of praise and of blame, the highest over the windows that
            speak of the theme.
        text: The comment.
        windows: What was read of it at once.
        readings: What each window says.
        state: (h,) mean of the states of its tokens over all windows; empty where they are not
            given.
    """

    logits: Floats
    polarity: Floats
    text: str
    windows: Sequence[Window]
    readings: Sequence[WindowReading]
    state: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Where its sentences stand; the whole of it where it has one."""
        return sentences(self.text)

    @cached_property
    def _bounds(self) -> list[list[int]]:
        """How many tokens of each window stand before each sentence; and all, in the end."""
        ends = [sentence.end for sentence in self.sentences[:-1]]
        return [[0, *window.before(ends), len(window.spans)] for window in self.windows]

    def weights(self, theme: int) -> list[float]:
        """Tell how much of a theme's reading comes from each sentence.

        Windows count by what they say of the theme; an only one counts whole.

        Returns:
            For each sentence, 0 to the number of windows.
        """
        if len(self.sentences) == 1:
            return [1.0]
        weights, several = [0.0] * len(self.sentences), len(self.windows) > 1
        for window, reading, bounds in zip(self.windows, self.readings, self._bounds, strict=True):
            first, end = window.head, window.head + len(window.spans)
            tokens = reading.attention[first:end, theme].tolist()
            says = float(probabilities(reading.logits[theme])) if several else 1.0
            for row, (start, stop) in enumerate(pairwise(bounds)):
                weights[row] += says * sum(tokens[start:stop])
        return weights

    def evidence(self, theme: int, share: float) -> tuple[Span, ...]:
        """Give the sentences that carry a theme.

        Args:
            theme: Its place in the codebook.
            share: Sentences of at least this share of the highest weight are given, 0 to 1.
        """
        if len(self.sentences) == 1:
            return self.sentences
        return tuple(self.sentences[row] for row in carrying(self.weights(theme), share))

    def said(self, theme: int, share: float) -> Said:
        """Give what is said of a theme; see ``evidence`` for the arguments."""
        praise, blame = self.polarity[theme].tolist()
        return Said(praise, blame, self.evidence(theme, share))


def carrying(weights: Sequence[float], share: float) -> list[int]:
    """Give the places of the sentences that weigh at least a share of the heaviest, in order.

    Args:
        weights: Of each, at least 0.
        share: 0 to 1.
    """
    least = share * max(weights)
    return [place for place, weight in enumerate(weights) if weight >= least]


def joined_reading(
    text: str,
    windows: Sequence[Window],
    readings: Sequence[WindowReading],
    state: Floats | None = None,
) -> Reading:
    """Join the readings of a comment's windows.

    Args:
        text: The comment.
        windows: At least one.
        readings: What each window says.
        state: Mean of the states of the comment's tokens.
    """
    given = np.zeros(0, dtype=np.float32) if state is None else state
    if len(readings) == 1:
        only = readings[0]
        return Reading(only.logits, only.polarity, text, windows, readings, given)
    logits = np.stack([reading.logits for reading in readings])
    best = logits.max(axis=0)
    speaking = logits >= np.minimum(best, 0)
    polarity = np.stack([reading.polarity for reading in readings])
    heard = np.where(speaking[..., None], polarity, -np.inf).max(axis=0)
    return Reading(best, heard, text, windows, readings, given)


def mean_reading(one: Reading, other: Reading) -> Reading:
    """Give the mean of two encoders' readings of a comment, with the evidence of the first."""
    logits = (one.logits + other.logits) * _HALF
    polarity = (one.polarity + other.polarity) * _HALF
    return replace(one, logits=logits, polarity=polarity)
