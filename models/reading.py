"""What the encoder makes of a whole comment: themes, praise and blame, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from models.segmentation import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data import Span
    from models.encoding import Window
    from models.theme_head import WindowReading

    Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a comment says, before calibration.

    Attributes:
        logits: (themes,) log-odds, the highest over its windows.
        polarity: (themes, 2) log-odds of praise and of blame, the highest over the windows that
            speak of the theme.
        sentences: Where its sentences stand; the whole of it where it has one.
        weights: (sentences, themes) how much of each theme's reading comes from each sentence, 0
            to the number of windows.
        state: (h,) mean of the states of its tokens over all windows; empty where they are not
            given.
    """

    logits: Floats
    polarity: Floats
    sentences: tuple[Span, ...]
    weights: Floats
    state: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def evidence(self, theme: int, share: float) -> tuple[Span, ...]:
        """Give the sentences that carry a theme.

        Args:
            theme: Its place in the codebook.
            share: Sentences of at least this share of the highest weight are given, 0 to 1.
        """
        weights = self.weights[:, theme]
        carrying = np.flatnonzero(weights >= share * weights.max())
        return tuple(self.sentences[place] for place in carrying)


def joined_reading(
    text: str, windows: Sequence[Window], readings: Sequence[WindowReading]
) -> Reading:
    """Join the readings of a comment's windows."""
    spans = sentences(text)
    logits = np.stack([reading.logits for reading in readings])
    best = logits.max(axis=0)
    speaking = logits >= np.minimum(best, 0)
    polarity = np.stack([reading.polarity for reading in readings])
    return Reading(
        logits=best,
        polarity=np.where(speaking[..., None], polarity, -np.inf).max(axis=0),
        sentences=spans,
        weights=_weights(spans, windows, readings),
    )


def _weights(
    spans: Sequence[Span], windows: Sequence[Window], readings: Sequence[WindowReading]
) -> Floats:
    if len(spans) == 1:
        return np.ones((1, len(readings[0].logits)), dtype=np.float32)
    weights = np.zeros((len(spans), len(readings[0].logits)), dtype=np.float32)
    ends = np.array([span.end for span in spans])
    for window, reading in zip(windows, readings, strict=True):
        starts = np.array([token.start for token in window.spans], dtype=np.int64)
        homes = np.minimum(np.searchsorted(ends, starts, side="right"), len(spans) - 1)
        tokens = reading.attention[window.head : window.head + len(starts)]
        np.add.at(weights, homes, tokens * expit(reading.logits))
    return weights
