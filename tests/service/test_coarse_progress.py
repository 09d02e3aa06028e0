from hypothesis import given
from hypothesis import strategies as st

from service.coarse_progress import STATUS_STEP, STEP, coarse_progress
from service.records import Progress


@st.composite
def _progress(draw: st.DrawFn) -> Progress:
    comments = draw(st.integers(0, 3_000))
    tagged = draw(st.integers(0, comments))
    readable = draw(st.integers(0, tagged))
    return Progress(
        responses=draw(st.integers(0, 3_000)),
        comments=comments,
        tagged=tagged,
        statuses={"tagged": readable, "empty": tagged - readable},
        groups={"sex": {"female": 3}},
    )


@given(_progress())
def test_a_survey_is_told_as_tagged_only_when_it_is(progress: Progress) -> None:
    told = coarse_progress(progress)
    assert (told.tagged >= told.comments) == (progress.tagged >= progress.comments)


@given(_progress())
def test_no_number_is_told_more_closely_than_its_step(progress: Progress) -> None:
    told = coarse_progress(progress)
    assert {n % STEP for n in (told.responses, told.comments, told.tagged)} == {0}
    assert all(times % STATUS_STEP == 0 for times in told.statuses.values())
    assert told.groups == {}


@given(_progress())
def test_numbers_are_near_what_they_stand_for(progress: Progress) -> None:
    told = coarse_progress(progress)
    assert abs(told.responses - progress.responses) <= STEP / 2
    assert abs(told.comments - progress.comments) <= STEP


def test_of_a_few_comments_no_status_is_told() -> None:
    few = Progress(responses=9, comments=9, tagged=9, statuses={"tagged": 9}, groups={})
    assert coarse_progress(few).statuses == {}
