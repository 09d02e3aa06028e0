import pytest

from labelled_data import LabelledComment, normalise
from tests.training.drawn_comments import comment
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


def test_only_comments_in_english_are_learnt() -> None:
    english = [comment(f"slow {row}", "waiting") for row in range(20)]
    others = [comment(f"lent {row}", "waiting", language="fr") for row in range(5)]
    data = learnable([*others, *english], ("waiting",))
    assert data.texts == tuple(each.text for each in english)


def test_comments_in_other_languages_do_not_make_up_for_too_few_in_english() -> None:
    others = [comment(f"lent {row}", "waiting", language="fr") for row in range(30)]
    with pytest.raises(DataTooSmallError, match="1 distinct comments"):
        learnable([comment("slow", "waiting"), *others], ("waiting",))


def test_a_text_has_the_same_fold_in_every_codebook_and_to_every_question() -> None:
    texts = [f"slow {row}" for row in range(30)]
    one = learnable([comment(text, "waiting") for text in texts], ("waiting",))
    again = [comment(text.upper(), "parking", question="Why?") for text in texts]
    other = learnable(again, ("parking",))
    assert folds_of(one, 5).tolist() == folds_of(other, 5).tolist()
