from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import fold_of, normalise, split_of

any_text = st.text(st.characters())


def test_the_split_is_the_documented_hash_of_the_normalised_text() -> None:
    for text in ("Nothing", "The nurse was kind.", "", "żółw"):
        number = int(hashlib.sha256(normalise(text).encode()).hexdigest(), 16)
        assert (split_of(text) == "test") == ((number % 10_000) / 10_000 < 0.15)
        assert fold_of(text, 5) == (number // 10_000) % 5


def test_the_split_never_changes_between_releases() -> None:
    texts = ("Nothing", "Very kind nurses", "The wait was too long", "Kept me informed")
    assert [split_of(text) for text in texts] == ["train", "train", "train", "train"]
    assert [fold_of(text, 5) for text in texts] == [1, 2, 1, 2]


@given(any_text)
def test_no_text_stands_on_both_sides(text: str) -> None:
    for copy in (text.upper().lower(), f"  {text}\n", f"{text}!!", f"-{text}"):
        if normalise(copy) == normalise(text):
            assert split_of(copy) == split_of(text)
            assert fold_of(copy, 5) == fold_of(text, 5)


@given(any_text, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_test_share_keeps_every_text_of_a_smaller_one(
    text: str, one: float, other: float
) -> None:
    smaller, larger = sorted((one, other))
    if split_of(text, test_share=smaller) == "test":
        assert split_of(text, test_share=larger) == "test"


def test_shares_and_folds_come_out_as_asked() -> None:
    texts = [f"comment number {number}" for number in range(4000)]
    share = sum(split_of(text) == "test" for text in texts) / len(texts)
    assert share == pytest.approx(0.15, abs=0.02)
    for fold in range(5):
        assert sum(fold_of(text, 5) == fold for text in texts) == pytest.approx(800, abs=90)


def test_all_or_nothing_can_be_kept_for_the_test() -> None:
    assert split_of("anything", test_share=0) == "train"
    assert split_of("anything", test_share=1) == "test"


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_an_impossible_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="within 0 and 1"):
        split_of("anything", test_share=share)


def test_folds_there_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one fold"):
        fold_of("anything", 0)
