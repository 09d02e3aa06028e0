from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from labelled_data import (
    CodebookError,
    DistinctComments,
    Polarity,
    Span,
    distinct,
    shipped_codebook,
    shipped_crosswalk,
)
from tests.training.drawn_comments import SHARES, codebook, comment, distinct_comments
from training import DataTooSmallError, RecipeError
from training.joint import Task, books_of, gather, shares, with_sentiment

if TYPE_CHECKING:
    import numpy.typing as npt

    from labelled_data import LabelledComment

    Floats = npt.NDArray[np.float64]

ENOUGH = 20
NAN = float("nan")


def task(place: int, themes: int, seed: int = 0, crosswalks: tuple[str, ...] = ()) -> Task:
    """Just enough comments with themes, polarity and evidence drawn at random."""
    book = codebook(f"book{place}", *(f"theme{number}" for number in range(themes)))
    rng = np.random.default_rng(seed)
    comments = []
    for row in range(ENOUGH + place):
        given = [theme for theme in book.theme_ids if rng.random() < 0.5]
        told = [theme for theme in given if rng.random() < 0.5]
        comments.append(
            comment(
                f"comment {row} of task {place}",
                *given,
                polarity=dict.fromkeys(told, Polarity.POSITIVE),
                evidence={theme: (Span(0, 7),) for theme in told},
            )
        )
    return Task(book, comments, crosswalks)


def coded(codebook_id: str, labels: list[tuple[str, ...]], question: str | None = None) -> Task:
    """Comments labelled with a shipped codebook, and as many without a label as are needed."""
    said = labels + [()] * ENOUGH
    return Task(
        shipped_codebook(codebook_id),
        [
            comment(f"{codebook_id} comment {row}", *themes, question=question)
            for row, themes in enumerate(said)
        ],
    )


def told_of(source: Task, theme: str, target: str = "uec") -> list[float]:
    """What the comments of one task tell of a theme of another codebook, by a crosswalk."""
    asking = coded(target, [])
    joint = gather([source, Task(asking.codebook, asking.comments, (source.codebook.id,))])
    column = joint.columns(1).start + asking.codebook.theme_ids.index(theme)
    told: list[float] = joint.data.targets[joint.rows(0), column].tolist()
    return told


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_the_columns_of_tasks_never_overlap_and_leave_no_gap(sizes: list[int]) -> None:
    joint = gather([task(place, size) for place, size in enumerate(sizes)])
    columns = [range(*joint.columns(place).indices(10**6)) for place in range(len(sizes))]
    assert [column for each in columns for column in each] == list(range(sum(sizes)))
    assert [len(each) for each in columns] == sizes
    assert joint.data.targets.shape[1] == sum(sizes)


@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_a_comment_is_labelled_in_its_own_columns_as_if_alone_and_unknown_in_the_others(
    sizes: list[int], seed: int
) -> None:
    tasks = [task(place, size, seed) for place, size in enumerate(sizes)]
    joint = gather(tasks)
    for place, each in enumerate(tasks):
        alone = with_sentiment(distinct(each.comments, each.codebook.theme_ids))
        own, columns = joint.data.take(joint.rows(place)), joint.columns(place)
        assert own.texts == alone.texts
        assert np.array_equal(own.targets[:, columns], alone.targets)
        assert np.array_equal(own.polarity[:, columns], alone.polarity, equal_nan=True)
        assert own.evidence == tuple(
            {columns.start + theme: spans for theme, spans in told.items()}
            for told in alone.evidence
        )
        others = np.delete(own.targets, np.arange(columns.start, columns.stop), axis=1)
        assert np.isnan(others).all()
        assert joint.known_to(place).tolist() == joint.rows(place).tolist()


@given(sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_each_comment_belongs_to_one_task(sizes: list[int]) -> None:
    joint = gather([task(place, size) for place, size in enumerate(sizes)])
    rows = np.concatenate([joint.rows(place) for place in range(len(sizes))])
    assert sorted(rows.tolist()) == list(range(len(joint.data)))


@given(more=st.lists(st.integers(0, 3), min_size=1, max_size=3))
def test_further_comments_stand_beside_the_sample_of_their_task_and_are_no_part_of_it(
    more: list[int],
) -> None:
    tasks = [
        replace(
            task(place, 2),
            further=[comment(f"more {row} of task {place}", "theme1") for row in range(number)],
        )
        for place, number in enumerate(more)
    ]
    joint = gather(tasks)
    for place, each in enumerate(tasks):
        own, sample = joint.rows(place), joint.sample(place)
        assert [joint.data.texts[row] for row in sample] == [said.text for said in each.comments]
        beside = np.setdiff1d(own, sample)
        assert joint.further[own].tolist() == np.isin(own, beside).tolist()
        assert [joint.data.texts[row] for row in beside] == [said.text for said in each.further]
        told = joint.data.targets[beside, joint.columns(place)]
        assert told.tolist() == [[0, 1]] * len(beside)
        assert joint.known_to(place).tolist() == own.tolist()


def test_further_comments_do_not_make_up_for_too_few_in_the_sample() -> None:
    whole = task(0, 2)
    few = replace(whole, comments=whole.comments[:3], further=whole.comments[3:])
    with pytest.raises(DataTooSmallError, match="3 distinct comments"):
        gather([few])


def test_further_comments_are_read_in_english_only() -> None:
    french = replace(task(0, 2), further=[comment("lent", "theme1", language="fr")])
    assert not gather([french]).further.any()


def test_a_crosswalk_tells_of_further_comments_too() -> None:
    fft, uec = coded("fft", []), coded("uec", [])
    fft = replace(fft, further=[comment("nowhere to park", "parking")])
    joint = gather([fft, replace(uec, crosswalks=("fft",))])
    (row,) = np.flatnonzero(joint.further)
    column = joint.columns(1).start + uec.codebook.theme_ids.index("travel_parking")
    assert joint.data.targets[row, column] == 1


def test_the_books_of_tasks_are_their_codebooks_and_the_crosswalks_between_them() -> None:
    fft, uec = coded("fft", []), coded("uec", [])
    asking = replace(uec, crosswalks=("fft",))
    assert books_of([fft, uec]) == [fft.codebook, uec.codebook]
    assert books_of([fft, asking]) == [*books_of([fft, uec]), shipped_crosswalk("fft", "uec")]


def test_a_comment_that_was_coded_twice_stands_once_for_each_codebook() -> None:
    comments = [comment(f"comment {row}") for row in range(ENOUGH)]
    joint = gather([Task(codebook(name, "waiting"), comments) for name in ("one", "other")])
    assert len(joint.data) == 2 * ENOUGH
    assert np.isnan(joint.data.targets[joint.rows(0)]).tolist() == [[False, True]] * ENOUGH
    assert np.isnan(joint.data.targets[joint.rows(1)]).tolist() == [[True, False]] * ENOUGH


def test_a_crosswalk_tells_what_labels_prove_and_leaves_open_what_they_may_hide() -> None:
    labels: list[tuple[str, ...]] = [("parking",), ("service_location",), ("food_drink",)]
    told = told_of(coded("fft", labels), "travel_parking")
    assert told[:3] == pytest.approx([1, NAN, 0], nan_ok=True)
    assert set(told[3:]) == {0}


def test_a_crosswalk_minds_the_question() -> None:
    praise: list[tuple[str, ...]] = [("positive_experience",)]
    better = coded("fft", praise, "What could we do better?")
    assert isnan(told_of(better, "general_experience")[0])
    assert told_of(coded("fft", praise, "What was good?"), "general_experience")[0] == 1


def test_a_crosswalk_leaves_what_people_coded_themselves_as_it_is() -> None:
    fft, uec = coded("fft", [("parking",)]), coded("uec", [("pain",), ("medication", "pain")])
    alone = gather([fft, uec]).data.targets
    joint = gather([fft, Task(uec.codebook, uec.comments, ("fft",))])
    assert np.array_equal(joint.data.targets[joint.rows(1)], alone[joint.rows(1)], equal_nan=True)
    own = joint.rows(0), joint.columns(0)
    assert np.array_equal(joint.data.targets[own], alone[own])
    assert len(joint.known_to(1)) == len(joint.data)
    assert joint.known_to(0).tolist() == joint.rows(0).tolist()


def test_a_crosswalk_works_whichever_codebook_comes_first() -> None:
    fft, uec = coded("fft", [("parking",)]), coded("uec", [])
    asking = Task(uec.codebook, uec.comments, ("fft",))
    first, last = gather([asking, fft]), gather([fft, asking])
    assert np.array_equal(
        first.data.targets[first.rows(1), first.columns(0)],
        last.data.targets[last.rows(0), last.columns(1)],
        equal_nan=True,
    )


def test_a_crosswalk_from_a_codebook_that_is_not_learnt_is_refused() -> None:
    with pytest.raises(RecipeError, match="from 'fft', which the recipe does not learn"):
        gather([task(0, 2, crosswalks=("fft",))])


def test_a_crosswalk_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(CodebookError, match="no crosswalk from 'book0' to 'book1'"):
        gather([task(0, 2), task(1, 2, crosswalks=("book0",))])


def test_a_codebook_that_stands_twice_is_refused() -> None:
    with pytest.raises(RecipeError, match="learns the codebook 'book0' twice"):
        gather([task(0, 2), task(0, 2)])


def test_a_task_with_too_few_comments_is_refused() -> None:
    few = task(1, 2)
    with pytest.raises(DataTooSmallError, match="3 distinct comments"):
        gather([task(0, 2), Task(few.codebook, few.comments[:3])])


@given(data=distinct_comments())
def test_polarity_is_taken_from_sentiment_only_where_it_is_plain_and_was_not_told(
    data: DistinctComments,
) -> None:
    taken = with_sentiment(data).polarity
    for (row, theme), label in np.ndenumerate(data.labels):
        told, sentiment = data.polarity[row, theme], data.sentiments[row]
        if label and np.isnan(told).all() and sentiment <= 2:
            assert taken[row, theme].tolist() == [1, 0]
        elif label and np.isnan(told).all() and sentiment >= 4:
            assert taken[row, theme].tolist() == [0, 1]
        else:
            assert np.array_equal(taken[row, theme], told, equal_nan=True)


@given(data=distinct_comments())
def test_taking_polarity_from_sentiment_changes_nothing_else(data: DistinctComments) -> None:
    before = data.polarity.copy()
    taken = with_sentiment(data)
    assert np.array_equal(data.polarity, before, equal_nan=True)
    assert np.array_equal(taken.targets, data.targets, equal_nan=True)
    assert (taken.texts, taken.evidence) == (data.texts, data.evidence)


@pytest.mark.parametrize(
    ("given_by", "polarity"),
    [
        ([1, 2], [1, 0]),
        ([5, 4], [0, 1]),
        ([2, 3], [NAN, NAN]),
        ([3, 4], [NAN, NAN]),
        ([1, 5], [NAN, NAN]),
    ],
)
def test_people_who_differ_in_sentiment_must_agree_on_its_side(
    given_by: list[int], polarity: list[float]
) -> None:
    said: list[LabelledComment] = [comment("slow", "waiting", sentiment=each) for each in given_by]
    taken = with_sentiment(distinct(said, ("waiting",))).polarity[0, 0]
    assert taken == pytest.approx(polarity, nan_ok=True)


@given(
    targets=npst.arrays(
        np.float64,
        st.tuples(st.integers(1, 8), st.integers(1, 4)),
        elements=st.sampled_from(SHARES),
    )
)
def test_a_share_is_of_the_comments_where_the_theme_is_known(targets: Floats) -> None:
    for share, column in zip(shares(targets), targets.T, strict=True):
        known = [target for target in column.tolist() if not isnan(target)]
        assert share == pytest.approx(sum(known) / len(known) if known else 0)
