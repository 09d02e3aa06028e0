from dataclasses import replace
from datetime import date
from threading import Barrier, Thread

from hypothesis import given
from hypothesis import strategies as st

from service.records import Added, CommentQuery, ResponseRow
from service.store import Store, comments, responses, surveys
from service.store.responses import content_digest
from tests.service.store.content import add_survey, numbered, response


def add(store: Store, *rows: ResponseRow) -> Added:
    with store.write() as conn:
        return responses.add(conn, surveys.get(conn, "visits"), rows)


def texts(store: Store) -> list[str]:
    with store.read() as conn:
        page = comments.search(conn, surveys.get(conn, "visits"), CommentQuery(), None, 10_000)
    return [one.text for one in page.comments]


def test_new_responses_are_accepted(store: Store) -> None:
    add_survey(store)
    added = add(store, response("1", "waited", "kind staff"), response("2", "parking"))
    assert added == Added(accepted=2, duplicates=0)
    assert texts(store) == ["waited", "kind staff", "parking"]


def test_a_response_sent_again_changes_nothing(store: Store) -> None:
    rows = [response("1", "waited", person="p", weight=1.5), response("2")]
    add_survey(store, rows)
    assert add(store, *rows) == Added(accepted=0, duplicates=2)
    assert texts(store) == ["waited"]


def test_other_content_under_a_known_id_is_a_conflict(store: Store) -> None:
    add_survey(store, [response("1", "waited")])
    others = (
        response("1", "waited", person="somebody else"),
        response("1", "waited", given_on=date(2020, 1, 1)),
        response("1", "waited", given_on=None),
        response("1", "waited", site=None),
        response("1", "waited", weight=2.0),
        response("1", "waited", sex="male"),
        response("1", "waited", "and more"),
        response("1", "waited "),
    )
    added = add(store, response("2", "parking"), *others)
    assert added == Added(accepted=1, duplicates=0, conflicts=tuple(range(1, 9)))
    assert texts(store) == ["waited", "parking"]


def test_within_a_batch_the_first_of_an_id_counts(store: Store) -> None:
    add_survey(store)
    first = response("1", "waited")
    added = add(store, first, first, response("1", "parking"), response("2", "kind"))
    assert added == Added(accepted=2, duplicates=1, conflicts=(2,))
    assert texts(store) == ["waited", "kind"]


def test_surveys_may_have_responses_of_the_same_id(store: Store) -> None:
    add_survey(store, [response("1", "waited")])
    add_survey(store, [response("1", "parking")], "another")
    assert texts(store) == ["waited"]


def test_nothing_is_added_by_no_rows(store: Store) -> None:
    add_survey(store)
    assert add(store) == Added(accepted=0, duplicates=0)


def test_a_large_batch_is_taken_whole(store: Store) -> None:
    rows = numbered(3_000)
    add_survey(store, rows)
    assert add(store, *rows) == Added(accepted=0, duplicates=3_000)
    assert texts(store) == [row.answers[0][1] for row in rows]


def test_characters_that_no_database_holds_are_replaced_in_their_place(store: Store) -> None:
    rows = [response("a\0", "nul \0 here", person="\ud800"), response("b", "\udfff lone")]
    add_survey(store, rows)
    assert texts(store) == ["nul \ufffd here", "\ufffd lone"]
    assert add(store, *rows) == Added(accepted=0, duplicates=2)


def test_the_order_of_groups_is_no_content(store: Store) -> None:
    row = response("1", "waited")
    add_survey(store, [row])
    turned = replace(row, groups=row.groups[::-1])
    assert add(store, turned) == Added(accepted=0, duplicates=1)


def test_one_upload_sent_by_many_at_once_is_stored_once(store: Store) -> None:
    survey = add_survey(store)
    rows = numbered(400)
    ready = Barrier(4)
    accepted: list[int] = []

    def upload(order: int) -> None:
        ready.wait()
        for start in range(0, 400, 50):
            part = rows[start : start + 50][::order]
            with store.write() as conn:
                accepted.append(responses.add(conn, survey, part).accepted)

    threads = [Thread(target=upload, args=(order,)) for order in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(accepted) == 400
    assert len(texts(store)) == 400


ROWS = st.builds(
    ResponseRow,
    response_id=st.text(max_size=3),
    person=st.none() | st.text(max_size=3),
    given_on=st.none() | st.dates(),
    site=st.none() | st.text(max_size=3),
    weight=st.none() | st.floats(0.1, 10),
    answers=st.lists(st.tuples(st.integers(0, 3), st.text(max_size=3)), max_size=3).map(tuple),
    groups=st.lists(st.tuples(st.text(max_size=2), st.text(max_size=2)), max_size=3).map(tuple),
)


@given(ROWS, ROWS)
def test_digests_tell_contents_apart(one: ResponseRow, other: ResponseRow) -> None:
    same = replace(one, groups=()) == replace(other, groups=()) and sorted(one.groups) == sorted(
        other.groups
    )
    assert (content_digest(one) == content_digest(other)) == same
