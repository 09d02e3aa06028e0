"""Comments with the words that carry their themes marked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from service.pages.comment_words import COLOURS, POLARITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.schemas.tags import GivenTheme


@dataclass(frozen=True, slots=True)
class ThemeTag:
    """A theme of a comment.

    Attributes:
        number: Stands beside the words that carry it; None where no place is told.
        id: The theme's id.
        name: Its plain name.
        polarity: How it is spoken of, in words; empty where the model does not tell.
        colour: Class of the tag.
    """

    number: int | None
    id: str
    name: str
    polarity: str
    colour: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a comment.

    Attributes:
        text: What it says.
        marked: Whether it carries a theme.
        ending: Themes whose words end with it.
    """

    text: str
    marked: bool
    ending: tuple[ThemeTag, ...]


def tags_of(themes: Sequence[GivenTheme], names: Mapping[str, str]) -> tuple[ThemeTag, ...]:
    """Give the themes of a comment, numbered in codebook order.

    Args:
        themes: The themes.
        names: Their plain names by id; of a theme without one, its id stands.
    """
    numbers = iter(range(1, len(themes) + 1))
    return tuple(
        ThemeTag(
            number=next(numbers) if given.evidence else None,
            id=given.theme,
            name=names.get(given.theme, given.theme),
            polarity=POLARITIES[given.polarity] if given.polarity else "",
            colour=COLOURS.get(given.polarity, "") if given.polarity else "",
        )
        for given in themes
    )


def pieces(text: str, themes: Sequence[GivenTheme], tags: Sequence[ThemeTag]) -> tuple[Piece, ...]:
    """Cut a comment where the words that carry a theme begin or end; places may overlap.

    Args:
        text: The comment.
        themes: Its themes, with their places.
        tags: The same themes, as they are shown.
    """
    places = [
        (min(place.start, len(text)), min(place.end, len(text)), tag)
        for given, tag in zip(themes, tags, strict=True)
        for place in given.evidence
        if place.start < place.end
    ]
    cuts = sorted({0, len(text), *(at for start, end, _ in places for at in (start, end))})
    return tuple(
        Piece(
            text=text[start:end],
            marked=any(first <= start and end <= last for first, last, _ in places),
            ending=tuple(tag for _, last, tag in places if last == end),
        )
        for start, end in pairwise(cuts)
    )
