"""Learning when a cheaper reader may answer, from comments that none of the readers had seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from models.cascade import NOBODY, Cascade, Gate, Stage, Stated, doubts
from models.predictions import Effort, OperatingPoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from models import Decision
    from training.recipe import CascadePart, LossPart

    Floats = npt.NDArray[np.floating]
    Flags = npt.NDArray[np.bool_]
    Counts = npt.NDArray[np.int64]

LAST = 2
"""Place of the last reader."""
PARTS = 5
"""Of the comments, for chances that a gate gives to comments it has not learnt from."""
LEAST_CHANCE = 0.5
"""A reader that is rather not sure does not answer, however little that would seem to cost."""
EVERYBODY = 0.0
"""The chance from which a reader answers whatever comes to it."""
CHANCES: list[float] = np.linspace(1, LEAST_CHANCE, 101).tolist()
"""Those tried from which a reader may answer."""
LEAST_EXAMPLES = 5
"""Of a theme, for it to count in macro-F1."""
QUICK_SHARE = 0.85
"""What the quick encoder may use up of what F1 may lose; the n-grams have the rest."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reader makes of n comments it had not seen.

    Attributes:
        decision: How its scores become themes.
        scores: (n, themes) calibrated scores.
        polarity: (n, themes, 2) log-odds of praise and of blame.
        sides: (n, 2) the same of the comment as a whole.
    """

    decision: Decision
    scores: Floats
    polarity: Floats
    sides: Floats

    @property
    def given(self) -> Flags:
        """(n, themes) the themes it gives."""
        return self.decision.given(self.scores, OperatingPoint.BALANCED)


@dataclass(frozen=True, slots=True)
class Told:
    """What people said of n comments.

    Attributes:
        labels: (n, themes) their themes.
        polarity: (n, themes, 2) shares who found praise and blame, NaN where nobody said.
        characters: (n,) length of the comments.
    """

    labels: Flags
    polarity: Floats
    characters: Floats


def learn_cascade(
    ngrams: Seen,
    quick: Seen,
    encoder: Seen,
    told: Told,
    settings: CascadePart,
    *,
    alone: bool = False,
) -> Cascade:
    """Learn the cascade.

    Args:
        ngrams: The cheapest reader.
        quick: The quick encoder.
        encoder: The dearest, by which the others are measured.
        told: What people said.
        settings: What F1 may lose.
        alone: Whether the last reader is the encoder alone, which is then better than the one that
            is seen here, since it learnt from more; the quick encoder is so too, but the n-grams
            are not. So these answer, at either effort, no more than what half of the loss of
            ``accurate`` pays for; and the quick encoder does not answer there. Else ``encoder`` is
            the mean of both.
    """
    plain_gate, quick_gate = _gate(ngrams, encoder, told), _gate(quick, encoder, told)
    readers = ngrams, quick, encoder
    polarity = [_polarity(reader, told) for reader in readers]
    mixture = _Mixture(
        given=np.stack([reader.given for reader in readers]),
        sureness=(plain_gate.unseen, quick_gate.unseen),
        labels=told.labels,
        asked=np.stack([asked for asked, _ in polarity]),
        right=np.stack([right for _, right in polarity]),
        counted=told.labels.sum(axis=0) >= LEAST_EXAMPLES,
    )
    if alone:
        plain = mixture.plain_cut(settings.accurate, NOBODY, 0.5)
        cuts = {
            Effort.ACCURATE: (plain, NOBODY),
            Effort.FAST: (plain, mixture.quick_cut(settings.fast, plain)),
        }
    else:
        cuts = {
            Effort.ACCURATE: mixture.cuts(settings.accurate),
            Effort.FAST: mixture.cuts(settings.fast),
        }
    return Cascade(
        ngrams=_stage(ngrams, plain_gate.gate, {e: cut for e, (cut, _) in cuts.items()}),
        quick=_stage(quick, quick_gate.gate, {e: cut for e, (_, cut) in cuts.items()}),
        mean=not alone,
        comments=len(told.labels),
        stated={effort: mixture.stated(pair) for effort, pair in cuts.items()},
    )


@dataclass(frozen=True, slots=True)
class _FittedGate:
    """A gate, and the chances that it gives to comments it has not learnt from."""

    gate: Gate
    unseen: Floats


@dataclass(frozen=True, slots=True)
class _Mixture:
    """What becomes of F1 when each comment is answered by the first reader that is sure of it.

    The three readers stand in the order of their cost.

    Attributes:
        given: (3, n, themes) the themes that each reader gives.
        sureness: (n,) of the n-grams and of the quick encoder.
        labels: (n, themes) what people said.
        asked: (3, n) themes found of which people told the polarity, by each reader.
        right: (3, n) of these, those whose polarity it tells rightly.
        counted: (themes,) those that count in macro-F1.
    """

    given: Flags
    sureness: tuple[Floats, Floats]
    labels: Flags
    asked: Counts
    right: Counts
    counted: Flags

    def cuts(self, loss: LossPart) -> tuple[float, float]:
        """Find the chances from which both readers answer: first the one that saves more."""
        quick = self.quick_cut(loss, NOBODY)
        return self.plain_cut(loss, quick), quick

    def quick_cut(self, loss: LossPart, plain: float) -> float:
        """Find the chance from which the quick encoder answers, where the n-grams do from some.

        It may come to answer all that they leave: the few of which it is rather not sure take the
        encoder as long as many, since few are read at once.
        """
        tried = [*CHANCES, EVERYBODY]
        return self.lowest(lambda cut: (plain, cut), tried, loss, QUICK_SHARE)

    def plain_cut(self, loss: LossPart, quick: float, share: float = 1.0) -> float:
        """Find the chance from which the n-grams answer, where the quick encoder does from some."""
        return self.lowest(lambda cut: (cut, quick), CHANCES, loss, share)

    def lowest(
        self,
        cuts: Callable[[float], tuple[float, float]],
        tried: Sequence[float],
        loss: LossPart,
        share: float,
    ) -> float:
        """Find the lowest chance to answer from, such that it and all above cost little enough.

        Args:
            cuts: The chances from which both readers answer, by the one that is tried.
            tried: These, from the highest.
            loss: What F1 may lose.
            share: Of that, what may be used up.
        """
        found = NOBODY
        for cut in tried:
            stated = self.stated(cuts(cut))
            costs = (
                (stated.micro_f1, loss.micro_f1),
                (stated.macro_f1, loss.macro_f1),
                (stated.polarity, loss.polarity),
            )
            if any(cost > share * most for cost, most in costs):
                break
            found = cut
        return found

    def stated(self, cuts: tuple[float, float]) -> Stated:
        """Say what answering from some chances costs."""
        plain = self.sureness[0] >= cuts[0]
        quick = ~plain & (self.sureness[1] >= cuts[1])
        by = np.where(plain, 0, np.where(quick, 1, LAST))
        alone = np.full_like(by, LAST)
        before, after = self._figures(alone), self._figures(by)
        micro, macro, polarity = (old - new for old, new in zip(before, after, strict=True))
        return Stated(
            micro_f1=micro,
            macro_f1=macro,
            polarity=polarity,
            ngrams=float(plain.mean()),
            quick=float(quick.mean()),
        )

    def _figures(self, by: Counts) -> tuple[float, float, float]:
        """Give micro-F1, macro-F1 and the share of polarities told rightly.

        Args:
            by: (n,) the place of the reader that answers.
        """
        comments = np.arange(len(by))
        asked, right = self.asked[by, comments].sum(), self.right[by, comments].sum()
        micro, macro = self._f1(self.given[by, comments])
        return micro, macro, float(right / asked) if asked else 0.0

    def _f1(self, given: Flags) -> tuple[float, float]:
        hits = (given & self.labels).sum(axis=0)
        either = given.sum(axis=0) + self.labels.sum(axis=0)
        by_theme = 2 * hits / np.maximum(either, 1)
        macro = float(by_theme[self.counted].mean()) if self.counted.any() else 0.0
        return float(2 * hits.sum() / max(int(either.sum()), 1)), macro


def _gate(reader: Seen, encoder: Seen, told: Told) -> _FittedGate:
    """Fit the chance that a reader makes no more mistakes than the encoder."""
    thresholds = np.asarray(reader.decision.thresholds[OperatingPoint.BALANCED])
    described = doubts(reader.scores, thresholds, reader.sides, told.characters)
    no_worse = _mistakes(reader, told) <= _mistakes(encoder, told)
    if min(no_worse.sum(), (~no_worse).sum()) < PARTS:
        mostly = 9.0 if no_worse.mean() > 0.5 else -9.0
        certain = Gate(weights=(0.0,) * described.shape[1], intercept=mostly)
        return _FittedGate(certain, certain.sureness(described))
    mean, spread = described.mean(axis=0), described.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    scaled = (described - mean) / spread
    parts = StratifiedKFold(PARTS, shuffle=True, random_state=0)
    unseen = cross_val_predict(
        LogisticRegression(), scaled, no_worse, cv=parts, method="predict_proba"
    )[:, 1]
    model = LogisticRegression().fit(scaled, no_worse)
    weights = model.coef_[0] / spread
    intercept = float(model.intercept_[0] - mean @ weights)
    return _FittedGate(Gate(weights=tuple(weights.tolist()), intercept=intercept), unseen)


def _mistakes(reader: Seen, told: Told) -> npt.NDArray[np.int64]:
    """Count a reader's mistakes of each comment: themes, and the sides of those it gives rightly.

    A side is praise or blame, whichever is louder; nothing is counted where people said of neither
    or of both.
    """
    given = reader.given
    themes = (given != told.labels).sum(axis=1)
    said = np.nan_to_num(told.polarity)
    one_sided = (said >= 0.5).sum(axis=2) == 1
    louder = reader.polarity.argmax(axis=2) != said.argmax(axis=2)
    wrong: npt.NDArray[np.int64] = themes + (given & told.labels & one_sided & louder).sum(axis=1)
    return wrong


def _polarity(reader: Seen, told: Told) -> tuple[Counts, Counts]:
    """Count the themes found of which people told the polarity, and those it tells rightly."""
    asked = reader.given & told.labels & ~np.isnan(told.polarity).any(axis=2)
    rule = reader.decision.polarity
    said, heard = np.nan_to_num(told.polarity) >= 0.5, rule.sides(reader.polarity)
    right = asked & (said == heard).all(axis=2)
    return asked.sum(axis=1), right.sum(axis=1)


def _stage(reader: Seen, gate: Gate, sure_from: dict[Effort, float]) -> Stage:
    return Stage(decision=reader.decision, gate=gate, sure_from=sure_from)
