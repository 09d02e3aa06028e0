from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelled_data import Polarity
from models import Status
from service.errors import NotFoundError
from service.records import CommentPage, CommentQuery, StoredComment, Survey
from service.store import Store, comments, surveys
from tests.service.store.content import (
    DAY,
    NEWER,
    add_survey,
    numbered,
    response,
    tag_everything,
)

ROWS = [
    response("1", "waited for hours", "no parking", sex="female", site="North"),
    response("2", "such kindness", "waiting again", sex="male", site="South", carer="carer"),
    response("3", "nothing", given_on=DAY + timedelta(1), sex="not_stated"),
    response("4", "...", given_on=DAY - timedelta(1), sex="female", site=None),
    response("5", "waited", given_on=None, sex="female"),
]


def find(store: Store, survey_id: str = "visits", **query: object) -> list[str]:
    """The texts of all comments that a query finds."""
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        page = comments.search(conn, survey, CommentQuery.model_validate(query), None, 1_000)
    assert page.next is None
    return [one.text for one in page.comments]


def page_of(store: Store, survey: Survey, after: int | None, limit: int) -> CommentPage:
    with store.read() as conn:
        return comments.search(conn, survey, CommentQuery(text="waited"), after, limit)


@pytest.fixture
def visits(store: Store) -> Survey:
    survey = add_survey(store, ROWS)
    add_survey(store, ROWS, "another")
    tag_everything(store)
    return survey


QUERIES: list[tuple[dict[str, object], list[str]]] = [
    ({"theme": "waiting"}, ["waited for hours", "waiting again", "waited"]),
    ({"theme": "parking"}, ["no parking"]),
    ({"theme": "no_such_theme"}, []),
    ({"polarity": "negative"}, ["waited for hours", "waiting again", "waited"]),
    ({"theme": "waiting", "polarity": "positive"}, []),
    ({"theme": "parking", "polarity": "negative"}, []),
    ({"status": "no_theme"}, ["nothing"]),
    ({"status": "empty"}, ["..."]),
    ({"status": "unsure"}, []),
    ({"groups": {"sex": "male"}}, ["such kindness", "waiting again"]),
    ({"groups": {"sex": "not_stated"}}, ["nothing"]),
    ({"groups": {"sex": "male", "carer": "carer"}}, ["such kindness", "waiting again"]),
    ({"groups": {"sex": "female", "carer": "carer"}}, []),
    ({"groups": {"shoe_size": "9"}}, []),
    ({"groups": {"sex') OR 1=1 --": "male"}}, []),
    ({"question": 1}, ["no parking", "waiting again"]),
    ({"question": 9}, []),
    ({"site": "South"}, ["such kindness", "waiting again"]),
    ({"site": "nowhere\0"}, []),
    ({"since": DAY + timedelta(1)}, ["nothing"]),
    ({"until": DAY - timedelta(1)}, ["..."]),
    ({"since": DAY, "until": DAY, "question": 0}, ["waited for hours", "such kindness"]),
    ({"text": "WAITED hours"}, ["waited for hours"]),
    ({"theme": "waiting", "text": "again", "site": "South"}, ["waiting again"]),
]


def test_a_query_finds_what_it_asks_for(store: Store, visits: Survey) -> None:
    for query, texts in QUERIES:
        assert find(store, visits.id, **query) == texts, query


def test_all_are_found_by_an_empty_query(store: Store, visits: Survey) -> None:
    every = [text for row in ROWS for _, text in row.answers]
    assert find(store, visits.id) == every


FOUND = (
    "car park",
    "park car",
    "Car-Park!",
    "parking",
    "PARKED",
    "no",
    "was not",
    "didn't",
    "didn\u2019t",
    "café",
    "A&E",
    "thanks now",
    "лікарня",
    "car & ! | ( ) : * ' \" \\ <->",
)
NOT_FOUND = (
    "ка",
    "missing",
    "car missing",
    "text:car",
    "car OR missing",
    "NOT missing",
    "mis*",
    "ca*",
    "",
    "!!! & |",
    "\0",
    "\ud800",
)


def test_words_are_found_wherever_they_stand(store: Store) -> None:
    text = (
        "The car-park was full, no space; it was not signed (they didn't say) near the café at"
        " A&E/лікарня. Fix it,thanks.Now"
    )
    add_survey(store, [response("1", text)])
    assert [words for words in FOUND + NOT_FOUND if find(store, text=words)] == list(FOUND)


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_text_is_read_as_a_search_language(store: Store, words: str) -> None:
    with store.read() as conn:
        held = surveys.every(conn)
    survey = held[0] if held else add_survey(store, ROWS)
    assert set(find(store, survey.id, text=words)) <= {t for row in ROWS for _, t in row.answers}


def test_words_of_an_erased_survey_are_not_found(store: Store, visits: Survey) -> None:
    surveys.erase(store, "another")
    assert find(store, visits.id, text="waited") == [
        "waited for hours",
        "waiting again",
        "waited",
    ]


def test_pages_follow_each_other_without_gaps_or_repeats(store: Store) -> None:
    survey = add_survey(store, numbered(25))
    seen: list[str] = []
    after: int | None = None
    sizes = []
    while True:
        page = page_of(store, survey, after, 10)
        sizes.append(len(page.comments))
        seen += [one.text for one in page.comments]
        if page.next is None:
            break
        after = page.next
    assert sizes == [10, 10, 5]
    assert seen == [f"waited {n} hours" for n in range(25)]


def test_a_last_page_that_is_full_says_so(store: Store) -> None:
    survey = add_survey(store, numbered(10))
    assert page_of(store, survey, None, 10).next is None
    assert page_of(store, survey, 10**15, 10) == CommentPage(comments=())


def test_a_comment_is_found_by_its_id(store: Store, visits: Survey) -> None:
    with store.read() as conn:
        first = comments.search(conn, visits, CommentQuery(), None, 1).comments[0]
        assert comments.get(conn, visits, first.id) == first
    assert first == StoredComment(
        id=first.id,
        response_id="1",
        question=0,
        text="waited for hours",
        status=Status.TAGGED,
        sentiment=4,
        tags=first.tags,
        given_on=DAY,
        site="North",
    )
    assert [tag.polarity for tag in first.tags] == [Polarity.NEGATIVE]
    assert [tag.evidence for tag in first.tags] == [((0, 4), (5, 6))]


def test_a_comment_of_another_survey_is_not_found(store: Store, visits: Survey) -> None:
    with store.read() as conn:
        other = surveys.get(conn, "another")
        theirs = comments.search(conn, other, CommentQuery(), None, 1).comments[0]
        with pytest.raises(NotFoundError):
            comments.get(conn, visits, theirs.id)
        with pytest.raises(NotFoundError):
            comments.get(conn, visits, 10**15)


def test_what_an_older_artefact_said_is_not_found(store: Store, visits: Survey) -> None:
    with store.write() as conn:
        surveys.use_artefact(conn, visits.id, NEWER)
    assert find(store, theme="waiting") == []
    assert find(store, polarity="negative") == []
    assert find(store, status="no_theme") == []
    assert find(store, text="nothing") == ["nothing"]


def test_dates_come_back_as_dates(store: Store) -> None:
    survey = add_survey(store, [response("1", "x", given_on=date(1999, 12, 31))])
    with store.read() as conn:
        page = comments.search(conn, survey, CommentQuery(), None, 1)
    assert page.comments[0].given_on == date(1999, 12, 31)
