"""How much a worker does at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.records import Work
from service.tagging import WorkerSettings
from service.tagging.pace import PIECES, Pace

SETTINGS = WorkerSettings(batch=1_000, piece=8, shortly=60)
SPAN = 0.25
comments = st.lists(st.integers(0, 3_000), min_size=1, max_size=60)


def work(*lengths: int) -> list[Work]:
    return [Work(number, "a" * length, None) for number, length in enumerate(lengths)]


def driven(pace: Pace, texts: list[Work], characters_a_second: float, pieces: int) -> list[float]:
    """The seconds of some pieces of a tagger that reads at a steady rate."""
    took = []
    for _ in range(pieces):
        some = texts[: pace.piece(texts)]
        took.append(sum(len(one.text) + 50 for one in some) / characters_a_second)
        pace.took(some, took[-1])
    return took


@given(comments, st.floats(0, 10), st.booleans())
def test_a_piece_is_never_empty_nor_more_than_there_is(
    lengths: list[int], seconds: float, gentle: bool
) -> None:
    pace, texts = Pace(SETTINGS, SPAN), work(*lengths)
    pace.took(texts, seconds)
    if gentle:
        pace.slow_down()
    assert 0 < pace.piece(texts) <= len(texts)
    assert 0 < pace.batch() <= SETTINGS.batch


@given(st.floats(20_000, 500_000), st.integers(0, 300))
def test_pieces_soon_take_as_long_as_they_may_whatever_the_tagger_and_the_comments(
    characters_a_second: float, length: int
) -> None:
    texts = work(*[length] * 3_000)
    took = driven(Pace(SETTINGS, SPAN), texts, characters_a_second, 10)
    one = (length + 50) / characters_a_second
    assert SPAN - one <= took[-1] <= SPAN + 1e-6 or took[-1] == SETTINGS.piece * one


def test_long_comments_after_short_ones_make_small_pieces_at_once() -> None:
    pace = Pace(SETTINGS, SPAN)
    driven(pace, work(*[30] * 5_000), 100_000, 10)
    assert pace.piece(work(*[30] * 5_000)) > 300
    assert pace.piece(work(*[3_000] * 5_000)) == SETTINGS.piece


def test_a_few_blank_comments_do_not_make_a_piece_of_thousands() -> None:
    pace = Pace(SETTINGS, SPAN)
    pace.took(work(*[0] * 8), 0.0)
    assert pace.piece(work(*[0] * 5_000)) <= 4 * 8


def test_what_is_left_of_a_batch_does_not_slow_down_the_next() -> None:
    pace, texts = Pace(SETTINGS, SPAN), work(*[100] * 5_000)
    driven(pace, texts, 100_000, 10)
    usual = pace.piece(texts), pace.batch()
    pace.took(texts[:2], 0.1)
    assert (pace.piece(texts), pace.batch()) == usual


def test_it_goes_gently_after_others_waited_and_freely_later() -> None:
    texts = work(*[100] * 5_000)
    pace, gentle = (Pace(WorkerSettings(piece=8, shortly=s), SPAN) for s in (0.0, 60.0))
    for each in (pace, gentle):
        driven(each, texts, 100_000, 10)
        each.slow_down()
    assert (gentle.piece(texts), gentle.batch()) == (8, PIECES * 8)
    assert pace.piece(texts) > 100
    assert pace.batch() >= min(WorkerSettings().batch, PIECES * pace.piece(texts))
