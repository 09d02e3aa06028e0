"""What to mind when reading a count of a group whose themes the model finds less often."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.fairness import Fairness
    from evaluation.group_figures import GroupFigures, RecallCompared

EVERY_THEME = "*"

Caution = tuple[tuple[str, str], str]


def cautions(fairness: Fairness | None, characteristic: str) -> dict[tuple[str, str], str]:
    """Give what to mind, by id of the group and id of the theme.

    A caution of `EVERY_THEME` is for every count of the group, save those of a theme that has one
    of its own.

    Args:
        fairness: What is recorded of the model; None where nothing is.
        characteristic: What parts people into groups.
    """
    groups = () if fairness is None else fairness.by_group.get(characteristic, ())
    return dict(caution for group in groups for caution in _of_group(group))


def _of_group(figures: GroupFigures) -> Iterator[Caution]:
    if figures.materially_worse:
        finds = "The model finds fewer of the themes this group raises"
        yield (figures.group, EVERY_THEME), _sentence(finds, figures)
    for theme in figures.by_theme:
        if theme.materially_worse:
            finds = "The model finds this theme less often where this group raises it"
            yield (figures.group, theme.theme), _sentence(finds, theme)


def _sentence(finds: str, told: RecallCompared) -> str:
    return (
        f"{finds}: recall {told.recall.value:.2f} against {told.elsewhere:.2f} for everyone else,"
        " so this share is likely to be too low."
    )
