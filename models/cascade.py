"""Who answers: n-grams what they are sure of, the quick encoder some more, the encoder the rest.

Three readers of growing cost see a comment in turn, and the first that is sure of it answers. The
last is the encoder with the n-grams, or where that is better the mean of both encoders. What
"sure" means is learnt for each artefact on comments kept apart from all of them: from how near the
scores come to their thresholds, the chance is learnt that a cheaper reader tells a comment no worse
than the dearest one would; and for each effort, from what chance on it may answer, such that F1
falls by no more than is stated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.decision import Decision
from models.log_odds import probabilities
from models.predictions import Effort, OperatingPoint

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    Floats = npt.NDArray[np.floating]
    Flags = npt.NDArray[np.bool_]

Share = Annotated[float, Field(ge=0, le=1)]
NOBODY = 1.01
"""A chance that none reaches: the reader is passed over."""
FEATURES = 6
_EDGE = 1e-6


def doubts(scores: Floats, thresholds: Floats, sides: Floats, characters: Floats) -> Floats:
    """Describe how doubtful a reading is.

    Args:
        scores: (n, themes) calibrated scores.
        thresholds: (themes,) what they must reach.
        sides: (n, 2) log-odds of praise and of blame in the comment as a whole.
        characters: (n,) length of the comments.

    Returns:
        (n, 6): the wrong decisions to be expected, in logarithms; the chance of the likeliest one;
        themes given; whether none is; characters, in logarithms; and how far praise and blame are
        from telling one side.
    """
    scores = np.clip(scores, _EDGE, 1 - _EDGE)
    away = _log_odds(scores) - _log_odds(np.clip(thresholds, _EDGE, 1 - _EDGE))
    wrong = probabilities(-np.abs(away))
    given = (away >= 0).sum(axis=1)
    one_sided = np.abs(sides[:, 0] - sides[:, 1]) - np.maximum(sides.min(axis=1), 0)
    columns = [
        np.log(wrong.sum(axis=1) + _EDGE),
        wrong.max(axis=1),
        given,
        given == 0,
        np.log1p(characters),
        np.clip(one_sided, -4, 4),
    ]
    found: Floats = np.stack(columns, axis=1).astype(np.float64)
    return found


class Gate(BaseModel):
    """The chance that a reader tells a comment no worse than the encoder would: a logistic model.

    Attributes:
        weights: One for each of the columns of ``doubts``.
        intercept: In log-odds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: Annotated[tuple[float, ...], Field(min_length=FEATURES, max_length=FEATURES)]
    intercept: float

    def sureness(self, described: Floats) -> Floats:
        """Give the chances, (n,), of readings that ``doubts`` describes."""
        return probabilities(described @ np.asarray(self.weights) + self.intercept)


class Stage(BaseModel):
    """One of the cheaper readers.

    Attributes:
        decision: How its scores become themes.
        gate: How sure it is of a comment.
        sure_from: By effort, the chance from which it answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Decision
    gate: Gate
    sure_from: dict[Effort, float]

    @model_validator(mode="after")
    def _knows_every_effort(self) -> Self:
        if set(self.sure_from) != set(Effort):
            raise ValueError("how sure a reader must be is to be given for every effort")
        return self

    def answers(self, scores: Floats, sides: Floats, characters: Floats, effort: Effort) -> Flags:
        """Tell which comments the reader answers; see ``doubts`` for the arguments."""
        thresholds = np.asarray(self.decision.thresholds[OperatingPoint.BALANCED])
        sureness = self.gate.sureness(doubts(scores, thresholds, sides, characters))
        sure: Flags = sureness >= self.sure_from[effort]
        return sure


class Stated(BaseModel):
    """What an effort costs, as found on the comments by which the cascade was learnt.

    Attributes:
        micro_f1: What micro-F1 loses against the last reader alone.
        macro_f1: What macro-F1 loses.
        polarity: What the share of polarities that are told rightly loses.
        ngrams: Share of comments that the n-grams answer.
        quick: Share that the quick encoder answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    micro_f1: float
    macro_f1: float
    polarity: float
    ngrams: Share
    quick: Share


class Cascade(BaseModel):
    """The cheaper readers in front of the encoder.

    Attributes:
        ngrams: The n-grams alone.
        quick: The quick encoder with the n-grams.
        mean: Whether the last reader is the mean of both encoders rather than the encoder.
        comments: How many comments it was learnt from.
        stated: By effort, what it costs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ngrams: Stage
    quick: Stage
    mean: bool
    comments: int
    stated: dict[Effort, Stated]


def _log_odds(chances: Floats) -> Floats:
    odds: Floats = np.log(chances) - np.log1p(-chances)
    return odds
