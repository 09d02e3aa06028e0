from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.special import log_expit
from transformers import BertConfig, BertModel

from labelled_data import BLAME, PRAISE
from tests.training.drawn_comments import SHARES
from training.network import ThemeNetwork
from training.recipe import EncoderPart

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import Tensor

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

COMMENTS, TOKENS, THEMES, WORDS = 3, 6, 4, 20
NAN = float("nan")


def batch_of(elements: st.SearchStrategy[float], *shape: int) -> st.SearchStrategy[Floats]:
    return npst.arrays(np.float64, (COMMENTS, *shape), elements=elements)


shares = batch_of(st.sampled_from(SHARES), THEMES)
known_shares = batch_of(st.sampled_from([share for share in SHARES if share == share]), THEMES)
tones = batch_of(st.sampled_from([0, 0.5, 1, NAN]), THEMES, 2)
places = npst.arrays(np.bool_, (COMMENTS, TOKENS, THEMES))


def network(**settings: float) -> ThemeNetwork:
    """A BERT of 8 dimensions that reads at random, with no dropout so that it answers the same."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=WORDS,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=TOKENS,
    )
    encoder = BertModel(config)
    prior = torch.full((THEMES,), 0.2)
    made = ThemeNetwork(encoder, prior, EncoderPart.model_validate(settings))
    torch.nn.init.normal_(made.attention.weight)
    torch.nn.init.normal_(made.polarity_attention.weight)
    torch.nn.init.normal_(made.readout)
    return made.eval().double()


def inputs() -> dict[str, Tensor]:
    """Comments of six, five and four tokens."""
    ids = torch.arange(COMMENTS * TOKENS).reshape(COMMENTS, TOKENS) % WORDS
    mask = (torch.arange(TOKENS) < torch.tensor([[6], [5], [4]])).long()
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}


def loss_of(
    made: ThemeNetwork, labels: Floats, polarity: Floats | None = None, seen: Bools | None = None
) -> Tensor:
    loss: Tensor = made(
        **inputs(),
        labels=torch.tensor(labels, dtype=torch.float32),
        polarity=None if polarity is None else torch.tensor(polarity, dtype=torch.float32),
        evidence=None if seen is None else torch.tensor(seen),
    )["loss"]
    return loss


def gradients(made: ThemeNetwork, loss: Tensor) -> dict[str, Tensor]:
    made.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    return {
        name: torch.zeros_like(each) if each.grad is None else each.grad.clone()
        for name, each in made.named_parameters()
        if each.requires_grad
    }


def entropy(logits: Floats, targets: Floats) -> float:
    """Cross-entropy summed over the targets that are known."""
    losses = -(targets * log_expit(logits) + (1 - targets) * log_expit(-logits))
    return float(losses[~np.isnan(targets)].sum())


NETWORK = network()
WITH_FOCUS = network(focus=2.0)
READING = NETWORK.read(**inputs())


@given(labels=shares)
def test_the_loss_is_the_cross_entropy_of_what_is_known(labels: Floats) -> None:
    expected = entropy(READING.logits.detach().numpy(), labels) / COMMENTS
    assert loss_of(NETWORK, labels).item() == pytest.approx(expected, rel=1e-5, abs=1e-6)


@given(labels=known_shares, polarity=tones)
def test_polarity_adds_the_cross_entropy_of_what_is_known(labels: Floats, polarity: Floats) -> None:
    said = loss_of(NETWORK, labels, polarity).item() - loss_of(NETWORK, labels).item()
    expected = entropy(READING.polarity.detach().numpy(), polarity) / COMMENTS
    assert said == pytest.approx(expected, rel=1e-4, abs=1e-5)


@given(labels=known_shares, seen=places)
def test_evidence_adds_how_much_attention_misses_it(labels: Floats, seen: Bools) -> None:
    attention = READING.attention.detach().numpy()
    missed = [
        -np.log(max(attention[row, seen[row, :, theme], theme].sum(), 1e-6))
        for row in range(COMMENTS)
        for theme in range(THEMES)
        if seen[row, :, theme].any()
    ]
    added = loss_of(NETWORK, labels, seen=seen).item() - loss_of(NETWORK, labels).item()
    assert added == pytest.approx(0.2 * sum(missed) / COMMENTS, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("focus", [0.0, 2.0])
@given(labels=known_shares, polarity=tones, seen=places, unknown=st.integers(0, THEMES - 1))
def test_a_theme_that_is_unknown_throughout_changes_neither_loss_nor_gradients(
    focus: float, labels: Floats, polarity: Floats, seen: Bools, unknown: int
) -> None:
    labels[:, unknown], polarity[:, unknown], seen[:, :, unknown] = NAN, NAN, False
    kept = [theme for theme in range(THEMES) if theme != unknown]
    made, smaller = network(focus=focus), network(focus=focus)
    for part, name in ((smaller.attention, "weight"), (smaller, "readout"), (smaller, "bias")):
        setattr(part, name, torch.nn.Parameter(getattr(part, name)[kept]))
    whole = loss_of(made, labels, polarity, seen)
    without = loss_of(smaller, labels[:, kept], polarity[:, kept], seen[:, :, kept])
    assert whole.item() == pytest.approx(without.item(), rel=1e-5, abs=1e-6)
    found, expected = gradients(made, whole), gradients(smaller, without)
    for name in ("attention.weight", "readout", "bias"):
        assert not found[name][unknown].any()
        found[name] = found[name][kept]
    for name, gradient in expected.items():
        assert torch.allclose(found[name], gradient, rtol=1e-5, atol=1e-6), name


@given(labels=shares)
def test_each_log_odds_is_drawn_to_its_target_and_nowhere_where_that_is_unknown(
    labels: Floats,
) -> None:
    answer = NETWORK(**inputs(), labels=torch.tensor(labels))
    (pull,) = torch.autograd.grad(answer["loss"], answer["logits"])
    assert not pull[torch.tensor(np.isnan(labels))].any()
    wrong = torch.sigmoid(answer["logits"]) - torch.tensor(labels)
    assert torch.allclose(pull, wrong.nan_to_num() / COMMENTS, atol=1e-6)


def test_a_loss_of_nothing_known_is_nought_and_teaches_nothing() -> None:
    labels, polarity = np.full((COMMENTS, THEMES), NAN), np.full((COMMENTS, THEMES, 2), NAN)
    nowhere = np.zeros((COMMENTS, TOKENS, THEMES), dtype=bool)
    loss = loss_of(NETWORK, labels, polarity, nowhere)
    assert loss.item() == 0
    assert not any(gradient.any() for gradient in gradients(NETWORK, loss).values())


@given(labels=shares, polarity=tones, seen=places)
def test_a_task_without_weight_is_left_out(labels: Floats, polarity: Floats, seen: Bools) -> None:
    plain = network(polarity_weight=0, evidence_weight=0)
    assert loss_of(plain, labels, polarity, seen).item() == loss_of(plain, labels).item()


@given(labels=known_shares)
def test_focus_makes_absent_themes_count_less_and_present_ones_as_much(labels: Floats) -> None:
    logits = READING.logits.detach().numpy()
    weights = np.where(labels > 0, 1, (1 / (1 + np.exp(-logits))) ** 2)
    losses = -(labels * log_expit(logits) + (1 - labels) * log_expit(-logits))
    expected = (weights * losses).sum() / COMMENTS
    assert loss_of(WITH_FOCUS, labels).item() == pytest.approx(expected, rel=1e-5)
    assert loss_of(WITH_FOCUS, labels).item() <= loss_of(NETWORK, labels).item() + 1e-6


def test_attention_is_shared_out_over_the_tokens_that_are_there() -> None:
    assert torch.allclose(READING.attention.sum(dim=1), torch.ones((COMMENTS, THEMES)).double())
    padding = inputs()["attention_mask"] == 0
    assert not READING.attention[padding].any()


@pytest.mark.parametrize("side", [PRAISE, BLAME])
def test_praise_and_blame_are_each_looked_for_where_the_theme_is_and_with_a_leaning_of_their_own(
    side: int,
) -> None:
    tokens = NETWORK.states(**inputs())
    there = inputs()["attention_mask"].bool()
    leaning = NETWORK.polarity_attention.weight[side]
    for row in range(COMMENTS):
        states = tokens[row, there[row]]
        looks = (states @ (NETWORK.attention.weight + leaning).T).softmax(dim=0)
        said = looks.T @ states @ NETWORK.polarity.weight[side] + NETWORK.polarity.bias[side]
        assert torch.allclose(READING.polarity[row, :, side], said)


@pytest.mark.parametrize("side", [PRAISE, BLAME])
@given(labels=known_shares, polarity=tones)
def test_where_to_look_for_praise_is_not_learnt_from_blame_nor_the_other_way_round(
    side: int, labels: Floats, polarity: Floats
) -> None:
    polarity[..., 1 - side] = NAN
    found = gradients(NETWORK, loss_of(NETWORK, labels, polarity))
    for name in ("polarity_attention.weight", "polarity.weight", "polarity.bias"):
        assert not found[name][1 - side].any()
        assert found[name][side].any() == bool((~np.isnan(polarity)).any()), name


@given(labels=known_shares, polarity=tones, seen=places)
def test_where_to_look_for_praise_and_blame_is_learnt_from_them_alone(
    labels: Floats, polarity: Floats, seen: Bools
) -> None:
    whole = gradients(NETWORK, loss_of(NETWORK, labels, polarity, seen))
    silent = gradients(NETWORK, loss_of(NETWORK, labels, np.full_like(polarity, NAN), seen))
    alone = gradients(NETWORK, loss_of(NETWORK, np.full_like(labels, NAN), polarity))
    assert not silent["polarity_attention.weight"].any()
    name = "polarity_attention.weight"
    assert torch.allclose(whole[name], alone[name], rtol=1e-5, atol=1e-7)


def test_a_fresh_network_looks_for_praise_and_blame_where_it_looks_for_the_theme() -> None:
    made = network()
    torch.nn.init.zeros_(made.polarity_attention.weight)
    reading, states = made.read(**inputs()), made.states(**inputs())
    expected = made.polarity(reading.attention.transpose(1, 2) @ states)
    assert torch.allclose(reading.polarity, expected)


def test_a_comment_reads_the_same_beside_longer_ones() -> None:
    alone = NETWORK.read(**{name: each[2:, :4] for name, each in inputs().items()})
    assert torch.allclose(alone.logits[0], READING.logits[2])
    assert torch.allclose(alone.polarity[0], READING.polarity[2])


def test_training_starts_from_the_share_of_comments_with_each_theme() -> None:
    config = BertConfig(vocab_size=WORDS, hidden_size=8, num_hidden_layers=1, num_attention_heads=2)
    prior = torch.tensor([0.02, 0.3])
    fresh = ThemeNetwork(BertModel(config), prior, EncoderPart()).eval()
    reading = fresh.read(**inputs())
    assert torch.allclose(reading.logits.sigmoid(), prior.expand(COMMENTS, 2))
    evenly = inputs()["attention_mask"].double()
    evenly /= evenly.sum(dim=1, keepdim=True)
    assert torch.allclose(reading.attention.double(), evenly.unsqueeze(-1).expand(-1, -1, 2))


def test_all_is_learnt_but_the_embeddings_of_tokens() -> None:
    encoder = network().encoder
    left = {name for name, each in encoder.named_parameters() if not each.requires_grad}
    assert left == {"embeddings.word_embeddings.weight"}


def test_without_labels_the_network_gives_its_log_odds_alone() -> None:
    assert list(NETWORK(**inputs())) == ["logits"]
