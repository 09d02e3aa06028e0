"""What an artefact records of itself: how well it did in its test, and its card."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evaluation.cost_curves import CostCurves
from evaluation.estimates import Estimate
from models import DamagedArtefactError
from models.artefact import CARD, METRICS

if TYPE_CHECKING:
    from models import Tagger


class _Read(BaseModel):
    """A part of what `evaluation.Evaluation` writes; to read it all would load scikit-learn."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Rates(_Read):
    """Precision, recall and F1, with 95% intervals."""

    precision: Estimate
    recall: Estimate
    f1: Estimate


class ThemeRates(Rates):
    """Figures of one theme.

    Attributes:
        theme: Its id.
        support: Comments of the test that carry it.
        predicted: Comments it was given to.
    """

    theme: str
    support: int
    predicted: int


class OverallRates(_Read):
    """Figures over all themes: of all decisions pooled, and the mean over themes."""

    micro: Rates
    macro: Rates


class Measured(_Read):
    """How well a model did in its test, at the balanced operating point.

    Attributes:
        comments: Comments of the test.
        macro_themes: Ids of the themes that the mean over themes is of.
        overall: Figures over all themes.
        by_theme: Figures of each theme.
        cost: Recall against comments to read.
    """

    comments: int
    macro_themes: tuple[str, ...]
    overall: OverallRates
    by_theme: tuple[ThemeRates, ...]
    cost: CostCurves

    def of_theme(self, theme: str) -> ThemeRates | None:
        """Give the figures of a theme; None where the test had none of it."""
        return next((each for each in self.by_theme if each.theme == theme), None)


def metrics(tagger: Tagger) -> dict[str, Any] | None:
    """Give all that was measured, as it was written; None where nothing was."""
    text = _text(tagger, METRICS)
    read: dict[str, Any] | None = None if text is None else json.loads(text)
    return read


def measured(tagger: Tagger) -> Measured | None:
    """Give what pages show of what was measured; None where nothing was.

    Raises:
        DamagedArtefactError: It is not as an evaluation is written.
    """
    text = _text(tagger, METRICS)
    if text is None:
        return None
    try:
        return Measured.model_validate_json(text)
    except ValidationError as error:
        raise DamagedArtefactError(f"{METRICS} is not one that this Sayso reads") from error


def card(tagger: Tagger) -> str:
    """Give a model's card, in Markdown; empty where it has none."""
    return _text(tagger, CARD) or ""


def _text(tagger: Tagger, name: str) -> str | None:
    path = tagger.file(name)
    return path.read_text("utf-8") if path.is_file() else None
