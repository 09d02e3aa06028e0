"""The themes of a codebook, as those who read a comment choose among them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labelled_data import Codebook, Polarity, Theme
    from service.schemas.tags import GivenTheme
    from service.store.own_reviews import OwnReview


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is ticked.

    Attributes:
        themes: Ids of themes.
        polarity: How each is spoken of, where that is said.
        none: Whether it is said that no theme applies.
    """

    themes: tuple[str, ...] = ()
    polarity: Mapping[str, str] | None = None
    none: bool = False


@dataclass(frozen=True, slots=True)
class ThemeChoice:
    """A theme to choose.

    Attributes:
        theme: The theme, with its definition.
        ticked: Whether it is chosen.
        suggested: Whether the model says so.
        polarity: How it is spoken of; empty where that is not said.
    """

    theme: Theme
    ticked: bool
    suggested: bool
    polarity: str


Headed = tuple[str, tuple[ThemeChoice, ...]]


def theme_choices(
    codebook: Codebook, suggested: Sequence[GivenTheme], chosen: Chosen
) -> tuple[Headed, ...]:
    """Give the themes in codebook order, under the codebook's headings; "" where it has none."""
    by_model = {given.theme for given in suggested}
    polarity = chosen.polarity or {}
    choices = [
        ThemeChoice(
            theme=theme,
            ticked=theme.id in chosen.themes,
            suggested=theme.id in by_model,
            polarity=polarity.get(theme.id, ""),
        )
        for theme in codebook.themes
    ]
    headed = groupby(choices, key=lambda choice: choice.theme.group or "")
    return tuple((heading, tuple(under)) for heading, under in headed)


def chosen_at_first(suggested: Sequence[GivenTheme], said: OwnReview | None) -> Chosen:
    """Give what is ticked when a comment is opened: what its reader said, else what the model does.

    Args:
        suggested: What the model says; nothing in a blind sample.
        said: What the reader said before, if they did.
    """
    if said is not None:
        return Chosen(said.themes, _words(said.polarity), none=not said.themes)
    polarity = {given.theme: given.polarity for given in suggested if given.polarity}
    return Chosen(tuple(given.theme for given in suggested), _words(polarity))


def _words(polarity: Mapping[str, Polarity]) -> dict[str, str]:
    return {theme: str(told) for theme, told in polarity.items()}
