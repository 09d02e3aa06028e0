from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from models import Prediction, Status
from models.remembered_answers import RememberedAnswers

if TYPE_CHECKING:
    from models.remembered_answers import Comment, Told


class Reader:
    """Answers each comment by its length and its question, and keeps what it was asked."""

    def __init__(self) -> None:
        self.read: list[list[Comment]] = []

    def __call__(self, texts: list[str], questions: list[str | None]) -> Told:
        comments = list(zip(texts, questions, strict=True))
        self.read.append(comments)
        return lambda: [answer(comment) for comment in comments]


def answer(comment: Comment) -> Prediction:
    text, question = comment
    return Prediction(Status.NO_THEME, scores=(len(text), float(hash(question))))


COMMENTS = st.tuples(st.text("ab", max_size=4), st.sampled_from([None, "Why?"]))


@given(batches=st.lists(st.lists(COMMENTS)), most=st.integers(0, 5), longest=st.integers(0, 4))
def test_every_comment_gets_its_own_answer_whatever_is_remembered(
    batches: list[list[Comment]], most: int, longest: int
) -> None:
    reader = Reader()
    remembered = RememberedAnswers(reader, comments=most, longest=longest)
    for batch in batches:
        texts, questions = [text for text, _ in batch], [asked for _, asked in batch]
        assert remembered.begin(texts, questions)() == [answer(comment) for comment in batch]
    assert all(len(set(read)) == len(read) for read in reader.read)


@given(batches=st.lists(st.lists(COMMENTS)), most=st.integers(1, 5))
def test_batches_that_are_begun_before_others_are_done_get_their_own_answers(
    batches: list[list[Comment]], most: int
) -> None:
    remembered = RememberedAnswers(Reader(), comments=most)
    begun = [remembered.begin([text for text, _ in b], [asked for _, asked in b]) for b in batches]
    for batch, finish in zip(batches, begun, strict=True):
        assert finish() == [answer(comment) for comment in batch]


def test_what_was_said_last_is_remembered_and_what_was_longest_unused_is_not() -> None:
    reader = Reader()
    remembered = RememberedAnswers(reader, comments=2)
    for text in ("one", "two", "one", "three", "one", "two"):
        remembered.begin([text], [None])()
    assert reader.read == [[(text, None)] for text in ("one", "two", "three", "two")]


def test_long_comments_are_not_remembered() -> None:
    reader = Reader()
    remembered = RememberedAnswers(reader, longest=3)
    for _ in range(2):
        remembered.begin(["long", "new"], [None, None])()
    assert reader.read == [[("long", None), ("new", None)], [("long", None)]]
