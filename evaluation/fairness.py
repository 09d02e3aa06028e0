"""A model's record of its errors by equality group, for whoever reads counts that it made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from evaluation.estimates import Estimate, Result
from evaluation.group_figures import GroupFigures, GroupTheme
from models import DamagedArtefactError, file_sha256
from models.artefact import FAIRNESS, MANIFEST
from models.side_record import read_record, write_record

if TYPE_CHECKING:
    from pathlib import Path

    from models import Tagger

STEP = 10
"""Numbers of comments are recorded rounded down to a multiple of it."""
FEWEST = 20
"""Comments that a group needs for its figures to be recorded."""
PLACES = 2
"""Decimal places of recorded shares; figures of calibration, which are small, have one more."""


class Fairness(Result):
    """Errors of a model by equality group, at the balanced operating point.

    Whoever may ask which models there are may read it, so it tells too little of the comments it
    was measured on to find a person among them: groups of fewer than `FEWEST` comments have no
    figures, numbers are rounded down and shares have `PLACES` places. What is materially worse was
    told before rounding.

    Args:
        measured_on: The files by name, with their SHA-256.
        about: What to mind when reading the figures.
        by_group: Figures of the groups of each characteristic.
    """

    format_version: Literal[1] = 1
    measured_on: dict[str, str]
    about: str | None = None
    by_group: dict[str, tuple[GroupFigures, ...]]


def record_fairness(tagger: Tagger, fairness: Fairness) -> Path:
    """Write a record into the folder of a model, in place of any that is there.

    The model stays the artefact that it is, with its version and its stamp.

    Returns:
        The file.

    Raises:
        OSError: The file cannot be written.
    """
    path = tagger.file(FAIRNESS)
    rounded = {name: tuple(map(publishable, each)) for name, each in fairness.by_group.items()}
    content = fairness.model_copy(update={"by_group": rounded}).model_dump(mode="json")
    write_record(path, file_sha256(tagger.file(MANIFEST)), content)
    return path


def read_fairness(tagger: Tagger) -> Fairness | None:
    """Read what was recorded of a model.

    Returns:
        The record; None where there is none, or where it is of the artefact as it was before some
        change.

    Raises:
        DamagedArtefactError: The record is not as it was written.
    """
    path = tagger.file(FAIRNESS)
    content = read_record(path, file_sha256(tagger.file(MANIFEST)))
    if content is None:
        return None
    try:
        return Fairness.model_validate(content)
    except ValidationError as error:
        raise DamagedArtefactError(f"{path}: not a record that this Sayso reads") from error


def publishable(figures: GroupFigures) -> GroupFigures:
    """Round figures of a group, and leave them out where it is small, as `Fairness` says."""
    if figures.comments < FEWEST:
        return _untold(figures)
    numbers = {
        name: getattr(figures, name) // STEP * STEP
        for name in ("comments", "true_themes", "predicted_themes")
    }
    shares = ("recall", "difference", "read", "precision")
    return figures.model_copy(
        update={
            **numbers,
            **{name: _rounded(getattr(figures, name)) for name in shares},
            "elsewhere": _placed(figures.elsewhere),
            "calibration_gap": _rounded(figures.calibration_gap, PLACES + 1),
            "calibration_error": _placed(figures.calibration_error, PLACES + 1),
            "by_theme": tuple(map(_recorded_theme, figures.by_theme)),
        }
    )


def _untold(figures: GroupFigures) -> GroupFigures:
    undefined = Estimate(value=None)
    return GroupFigures(
        group=figures.group,
        name=figures.name,
        missing=figures.missing,
        comments=figures.comments // STEP * STEP,
        true_themes=0,
        predicted_themes=0,
        recall=undefined,
        read=undefined,
        precision=undefined,
        calibration_gap=undefined,
        calibration_error=None,
    )


def _recorded_theme(theme: GroupTheme) -> GroupTheme:
    return theme.model_copy(
        update={
            "true_comments": theme.true_comments // STEP * STEP,
            "recall": _rounded(theme.recall),
            "difference": _rounded(theme.difference),
            "elsewhere": _placed(theme.elsewhere),
        }
    )


def _rounded(estimate: Estimate, places: int = PLACES) -> Estimate:
    return Estimate.model_validate({name: _placed(value, places) for name, value in estimate})


def _placed(value: float | None, places: int = PLACES) -> float | None:
    return None if value is None else round(value, places)
