"""From two models' log-odds to calibrated scores, and from scores to themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.log_odds import probabilities
from models.predictions import OperatingPoint, Polarity

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    Floats = npt.NDArray[np.floating]

Share = Annotated[float, Field(ge=0, le=1)]


class PolarityRule(BaseModel):
    """How log-odds of praise and blame become a polarity.

    Mixed where both are high, neutral where both are low, else the higher of the two.

    Attributes:
        mixed_from: Lowest log-odds that both must reach.
        neutral_below: Log-odds that neither reaches.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mixed_from: float = 0.0
    neutral_below: float = 0.0

    def polarity(self, praise: float, blame: float) -> Polarity:
        """Give the polarity."""
        if min(praise, blame) >= self.mixed_from:
            return Polarity.MIXED
        if max(praise, blame) < self.neutral_below:
            return Polarity.NEUTRAL
        return Polarity.POSITIVE if praise > blame else Polarity.NEGATIVE

    def sides(self, log_odds: Floats) -> npt.NDArray[np.bool_]:
        """Tell whether there is praise and whether there is blame: of (..., 2), the same shape.

        Mixed is both and neutral neither, as ``polarity`` says of one.
        """
        mixed = log_odds.min(axis=-1) >= self.mixed_from
        neutral = log_odds.max(axis=-1) < self.neutral_below
        praise = log_odds[..., 0] > log_odds[..., 1]
        one = np.stack([praise, ~praise], axis=-1)
        told: npt.NDArray[np.bool_] = np.where(
            mixed[..., None], True, np.where(neutral[..., None], False, one)
        )
        return told


class Decision(BaseModel):
    """The learned numbers that turn log-odds into themes; n values where a value is per theme.

    A score is ``sigmoid(slope * (w * encoder + (1 - w) * ngrams) + intercept)``: Platt scaling
    (Platt 1999, *Probabilistic outputs for support vector machines*) of the blended log-odds,
    with slope and intercept per theme, so that it can be read as a probability.

    Attributes:
        encoder_weight: w, the encoder's share in the blend, 0 to 1.
        slopes: Per theme.
        intercepts: Per theme.
        thresholds: Per operating point and theme, the lowest score at which the theme is given.
        unsure_from: A comment without a theme is ``unsure`` when its best score reaches this
            share of the threshold it would have had to pass.
        polarity: How praise and blame become a polarity.
        evidence_share: A sentence carries a theme when its weight is at least this share of that
            of the sentence that carries it most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoder_weight: Share
    slopes: tuple[float, ...]
    intercepts: tuple[float, ...]
    thresholds: dict[OperatingPoint, tuple[Share, ...]]
    unsure_from: Share
    polarity: PolarityRule = PolarityRule()
    evidence_share: Share = 0.5

    @model_validator(mode="after")
    def _same_themes_everywhere(self) -> Self:
        lengths = {len(self.slopes), len(self.intercepts)}
        lengths |= {len(values) for values in self.thresholds.values()}
        if len(lengths) != 1:
            raise ValueError("slopes, intercepts and thresholds differ in their number of themes")
        if set(self.thresholds) != set(OperatingPoint):
            raise ValueError("thresholds must be given for every operating point")
        return self

    def scores(self, encoder: Floats, ngrams: Floats) -> Floats:
        """Blend and calibrate (comments, themes) log-odds into probabilities of the same shape."""
        blended = self.encoder_weight * encoder + (1 - self.encoder_weight) * ngrams
        return probabilities(np.asarray(self.slopes) * blended + np.asarray(self.intercepts))

    def given(self, scores: Floats, point: OperatingPoint) -> npt.NDArray[np.bool_]:
        """Tell which themes pass their threshold: (comments, themes) booleans."""
        passed: npt.NDArray[np.bool_] = scores >= np.asarray(self.thresholds[point])
        return passed

    def is_unsure(self, scores: Floats, point: OperatingPoint) -> npt.NDArray[np.bool_]:
        """Tell which comments have no theme but nearly had one: (comments,) booleans."""
        nearness = (scores / np.asarray(self.thresholds[point])).max(axis=1)
        unsure: npt.NDArray[np.bool_] = (nearness >= self.unsure_from) & (nearness < 1)
        return unsure
