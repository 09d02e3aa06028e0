import pytest

from evaluation import STATUSES, UnknownStatusError
from evaluation.coverage import coverage


def test_every_status_is_shown_even_where_no_comment_has_it() -> None:
    shares = coverage(["tagged", "tagged", "empty", "unsure"])
    assert tuple(each.status for each in shares) == STATUSES
    assert [each.comments for each in shares] == [2, 0, 1, 0, 1]
    assert [each.share for each in shares] == [0.5, 0, 0.25, 0, 0.25]


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(UnknownStatusError, match="read"):
        coverage(["tagged", "read"])
