from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from tests.training.drawn_comments import distinct_comments
from training.mixed import mixed
from training.near_words import NearWords, with_near_words
from training.transfer import Transfer

if TYPE_CHECKING:
    from labelled_data import DistinctComments

WORDS = ("kind", "nice", "lovely", "wait", "queue", "car", "##ing", "9", "unused")
TURNED = np.radians((0, 10, 20, 120, 130, 240, 5, 6, 125))
"""Whole words in three bundles about nothing, so that those of other bundles are not near."""


@pytest.fixture(scope="module")
def near() -> NearWords:
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    embeddings = np.stack([np.cos(TURNED), np.sin(TURNED)], axis=1).astype(np.float32)
    texts = ["Kind, NICE staff", "the wait for a car", "lovely queue 9"]
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=WORDS[-1]))
    return NearWords(tokenizer, embeddings, texts)


def test_whole_words_that_point_the_same_way_are_near_the_nearest_first(near: NearWords) -> None:
    assert near.of("kind") == ("nice", "lovely")
    assert near.of("lovely") == ("nice", "kind")
    assert near.of("wait") == ("unused", "queue")


def test_words_of_no_text_and_those_without_near_ones_have_none(near: NearWords) -> None:
    for word in ("unused", "car", "staff", "9"):
        assert not near.of(word)


@given(seed=st.integers(0, 200))
def test_words_go_only_into_near_ones_and_what_stands_around_them_stays(
    near: NearWords, seed: int
) -> None:
    text = "Kind staff, but: (wait) 9 hours!"
    made = near.replaced(text, np.random.default_rng(seed)).split()
    assert [made[place] for place in (1, 2, 4, 5)] == ["staff,", "but:", "9", "hours!"]
    assert made[0] in ("Kind", "nice", "lovely")
    assert made[3] in ("(wait)", "(unused)", "(queue)")


@given(data=distinct_comments(), count=st.integers(0, 12), seed=st.integers(0, 5))
def test_as_many_comments_come_of_it_and_nothing_is_known_of_them(
    near: NearWords, data: DistinctComments, count: int, seed: int
) -> None:
    parts = np.zeros(len(data), dtype=np.int64)
    made = mixed(data, parts, count, seed)
    others = Transfer(data, np.arange(len(data)))
    found = with_near_words(made, others, near, seed)
    assert len(found.comments) == len(found.origins) == len(made.comments)
    assert np.isnan(found.comments.targets).all()
    assert np.isnan(found.comments.polarity).all()
    for question, origin in zip(found.comments.questions, found.origins.tolist(), strict=True):
        assert others.comments.questions[origin] == question
