from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from training.convolution import Convolution
from training.recipe import ConvolutionPart

WORDS, SIZE = 30, 8
QUESTION = 3
"""Tokens before the comment."""


@pytest.fixture(scope="module")
def encoder() -> Convolution:
    torch.manual_seed(0)
    part = ConvolutionPart(words=3, width=16, states=5)
    made = Convolution(torch.nn.Embedding(WORDS, SIZE), part, dropout=0.1).eval()
    torch.nn.init.normal_(made.asked.weight)
    return made


@pytest.fixture(scope="module")
def attentive() -> Convolution:
    torch.manual_seed(0)
    part = ConvolutionPart(words=3, width=16, states=8, layers=2, heads=2, inner=12)
    made = Convolution(torch.nn.Embedding(WORDS, SIZE), part, dropout=0.1).eval()
    torch.nn.init.normal_(made.asked.weight)
    torch.nn.init.normal_(made.places)
    return made


def states(encoder: Convolution, question: list[int], comment: list[int]) -> torch.Tensor:
    """The states of a comment's own tokens."""
    ids = torch.tensor([[*question, *comment]])
    parts = torch.tensor([[0] * len(question) + [1] * len(comment)])
    with torch.no_grad():
        found = encoder(ids, torch.ones_like(ids), parts).last_hidden_state
    assert found.shape == (1, ids.shape[1], encoder.hidden_size)
    own: torch.Tensor = found[0, len(question) :]
    return own


tokens = st.lists(st.integers(0, WORDS - 1), min_size=4, max_size=9)


@given(comment=tokens, place=st.integers(0, 8), other=st.integers(0, WORDS - 1))
@settings(max_examples=50)
def test_a_word_says_something_of_its_neighbours_alone(
    encoder: Convolution, comment: list[int], place: int, other: int
) -> None:
    place %= len(comment)
    changed = [*comment[:place], other, *comment[place + 1 :]]
    same = (states(encoder, [1, 2], comment) - states(encoder, [1, 2], changed)).abs().sum(dim=1)
    far = [at for at in range(len(comment)) if abs(at - place) > 1]
    assert same[far].tolist() == pytest.approx([0] * len(far), abs=1e-5)


@given(comment=tokens, question=st.permutations([1, 2, 3]))
@settings(max_examples=20)
def test_a_question_counts_by_its_words_and_not_by_their_order(
    encoder: Convolution, comment: list[int], question: list[int]
) -> None:
    one, other = states(encoder, [1, 2, 3], comment), states(encoder, question, comment)
    assert torch.allclose(one, other, atol=1e-5)
    assert not torch.allclose(one, states(encoder, [4, 5, 6], comment), atol=1e-3)


@given(comment=tokens, place=st.integers(0, 8), other=st.integers(0, WORDS - 1))
@settings(max_examples=30)
def test_with_attention_a_word_is_heard_everywhere(
    attentive: Convolution, comment: list[int], place: int, other: int
) -> None:
    place %= len(comment)
    changed = [*comment[:place], other, *comment[place + 1 :]]
    one, two = (states(attentive, [1, 2], each) for each in (comment, changed))
    assert ((one - two).abs().sum(dim=1) > 1e-6).all() == (changed != comment)


def test_with_attention_the_place_of_words_is_heard(attentive: Convolution) -> None:
    far, near = (
        states(attentive, [1], [5, 6, 7, 7, 7, 7]),
        states(attentive, [1], [7, 7, 5, 6, 7, 7]),
    )
    assert not torch.allclose(far[:2], near[2:4], atol=1e-3)


@pytest.mark.parametrize("kind", ["encoder", "attentive"])
def test_nothing_that_fills_up_a_batch_is_heard_nor_another_comment(
    request: pytest.FixtureRequest, kind: str
) -> None:
    encoder: Convolution = request.getfixturevalue(kind)
    ids = torch.tensor([[1, 2, 7, 8, 9, 0, 0], [1, 2, 3, 4, 5, 6, 7]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 0, 0], [1] * 7])
    parts = torch.tensor([[0, 0, 1, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1, 1]])
    with torch.no_grad():
        both = encoder(ids, mask, parts).last_hidden_state
    assert torch.allclose(both[0, 2:5], states(encoder, [1, 2], [7, 8, 9]), atol=1e-5)
    assert torch.allclose(both[1, 3:], states(encoder, [1, 2, 3], [4, 5, 6, 7]), atol=1e-5)


def test_heads_share_out_the_states_evenly() -> None:
    with pytest.raises(ValidationError, match="8 heads cannot share out 20 states"):
        ConvolutionPart(states=20, layers=1)


def test_as_many_words_before_as_after() -> None:
    with pytest.raises(ValidationError, match="is even"):
        ConvolutionPart(words=4)
