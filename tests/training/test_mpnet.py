from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from tokenizers import Tokenizer
from transformers import MPNetModel

from labelled_data import DistinctComments, LabelledComment, distinct
from training.encoder_graph import EncoderWeights
from training.errors import TrainingError
from training.fine_tune import FineTuned, Schedule, fine_tune, optimiser
from training.joint import with_sentiment
from training.mpnet import SPECIAL, Mpnet
from training.network import ThemeNetwork

if TYPE_CHECKING:
    from pathlib import Path

    from training import Recipe

THEMES = ("waiting", "kindness", "parking")


@pytest.fixture(scope="module")
def tokenizer(tiny_base: Path) -> Tokenizer:
    return Tokenizer.from_file(str(tiny_base / "tokenizer.json"))


@pytest.fixture(scope="module")
def reader(tiny_mpnet: Path, tokenizer: Tokenizer) -> Mpnet:
    return Mpnet(str(tiny_mpnet), tokenizer).eval()


def states(reader: Mpnet, ids: list[int], parts: list[int], absent: int = 0) -> torch.Tensor:
    """The states of tokens, read with some more that fill up the batch."""
    mask = torch.tensor([[1] * len(ids) + [0] * absent])
    padded = torch.tensor([ids + [0] * absent]), mask, torch.tensor([parts + [0] * absent])
    with torch.no_grad():
        found: torch.Tensor = reader(*padded).last_hidden_state
    return found[0, : len(ids)]


def test_it_reads_the_same_words_by_the_numbers_of_the_other_vocabulary(
    reader: Mpnet, tiny_mpnet: Path, tokenizer: Tokenizer
) -> None:
    own = (tiny_mpnet / "vocab.txt").read_text("utf-8").split("\n")
    model = MPNetModel.from_pretrained(tiny_mpnet, add_pooling_layer=False)
    read = tokenizer.encode("[CLS] the nurse was kind [SEP]", add_special_tokens=False)
    names = [SPECIAL.get(name, name) for name in read.tokens]
    with torch.no_grad():
        meant = model(torch.tensor([[own.index(name) for name in names]])).last_hidden_state[0]
    assert torch.allclose(states(reader, read.ids, [0] * len(names)), meant, atol=1e-5)


def test_a_word_that_it_does_not_know_is_read_as_unknown(
    reader: Mpnet, tokenizer: Tokenizer
) -> None:
    words = sorted(word for word in tokenizer.get_vocab() if word not in SPECIAL)
    strange, unknown = tokenizer.token_to_id(words[0]), tokenizer.token_to_id("[UNK]")
    assert torch.equal(reader.words.weight[strange], reader.words.weight[unknown])


def test_nothing_that_fills_up_a_batch_is_heard(reader: Mpnet) -> None:
    ids, parts = [2, 7, 3, 8, 9, 3], [0, 0, 0, 1, 1, 1]
    alone, padded = states(reader, ids, parts), states(reader, ids, parts, absent=3)
    assert torch.allclose(alone, padded, atol=1e-5)


def test_it_learns_to_tell_question_from_comment(reader: Mpnet) -> None:
    ids = [2, 7, 3, 8, 9, 3]
    assert torch.equal(states(reader, ids, [0] * 6), states(reader, ids, [0, 0, 0, 1, 1, 1]))
    with torch.no_grad():
        reader.parts[1, 0] += 0.5
        told = states(reader, ids, [0, 0, 0, 1, 1, 1])
        reader.parts[1, 0] -= 0.5
    assert not torch.allclose(states(reader, ids, [0] * 6), told, atol=1e-3)


def test_a_model_of_another_kind_is_refused(tiny_base: Path, tokenizer: Tokenizer) -> None:
    with pytest.raises(TrainingError, match="of the type 'bert', not 'mpnet'"):
        Mpnet(str(tiny_base), tokenizer)


def test_the_first_layers_learn_more_slowly(reader: Mpnet, tiny_recipe: Recipe) -> None:
    given = {"learning_rate": 0.5, "head_learning_rate": 2.0, "layer_decay": 0.5}
    settings = tiny_recipe.encoder.model_copy(update=given)
    network = ThemeNetwork(reader, torch.full((3,), 0.5), settings)
    groups = optimiser(network, settings).param_groups
    rates = {id(each): group["lr"] for group in groups for each in group["params"]}
    first, last = reader.layers
    assert {rates[id(each)] for each in last.parameters()} == {0.5}
    assert {rates[id(each)] for each in first.parameters()} == {0.25}
    assert rates[id(reader.parts)] == 0.125
    assert rates[id(network.readout)] == 2.0
    assert id(reader.words.weight) not in rates


def test_it_teaches_and_is_not_exported(reader: Mpnet) -> None:
    with pytest.raises(TrainingError, match="type 'mpnet'"):
        EncoderWeights.of(reader)


@pytest.fixture(scope="module")
def data(tiny_comments: list[LabelledComment]) -> DistinctComments:
    return with_sentiment(distinct(tiny_comments, THEMES))


def test_a_teacher_of_this_kind_learns_the_themes_and_comes_back_from_a_checkpoint(
    data: DistinctComments, tiny_recipe: Recipe, tiny_mpnet: Path, tmp_path: Path
) -> None:
    given = {"mpnet": str(tiny_mpnet), "layer_decay": 0.9, "epochs": 20}
    settings = tiny_recipe.encoder.model_copy(update=given)

    def trained(folder: Path) -> FineTuned:
        return fine_tune(data, settings, Schedule(settings.epochs, 0, folder, "teacher"))

    first = trained(tmp_path / "work")
    scores = first.scores(data.texts, data.questions)[..., 0]
    right = (scores > 0) == (data.targets > 0.5)
    assert right.mean() > 0.95
    again = trained(tmp_path / "work")
    assert (again.scores(data.texts, data.questions)[..., 0] == scores).all()
