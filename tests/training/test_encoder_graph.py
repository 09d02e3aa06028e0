import numpy as np
import numpy.typing as npt
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertConfig, BertModel, RobertaConfig, RobertaModel

from models.onnx_runtime import ort
from training.encoder_graph import EncoderWeights, encoder_graph, word_scale
from training.errors import TrainingError
from training.graph_nodes import Scale

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

WORDS = 50
LENGTHS = (1, 2, 7, 30)
QUESTION = 3
"""Tokens of the question in each window, which the rest of the comment follows."""
few = settings(max_examples=40)
numbers = st.floats(-1e3, 1e3, width=32)


def a_bert(activation: str = "gelu") -> BertModel:
    config = BertConfig(
        vocab_size=WORDS,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        hidden_act=activation,
    )
    model: BertModel = BertModel(config).train(mode=False)
    return model


@pytest.fixture(scope="module", params=["gelu", "relu"])
def bert(request: pytest.FixtureRequest) -> BertModel:
    """A BERT each part of which has a say in its states, as none has in one just made."""
    torch.manual_seed(0)
    model = a_bert(request.param)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "LayerNorm" not in name:
                parameter.normal_(0, 0.3)
            else:
                parameter.add_(torch.randn_like(parameter) * 0.3)
        words = model.embeddings.word_embeddings.weight
        scale = word_scale(EncoderWeights.of(model))
        whole = scale.quantised(words.numpy()).astype(np.float32)
        words.copy_(torch.from_numpy((whole - scale.zero) * np.float32(scale.unit)))
    return model


def windows(length: int) -> tuple[Ids, Ids]:
    """Three windows of a length: the tokens' ids, and the part each one belongs to."""
    ids = np.random.default_rng(length).integers(0, WORDS, (3, length))
    return ids, np.tile(np.arange(length) >= QUESTION, (3, 1)).astype(np.int64)


def states_of(model: BertModel, length: int) -> Floats:
    ids, parts = (torch.from_numpy(array) for array in windows(length))
    with torch.no_grad():
        states: Floats = model(input_ids=ids, token_type_ids=parts).last_hidden_state.numpy()
    return states


def run(
    graph: onnx.ModelProto, weights: EncoderWeights, length: int, names: list[str] | None = None
) -> list[Floats]:
    session = ort.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    ids, parts = windows(length)
    words = word_scale(weights).quantised(weights.words)
    outputs: list[Floats] = session.run(names, {"words": words[ids], "parts": parts})
    return outputs


def ranges_of(weights: EncoderWeights) -> dict[str, tuple[float, float]]:
    graph = encoder_graph(weights)
    names = [output.name for output in graph.graph.output if output.name != "states"]
    seen = zip(*(run(graph, weights, length, names) for length in LENGTHS), strict=True)
    return {
        name: (min(float(each.min()) for each in found), max(float(each.max()) for each in found))
        for name, found in zip(names, seen, strict=True)
    }


@pytest.mark.parametrize("length", LENGTHS)
def test_the_graph_without_ranges_gives_the_states_of_the_model(
    bert: BertModel, length: int
) -> None:
    weights = EncoderWeights.of(bert)
    (states,) = run(encoder_graph(weights), weights, length, ["states"])
    assert states == pytest.approx(states_of(bert, length), abs=1e-4)


@pytest.mark.parametrize("length", LENGTHS)
def test_the_graph_of_whole_numbers_is_near_the_model(bert: BertModel, length: int) -> None:
    weights = EncoderWeights.of(bert)
    (states,) = run(encoder_graph(weights, ranges_of(weights)), weights, length)
    plain = states_of(bert, length)
    assert states.shape == plain.shape
    assert np.abs(states - plain).mean() < 0.05 * plain.std()


def test_a_window_has_the_same_states_whatever_is_run_with_it(bert: BertModel) -> None:
    weights = EncoderWeights.of(bert)
    graph = encoder_graph(weights, ranges_of(weights)).SerializeToString()
    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    ids, parts = windows(9)
    words = word_scale(weights).quantised(weights.words)[ids]
    (together,) = session.run(None, {"words": words, "parts": parts})
    for row in range(len(ids)):
        one = slice(row, row + 1)
        (alone,) = session.run(None, {"words": words[one], "parts": parts[one]})
        assert np.array_equal(alone, together[one])


def test_an_encoder_with_another_activation_is_refused() -> None:
    with pytest.raises(TrainingError, match=r"'bert' with the activation 'silu'; only a BERT"):
        EncoderWeights.of(a_bert("silu"))


def test_an_encoder_of_another_type_is_refused() -> None:
    config = RobertaConfig(
        vocab_size=9,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
    )
    with pytest.raises(TrainingError, match="of the type 'roberta'"):
        EncoderWeights.of(RobertaModel(config))


@few
@given(ends=st.tuples(numbers, numbers).map(sorted), values=st.lists(numbers, min_size=1))
def test_a_number_in_the_range_is_kept_to_half_a_unit_and_one_outside_is_moved_to_its_end(
    ends: list[float], values: list[float]
) -> None:
    scale = Scale.of(*ends)
    low = min(ends[0], 0.0)
    high = max(ends[1], 0.0, low + 1e-6)  # a range of nothing but 0 is widened
    given = np.array(values, dtype=np.float32)
    again = (scale.quantised(given).astype(np.float64) - scale.zero) * scale.unit
    assert np.abs(again - np.clip(given, low, high)).max() <= 0.501 * scale.unit


@few
@given(ends=st.tuples(numbers, numbers).map(sorted))
def test_nothing_stays_nothing(ends: list[float]) -> None:
    scale = Scale.of(*ends)
    assert scale.quantised(np.zeros(1, dtype=np.float32))[0] == scale.zero
