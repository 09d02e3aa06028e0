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
        initializer_range=0.5,
    )
    made: Apart = Apart(BertModel(config)).eval()
    return made


def states(encoder: Apart, question: list[int], comment: list[int]) -> torch.Tensor:
    """The states of a question's tokens and then of a comment's."""
    ids = torch.tensor([[*question, *comment]])
    parts = torch.tensor([[0] * len(question) + [1] * len(comment)])
    with torch.no_grad():
        found = encoder(ids, torch.ones_like(ids), parts).last_hidden_state
    assert found.shape == (1, ids.shape[1], encoder.hidden_size)
    states: torch.Tensor = found[0]
    return states


@given(question=tokens, comment=tokens, other=tokens)
@few
def test_a_question_is_the_same_whatever_is_said_to_it(
    encoder: Apart, question: list[int], comment: list[int], other: list[int]
) -> None:
    one, two = (states(encoder, question, said)[: len(question)] for said in (comment, other))
    assert torch.allclose(one, two, atol=1e-4)


@given(comment=tokens, question=tokens, other=tokens)
@few
def test_every_word_of_a_comment_hears_the_question(
    encoder: Apart, comment: list[int], question: list[int], other: list[int]
) -> None:
    one, two = (states(encoder, asked, comment)[len(asked) :] for asked in (question, other))
    same = (one - two).abs().amax(dim=1) < 1e-6
    assert same.all() if question == other else not same.any()


def test_nothing_that_fills_up_a_batch_is_heard_nor_another_comment(encoder: Apart) -> None:
    ids = torch.tensor([[1, 2, 7, 8, 9, 0, 0], [1, 2, 3, 4, 5, 6, 7]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 0, 0], [1] * 7])
    parts = torch.tensor([[0, 0, 1, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1, 1]])
    with torch.no_grad():
        both = encoder(ids, mask, parts).last_hidden_state
    assert torch.allclose(both[0, :5], states(encoder, [1, 2], [7, 8, 9]), atol=1e-4)
    assert torch.allclose(both[1], states(encoder, [1, 2, 3], [4, 5, 6, 7]), atol=1e-4)
