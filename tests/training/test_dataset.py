import pytest

from labelled_data import LabelledComment, normalise
from training import DataTooSmallError
from training.dataset import folds_of, learnable, separate


def test_no_text_stands_on_both_sides_of_the_split(tiny_comments: list[LabelledComment]) -> None:
    shouted = [
        LabelledComment(
            id=f"{comment.id}b",
            text=comment.text.upper() + "!",
            question=None,
            themes=comment.themes,
            sentiment=None,
            source_row=comment.source_row,
        )
        for comment in tiny_comments
    ]
    train, test = separate([*tiny_comments, *shouted], test_share=0.3)
    assert {normalise(c.text) for c in train}.isdisjoint(normalise(c.text) for c in test)
    assert len(train) + len(test) == 2 * len(tiny_comments)
    assert len(test) > 0


def test_folds_cover_the_data_and_hold_a_text_once(tiny_comments: list[LabelledComment]) -> None:
    data = learnable(tiny_comments, ("waiting", "kindness", "parking"))
    folds = folds_of(data, 5)
    assert len(folds) == len(data)
    assert set(folds) == set(range(5))


def test_too_little_data_is_refused(tiny_comments: list[LabelledComment]) -> None:
    with pytest.raises(DataTooSmallError, match="3 distinct comments"):
        learnable(tiny_comments[:3], ("waiting", "kindness", "parking"))
