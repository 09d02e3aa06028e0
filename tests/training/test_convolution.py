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


def test_nothing_that_fills_up_a_batch_is_heard(encoder: Convolution) -> None:
    ids = torch.tensor([[1, 2, 7, 8, 9, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 0, 0]])
    parts = torch.tensor([[0, 0, 1, 1, 1, 0, 0]])
    with torch.no_grad():
        padded = encoder(ids, mask, parts).last_hidden_state[0, 2:5]
    assert torch.allclose(padded, states(encoder, [1, 2], [7, 8, 9]), atol=1e-5)


def test_as_many_words_before_as_after() -> None:
    with pytest.raises(ValidationError, match="is even"):
        ConvolutionPart(words=4)
