"""Export of the trained encoder: ONNX, int8, and proof that it still answers the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save
from scipy.special import expit

from models.artefact import EMBEDDINGS, GRAPH, TOKENIZER, file_sha256
from models.encoder import ABSENT, ASKED, Encoder, mean_word
from models.encoding import CommentEncoder
from models.onnx_runtime import ort
from models.theme_head import ThemeHead
from training.encoder_graph import EncoderWeights, centred, encoder_graph, word_scale
from training.errors import ParityError
from training.graph_nodes import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import onnx
    from torch import Tensor

    from labelled_data import DistinctComments
    from models.encoding import Window
    from training.fine_tune import FineTuned
    from training.network import ThemeNetwork

    Floats = npt.NDArray[np.float32]

RANGE_STEP = 3
"""One token in so many is looked at."""
CLIPPED = 1e-4
"""Share of an activation's numbers at either end that may be clipped for a finer scale."""
LOW, HIGH = 0.01, 0.99
"""Shares of a channel's numbers between whose quantiles its middle lies."""
RANGE_COMMENTS = 400
"""Comments by which an export finds its scales."""
SCORED_AT_ONCE = 10_000
HEADS_APART = 4
"""Dimensions of attention's output before its heads are put side by side."""


def export(
    tuned: FineTuned,
    folder: Path,
    texts: Sequence[str],
    questions: Sequence[str | None],
    name: str = GRAPH,
) -> None:
    """Write ``encoder.onnx`` (int8) into an artefact's folder.

    Args:
        tuned: The trained network.
        folder: The artefact's folder.
        texts: Comments such as it will read, from which the scales of activations are learnt: some
            hundred.
        questions: What each one answers.
        name: Another name for the graph.

    Raises:
        TrainingError: The network's encoder is of a kind that cannot be exported.
    """
    encoder = tuned.network.encoder
    comments = CommentEncoder(tuned.tokenizer, tuned.limits)
    windows = [each[0] for each in comments.windows_of(texts, questions)]
    graph = quantised_graph(EncoderWeights.of(encoder), windows)
    (folder / name).write_bytes(graph.SerializeToString())


def export_vocabulary(tuned: FineTuned, folder: Path) -> None:
    """Write the embeddings and the tokenizer, the same for all encoders of one base model."""
    weights = tuned.network.words.weight.detach().float().numpy()
    words = Scale.over(weights).quantised(weights)
    (folder / EMBEDDINGS).write_bytes(save({"words": words}))
    tuned.tokenizer.save(str(folder / TOKENIZER))


def quantised_graph(weights: EncoderWeights, windows: Sequence[Window]) -> onnx.ModelProto:
    """Build the int8 graph, its scales learnt from windows such as it will read.

    Activations are first shifted so that each channel lies about 0, see ``centred``; then the range
    of each is taken, but for a few of the largest and smallest numbers.
    """
    seen = _activations(weights, windows)
    middles = {name: np.quantile(v, [LOW, HIGH], axis=0).mean(axis=0) for name, v in seen.items()}
    weights = centred(weights, {name: v.astype(np.float32) for name, v in middles.items()})
    ranges = {
        name: (float(np.quantile(v, CLIPPED)), float(np.quantile(v, 1 - CLIPPED)))
        for name, v in _activations(weights, windows).items()
    }
    return encoder_graph(weights, ranges)


def _activations(weights: EncoderWeights, windows: Sequence[Window]) -> dict[str, Floats]:
    """Run the encoder in float32: for each activation that is multiplied, (tokens, channels).

    One that reads comments apart is run as if it did not, which moves activations by next to
    nothing.
    """
    weights = replace(weights, apart=False)
    session = ort.InferenceSession(
        encoder_graph(weights).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    names = [output.name for output in session.get_outputs() if output.name != "states"]
    words = word_scale(weights).quantised(weights.words)
    seen: dict[str, list[Floats]] = {name: [] for name in names}
    for window in windows:
        inputs = _inputs(window, words, weights)
        for name, values in zip(names, session.run(names, inputs), strict=True):
            seen[name].append(_by_token(values)[::RANGE_STEP])
    return {name: np.concatenate(values) for name, values in seen.items()}


def _inputs(
    window: Window, words: npt.NDArray[np.uint8], weights: EncoderWeights
) -> dict[str, npt.NDArray[np.generic]]:
    """Give what the graph of an encoder takes in of a window, see ``encoder_graph``."""
    if weights.near is None:
        parts = np.arange(len(window.ids)) >= window.head
        return {"words": words[window.ids][None], "parts": parts.astype(np.int64)[None]}
    own, asked = words[window.ids[window.head :]], mean_word(words, window.ids[: window.head])
    inputs: dict[str, npt.NDArray[np.generic]] = {"words": own[None], ASKED: asked[None]}
    if weights.layers:
        inputs[ABSENT] = np.zeros((1, len(own)), dtype=np.float32)
    return inputs


def _by_token(values: Floats) -> Floats:
    """Lay out an activation as (tokens, channels); heads stand before tokens in attention's."""
    if values.ndim == HEADS_APART:
        tokens, windows = values.shape[2], values.shape[0]
        return values.transpose(2, 0, 1, 3).reshape(tokens * windows, -1)
    return values.reshape(-1, values.shape[-1])


def exported_scores(tuned: FineTuned, data: DistinctComments) -> Floats:
    """Score comments as ``FineTuned.scores`` does, by the network as it is exported.

    Args:
        tuned: The trained network.
        data: Comments, some of which set the scales of the export.
    """
    scores = np.zeros((*data.targets.shape, 3), dtype=np.float32)
    comments = CommentEncoder(tuned.tokenizer, tuned.limits)
    with TemporaryDirectory() as made:
        folder = Path(made)
        some = data.take(np.unique(np.linspace(0, len(data) - 1, RANGE_COMMENTS, dtype=np.int64)))
        export(tuned, folder, some.texts, some.questions)
        export_vocabulary(tuned, folder)
        files = folder / GRAPH, folder / EMBEDDINGS
        hashes = file_sha256(files[0]), file_sha256(files[1])
        encoder = Encoder(*files, head_of(tuned.network, slice(None)), hashes)
        for start in range(0, len(data), SCORED_AT_ONCE):
            rows = slice(start, start + SCORED_AT_ONCE)
            windows = comments.windows_of(data.texts[rows], data.questions[rows])
            readings = encoder.read(data.texts[rows], windows)
            scores[rows, :, 0] = [reading.logits for reading in readings]
            scores[rows, :, 1:] = [reading.polarity for reading in readings]
    return scores


def head_of(network: ThemeNetwork, columns: slice) -> ThemeHead:
    """Give the head that reads the themes in some columns of the network."""

    def array(values: Tensor) -> npt.NDArray[np.float32]:
        return np.ascontiguousarray(values.detach().float().numpy())

    return ThemeHead(
        attention=array(network.attention.weight[columns].T),
        readout=array(network.readout[columns]),
        bias=array(network.bias[columns]),
        polarity_attention=array(network.polarity_attention.weight.T),
        polarity=array(network.polarity.weight.T),
        polarity_bias=array(network.polarity.bias),
    )


def check_parity(
    tuned: FineTuned,
    encoder: Encoder,
    columns: slice,
    texts: Sequence[str],
    questions: Sequence[str | None],
    tolerance: float,
) -> float:
    """Compare an exported encoder and head with the network they come from, comment by comment.

    Args:
        tuned: The trained network, in float32.
        encoder: The exported encoder with the head of one codebook.
        columns: Columns of that codebook's themes in the network.
        texts: Comments to compare on.
        questions: What each one answers.
        tolerance: Largest mean difference of probabilities allowed, 0 to 1.

    Returns:
        The mean absolute difference of probabilities.

    Raises:
        ParityError: The difference is larger than allowed.
    """
    windows = CommentEncoder(tuned.tokenizer, tuned.limits).windows_of(texts, questions)
    exported = expit(np.stack([reading.logits for reading in encoder.read(texts, windows)]))
    plain = expit(tuned.scores(texts, questions)[:, columns, 0])
    difference = float(np.abs(exported - plain).mean())
    if difference > tolerance:
        raise ParityError(
            f"the exported encoder's scores differ from the trained network's by {difference:.4f}"
            f" on average, more than {tolerance}"
        )
    return difference
