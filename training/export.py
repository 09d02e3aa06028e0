"""Export of the trained encoder: ONNX, int8, and proof that it still answers the same."""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import torch
from scipy.special import expit
from torch import Tensor, nn

from models.encoder import GRAPH, TOKENIZER
from models.theme_head import ThemeHead
from training.errors import ParityError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from models.encoder import Encoder
    from training.fine_tune import FineTuned
    from training.network import ThemeNetwork

OPSET = 20
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class _Graph(nn.Module):
    """The part of the network that all codebooks share: token ids in, states out."""

    def __init__(self, network: ThemeNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        return self.network.states(input_ids, attention_mask, token_type_ids)


def export(tuned: FineTuned, folder: Path) -> None:
    """Write ``encoder.onnx`` (int8) and ``tokenizer.json`` into an artefact's folder.

    Weights are quantised per channel to seven bits of their eight, since processors without VNNI
    add pairs of eight-bit products in sixteen bits and overflow otherwise.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic  # after models.onnx_runtime

    with tempfile.TemporaryDirectory() as work:
        plain = Path(work) / "float32.onnx"
        _export_float(tuned.network, plain)
        quantize_dynamic(
            plain,
            folder / GRAPH,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    tuned.tokenizer.no_truncation()
    tuned.tokenizer.no_padding()
    tuned.tokenizer.save(str(folder / TOKENIZER))


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
    exported = expit(np.stack([reading.logits for reading in encoder.read(texts, questions)]))
    plain = expit(tuned.scores(texts, questions)[:, columns, 0])
    difference = float(np.abs(exported - plain).mean())
    if difference > tolerance:
        raise ParityError(
            f"the exported encoder's scores differ from the trained network's by {difference:.4f}"
            f" on average, more than {tolerance}"
        )
    return difference


def _export_float(network: ThemeNetwork, path: Path) -> None:
    ids = torch.randint(1000, 2000, (2, 12))
    example = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    axes = {0: torch.export.Dim("windows", max=4096), 1: torch.export.Dim("tokens", max=512)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "# The axis name", UserWarning)  # shared, as intended
        program = torch.onnx.export(
            _Graph(network).eval(),
            example,
            dynamo=True,
            verbose=False,
            input_names=list(INPUTS),
            output_names=["states"],
            dynamic_shapes=(axes, axes, axes),
            opset_version=OPSET,
        )
    if program is None:
        raise ParityError("torch gave no graph to export")
    model = program.model_proto
    del model.graph.value_info[:]  # shapes noted while tracing confuse the quantiser
    onnx.save(model, path)
