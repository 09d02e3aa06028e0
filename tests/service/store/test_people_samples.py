from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from service.errors import ConflictError
from service.store import responses, reviews, tables
from service.store.strata import Stratum
from service.store.tables import comment, review_item
from tests.service.store.content import DAY, add_survey, numbered, response, tag_everything
from tests.service.store.test_samples import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.records import ResponseRow, Survey
    from service.store import Store
    from service.store.samples import Sample

EVERYONE: dict[str, str] = {}


def people(count: int) -> list[ResponseRow]:
    """People of whom each wrote twice, each time on both questions."""
    return [
        response(f"r{n}-{time}", f"waited {n} hours", f"kind {time} {n}", person=f"p{n}")
        for n in range(count)
        for time in range(2)
    ]


def draw(
    store: Store, survey: Survey, *strata: tuple[dict[str, str], int], seed: int = 0
) -> Sample:
    wanted = [Stratum(groups=groups, size=size) for groups, size in strata]
    with store.write() as conn:
        return reviews.draw_people(conn, survey, wanted, seed, blind=True)


def tagged(store: Store, rows: Sequence[ResponseRow]) -> Survey:
    survey = add_survey(store, rows)
    tag_everything(store)
    return survey


def chances(store: Store, sample: Sample) -> Counter[float]:
    with store.read() as conn:
        wanted = select(review_item.c.probability).where(review_item.c.sample == sample.id)
        return Counter(conn.execute(wanted).scalars())


def test_people_are_drawn_with_all_that_they_wrote(store: Store) -> None:
    survey = tagged(store, people(10))
    sample = draw(store, survey, (EVERYONE, 4))
    assert (sample.unit, sample.kind) == ("people", "random")
    assert (sample.size, sample.frame, sample.probability) == (4, 10, 0.4)
    assert (sample.people, sample.comments) == (4, 16)
    assert chances(store, sample) == {0.4: 16}
    texts = drawn(store, survey, sample)
    written = Counter(text.split()[-1 if "kind" in text else 1] for text in texts)
    assert sorted(written.values()) == [4] * 4
    # one person is read to the end before the next begins
    assert [text.split()[1] for text in texts[::4]] == [text.split()[1] for text in texts[2::4]]


def test_who_does_not_say_who_they_are_is_somebody_else(store: Store) -> None:
    survey = tagged(store, numbered(6))
    sample = draw(store, survey, (EVERYONE, 3))
    assert (sample.frame, sample.people, sample.comments) == (6, 3, 3)


def test_the_seed_draws_the_same_people_again(store: Store) -> None:
    survey = tagged(store, people(30))
    first, again, other = (draw(store, survey, (EVERYONE, 5), seed=seed) for seed in (1, 1, 2))
    texts = drawn(store, survey, first)
    assert drawn(store, survey, again) == texts
    assert drawn(store, survey, other) != texts


def test_each_person_is_as_likely_as_any_other_however_much_they_wrote(store: Store) -> None:
    rows = [response("r", "kind 0", person="p0"), *people(10)[2:]]
    survey = tagged(store, rows)
    with store.write() as conn:
        for seed in range(60):
            reviews.draw_people(conn, survey, [Stratum(groups=EVERYONE, size=3)], seed, blind=True)
        whose = select(review_item.c.sample, tables.response.c.person).distinct()
        held = conn.execute(whose.join_from(review_item, comment).join(tables.response)).all()
    times = Counter(row.person for row in held)
    # 18 each are expected, with a standard deviation of 3.5
    assert len(times) == 10
    assert all(4 < count < 32 for count in times.values())


def test_only_people_with_a_comment_that_could_be_read_are_drawn(store: Store) -> None:
    rows = [response("1", "...", person="a"), response("2", person="b"), *people(2)]
    rows.append(response("3", "...", "waited", person="c"))
    sample = draw(store, tagged(store, rows), (EVERYONE, 10))
    assert (sample.size, sample.frame, sample.comments) == (3, 3, 9)


def test_strata_are_drawn_with_chances_of_their_own(store: Store) -> None:
    rows = [response(f"f{n}", "waited", sex="female") for n in range(8)]
    rows += [response(f"m{n}", "waited", sex="male") for n in range(20)]
    survey = tagged(store, rows)
    sample = draw(store, survey, ({"sex": "female"}, 6), (EVERYONE, 5))
    assert [(each.size, each.frame) for each in sample.strata] == [(6, 8), (5, 20)]
    assert [dict(each.groups) for each in sample.strata] == [{"sex": "female"}, {}]
    assert (sample.size, sample.frame, sample.probability) == (11, 28, None)
    assert chances(store, sample) == {0.75: 6, 0.25: 5}


def test_who_is_in_no_stratum_is_never_drawn(store: Store) -> None:
    rows = [response(f"r{n}", "waited", sex=("female", "male")[n % 2]) for n in range(10)]
    sample = draw(store, tagged(store, rows), ({"sex": "male"}, 100))
    assert (sample.size, sample.frame) == (5, 5)


def test_each_person_is_in_the_first_stratum_they_fall_in(store: Store) -> None:
    rows = [
        response(f"r{n}", "waited", sex=("female", "male")[n % 2], carer=("yes", "no")[n // 5])
        for n in range(10)
    ]
    strata = ({"sex": "female", "carer": "yes"}, 9), ({"carer": "yes"}, 9), ({"sex": "female"}, 9)
    sample = draw(store, tagged(store, rows), *strata)
    assert [each.size for each in sample.strata] == [3, 2, 2]


def test_a_person_is_in_the_group_of_their_latest_response_that_tells_one(store: Store) -> None:
    def wrote(name: str, days: int, sex: str, text: str = "waited") -> ResponseRow:
        return response(name, text, person="p", sex=sex, given_on=DAY + timedelta(days))

    rows = [wrote("1", 2, "male"), wrote("2", 3, "not_stated"), wrote("3", 1, "female")]
    sample = draw(store, tagged(store, rows), ({"sex": "male"}, 9), (EVERYONE, 9))
    assert [each.size for each in sample.strata] == [1, 0]


def test_where_no_group_is_known_the_latest_response_says_why(store: Store) -> None:
    rows = [
        response("1", "waited", person="p", sex="not_stated"),
        response("2", "waited", person="p", sex="not_known", given_on=None),
    ]
    sample = draw(store, tagged(store, rows), ({"sex": "not_stated"}, 9), (EVERYONE, 9))
    assert [each.size for each in sample.strata] == [1, 0]


def test_the_order_of_people_does_not_go_by_their_stratum(store: Store) -> None:
    rows = [response(f"r{n}", f"waited {n}", sex=("female", "male")[n % 2]) for n in range(60)]
    survey = tagged(store, rows)
    sample = draw(store, survey, ({"sex": "female"}, 30), ({"sex": "male"}, 30))
    first = [int(text.split()[1]) % 2 for text in drawn(store, survey, sample)[:30]]
    # half of them, with a standard deviation of 1.9
    assert 6 < sum(first) < 24


def test_samples_tell_how_many_people_were_read_to_the_end(store: Store) -> None:
    survey = tagged(store, people(5))
    sample = draw(store, survey, (EVERYONE, 3))
    with store.write() as conn:
        for _ in range(6):
            item = reviews.next_item(conn, survey, sample.id, "ann")
            assert item is not None
            reviews.put(conn, survey, item.comment.id, sample.id, "ann", [], {})
        found = reviews.sample(conn, survey, sample.id)
    assert (found.comments, found.read, found.people, found.people_read) == (12, 6, 3, 1)


@pytest.mark.parametrize("unit", ["comments", "people"])
def test_comments_from_the_first_that_waits_on_are_not_drawn(unit: str, store: Store) -> None:
    survey = tagged(store, numbered(4))
    with store.write() as conn:
        responses.add(conn, survey, [response("late", "waited long")])
    with store.write() as conn:
        if unit == "people":
            everyone = [Stratum(groups={}, size=9)]
            sample = reviews.draw_people(conn, survey, everyone, 0, blind=True)
        else:
            sample = reviews.draw(conn, survey, "random", 9, 0, blind=True)
        held = conn.execute(select(review_item.c.comment)).scalars().all()
    assert (sample.size, sample.frame, sample.last) == (4, 4, max(held))


def test_without_anybody_in_the_strata_there_is_nothing_to_draw(store: Store) -> None:
    survey = add_survey(store, numbered(3))
    with pytest.raises(ConflictError, match="tagged"):
        draw(store, survey, (EVERYONE, 3))
    tag_everything(store)
    with pytest.raises(ConflictError, match="no comments to draw"):
        draw(store, survey, ({"sex": "male"}, 3))
