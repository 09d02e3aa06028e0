import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import OperatingPoint, Prediction, QuestionMismatchError, Status, Tagger

COMMENTS = (
    "waited 5 hours to be seen",
    "nurse number 3 was so kind",
    "the car park was full for 20 minutes but a kind smile from 2 people",
    "nothing more to say than 4 words",
    "zzz",
    "",
    "...",
    "bardzo długo czekałam na lekarza w poczekalni",
    "a wait of 9 hours is too long. " * 30 + "and no parking within 2 miles",
    "👍",
    "parking\x00 cost me 4 pounds",
)
texts = st.sampled_from(COMMENTS) | st.text(max_size=80)
slow = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _assert_same(one: Prediction, other: Prediction) -> None:
    assert (one.status, one.themes) == (other.status, other.themes)
    assert one.scores == pytest.approx(other.scores, abs=1e-3)


@slow
@given(batch=st.lists(texts, min_size=1, max_size=12), data=st.data())
def test_a_text_gets_the_same_answer_alone_in_any_batch_and_in_any_order(
    tiny_tagger: Tagger, batch: list[str], data: st.DataObject
) -> None:
    together = tiny_tagger.tag(batch)
    order = data.draw(st.permutations(range(len(batch))))
    shuffled = tiny_tagger.tag([batch[place] for place in order])
    for place, prediction in zip(order, shuffled, strict=True):
        _assert_same(prediction, together[place])
    place = data.draw(st.integers(0, len(batch) - 1))
    _assert_same(tiny_tagger.tag([batch[place]])[0], together[place])


@slow
@given(text=st.text(max_size=200))
def test_any_text_gets_a_status_and_scores_that_are_probabilities(
    tiny_tagger: Tagger, text: str
) -> None:
    (prediction,) = tiny_tagger.tag([text])
    assert (prediction.status == Status.TAGGED) == bool(prediction.tags)
    unread = prediction.status in {Status.EMPTY, Status.NOT_ENGLISH}
    assert unread == (prediction.scores is None)
    assert all(0 <= score <= 1 for score in prediction.scores or ())


def test_themes_are_those_a_person_would_give(tiny_tagger: Tagger) -> None:
    themes = [prediction.themes for prediction in tiny_tagger.tag(COMMENTS[:4])]
    assert themes == [("waiting",), ("kindness",), ("kindness", "parking"), ()]


@pytest.mark.parametrize("text", ["", " ", "...", "-", "?!", "\n", "_"])
def test_a_comment_without_letter_digit_or_pictograph_is_empty(
    tiny_tagger: Tagger, text: str
) -> None:
    assert tiny_tagger.tag([text])[0].status == Status.EMPTY


def test_a_pictograph_is_something(tiny_tagger: Tagger) -> None:
    assert tiny_tagger.tag(["👍"])[0].status != Status.EMPTY


def test_another_language_is_said_and_not_tagged(tiny_tagger: Tagger) -> None:
    (prediction,) = tiny_tagger.tag(["bardzo długo czekałam na lekarza w poczekalni"])
    assert prediction == Prediction(Status.NOT_ENGLISH)


def test_the_end_of_a_long_comment_is_read(tiny_tagger: Tagger) -> None:
    long = "a wait of 9 hours is too long. " * 30
    with_end = long + "the car park was full for 20 minutes"
    without, with_parking = tiny_tagger.tag([long, with_end])
    assert without.scores is not None
    assert with_parking.scores is not None
    place = tiny_tagger.codebook.theme_ids.index("parking")
    assert with_parking.scores[place] > without.scores[place]


def test_the_recall_point_gives_all_that_the_balanced_one_gives(tiny_tagger: Tagger) -> None:
    balanced = tiny_tagger.tag(COMMENTS)
    recall = tiny_tagger.tag(COMMENTS, operating_point=OperatingPoint.RECALL)
    for one, more in zip(balanced, recall, strict=True):
        assert set(one.themes) <= set(more.themes)


def test_the_question_is_part_of_the_input(tiny_tagger: Tagger) -> None:
    (asked,) = tiny_tagger.tag(["zzz"], "What could we do better?")
    (unasked,) = tiny_tagger.tag(["zzz"])
    assert asked.scores != unasked.scores


def test_white_space_in_a_question_does_not_matter(tiny_tagger: Tagger) -> None:
    (one,) = tiny_tagger.tag(["zzz"], "What could we\n do  better?")
    (other,) = tiny_tagger.tag(["zzz"], ["What could we do better?"])
    assert one == other


def test_questions_that_do_not_fit_the_comments_are_refused(tiny_tagger: Tagger) -> None:
    with pytest.raises(QuestionMismatchError, match="2 questions were given for 1 comments"):
        tiny_tagger.tag(["kind"], ["one", "two"])


def test_no_comments_give_no_predictions(tiny_tagger: Tagger) -> None:
    assert tiny_tagger.tag([]) == []
