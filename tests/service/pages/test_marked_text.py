from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labelled_data import Polarity
from service.pages.marked_text import pieces, tags_of
from service.schemas.tags import GivenTheme, Place

TEXT = "Kind staff. A long wait."
PLACES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(
        lambda ends: Place(start=min(ends), end=max(ends))
    ),
    max_size=3,
)


def a_theme(theme: str, *places: Place, polarity: Polarity | None = None) -> GivenTheme:
    return GivenTheme(theme=theme, score=0.9, polarity=polarity, evidence=places)


def test_words_that_carry_two_themes_end_with_the_numbers_of_both() -> None:
    themes = (
        a_theme("staff", Place(start=0, end=11)),
        a_theme("parking"),
        a_theme("waiting", Place(start=0, end=24), polarity=Polarity.NEGATIVE),
    )
    tags = tags_of(themes, {"waiting": "Waiting"})
    assert [(tag.number, tag.name, tag.polarity) for tag in tags] == [
        (1, "staff", ""),
        (None, "parking", ""),
        (2, "Waiting", "blame"),
    ]
    shown = pieces(TEXT, themes, tags)
    assert [(piece.text, [tag.number for tag in piece.ending]) for piece in shown] == [
        ("Kind staff.", [1]),
        (" A long wait.", [2]),
    ]


@given(st.lists(PLACES, max_size=3))
def test_pieces_are_the_comment_and_just_its_evidence_is_marked(places: list[list[Place]]) -> None:
    themes = tuple(a_theme(f"theme_{number}", *held) for number, held in enumerate(places))
    shown = pieces(TEXT, themes, tags_of(themes, {}))
    assert "".join(piece.text for piece in shown) == TEXT
    marked = [piece.marked for piece in shown for _ in piece.text]
    wanted = {at for held in places for place in held for at in range(place.start, place.end)}
    assert marked == [at in wanted for at in range(len(TEXT))]
