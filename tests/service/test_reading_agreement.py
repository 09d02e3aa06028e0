from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import Polarity
from labelled_data.agreement import Coding, compare
from service.reading_agreement import agreement_of
from service.store.reviews import Review
from tests.service.sample_survey import STAMP

THEMES = ("waiting", "kindness", "parking")

said = st.dictionaries(
    st.sampled_from(THEMES), st.one_of(st.none(), st.sampled_from(Polarity)), max_size=3
)
Said = dict[str, Polarity | None]


def review(comment: int, reviewer: str, said: Said) -> Review:
    return Review(
        comment=comment,
        response_id="r1",
        question=0,
        text="text",
        reviewer=reviewer,
        themes=tuple(theme for theme in THEMES if theme in said),
        polarity={theme: told for theme, told in said.items() if told is not None},
        made=datetime.now(UTC),
        artefact=STAMP,
        sample=1,
        kind="random",
        blind=True,
        probability=0.5,
    )


def readings(*comments: dict[str, Said]) -> dict[int, dict[str, Review]]:
    return {
        number: {name: review(number, name, said) for name, said in by_name.items()}
        for number, by_name in enumerate(comments)
    }


def coding(said: Said) -> Coding:
    told = {theme: polarity for theme, polarity in said.items() if polarity is not None}
    return Coding(2, tuple(theme for theme in THEMES if theme in said), told)


@given(st.lists(st.tuples(said, said), min_size=1, max_size=12))
def test_of_two_readers_it_is_what_two_coders_tables_give(pairs: list[tuple[Said, Said]]) -> None:
    found = agreement_of(readings(*({"a": a, "b": b} for a, b in pairs)), THEMES)
    known = compare([(coding(a), coding(b)) for a, b in pairs], THEMES)
    assert found.comments == known.comments
    assert found.mean_alpha == pytest.approx(known.mean_alpha.value)
    assert found.polarity_alpha == pytest.approx(known.polarity_alpha)
    for mine, theirs in zip(found.themes, known.themes, strict=True):
        assert mine.theme == theirs.theme
        assert mine.given == 2 * theirs.both + theirs.only_first + theirs.only_second
        for name, value in (
            (mine.alpha, theirs.alpha.value),
            (mine.low, theirs.alpha.low),
            (mine.high, theirs.alpha.high),
        ):
            assert name == pytest.approx(value)


def test_several_readers_need_not_have_read_the_same_comments() -> None:
    waiting: Said = {"waiting": Polarity.NEGATIVE}
    found = agreement_of(
        readings({"a": waiting, "b": waiting}, {"b": {}, "c": {}}, {"a": waiting, "c": {}}), THEMES
    )
    assert (found.comments, found.reviewers) == (3, 3)
    # coincidences: 1-1 two, 0-0 two, 0-1 two; alpha = 1 - 5 * 2 / (2 * 3 * 3)
    assert found.themes[0].alpha == pytest.approx(1 - 10 / 18)


def test_where_nobody_read_what_another_read_there_is_no_agreement() -> None:
    found = agreement_of({}, THEMES)
    assert (found.comments, found.reviewers, found.mean_alpha) == (0, 0, None)
    assert [theme.alpha for theme in found.themes] == [None] * 3
