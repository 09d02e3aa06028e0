from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertConfig, BertModel

from training.apart import Apart

WORDS = 30
tokens = st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=9)
few = settings(max_examples=30)


@pytest.fixture(scope="module")
def encoder() -> Apart:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=WORDS,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=32,
    )
    made = Apart(BertModel(config)).eval()
    torch.nn.init.normal_(made.asked.weight)
    return made


def states(encoder: Apart, question: list[int], comment: list[int]) -> torch.Tensor:
    """The states of a comment's own tokens."""
    ids = torch.tensor([[*question, *comment]])
    parts = torch.tensor([[0] * len(question) + [1] * len(comment)])
    with torch.no_grad():
        found = encoder(ids, torch.ones_like(ids), parts).last_hidden_state
    assert found.shape == (1, ids.shape[1], encoder.hidden_size)
    own: torch.Tensor = found[0, len(question) :]
    return own


@given(comment=tokens, question=st.permutations([1, 2, 3]))
@few
def test_a_question_counts_by_its_words_and_not_by_their_order(
    encoder: Apart, comment: list[int], question: list[int]
) -> None:
    one, other = states(encoder, [1, 2, 3], comment), states(encoder, question, comment)
    assert torch.allclose(one, other, atol=1e-4)
    assert not torch.allclose(one, states(encoder, [4, 5, 6], comment), atol=1e-3)


@given(comment=tokens, question=st.lists(st.just(5), min_size=1, max_size=6))
@few
def test_where_a_word_stands_in_its_comment_is_heard_and_not_how_long_the_question_is(
    encoder: Apart, comment: list[int], question: list[int]
) -> None:
    assert torch.allclose(
        states(encoder, question, comment), states(encoder, [5], comment), atol=1e-4
    )
    twice = states(encoder, [5], [7, 7])
    assert not torch.allclose(twice[0], twice[1], atol=1e-3)


def test_nothing_that_fills_up_a_batch_is_heard_nor_another_comment(encoder: Apart) -> None:
    ids = torch.tensor([[1, 2, 7, 8, 9, 0, 0], [1, 2, 3, 4, 5, 6, 7]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 0, 0], [1] * 7])
    parts = torch.tensor([[0, 0, 1, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1, 1]])
    with torch.no_grad():
        both = encoder(ids, mask, parts).last_hidden_state
    assert torch.allclose(both[0, 2:5], states(encoder, [1, 2], [7, 8, 9]), atol=1e-4)
    assert torch.allclose(both[1, 3:], states(encoder, [1, 2, 3], [4, 5, 6, 7]), atol=1e-4)
