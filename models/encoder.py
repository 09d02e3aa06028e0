"""The neural half of the tagger: a fine-tuned sentence encoder as an int8 ONNX graph.

Each window is run on its own. Dynamic quantisation picks the scale of activations from everything
in a batch, so batching would let a comment's neighbours move its scores; one window a run makes the
same text give the same answer whatever came with it. Several runs go on at once, one a core.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from models.encoding import CommentEncoder, EncodingLimits, pad
from models.errors import DamagedArtefactError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

GRAPH = "encoder.onnx"
TOKENIZER = "tokenizer.json"


class Encoder:
    """Scores comments with the ONNX graph in an artefact's folder.

    Args:
        folder: Holds ``encoder.onnx`` and ``tokenizer.json``.
        limits: Token limits the graph was trained with.
        threads: Runs at a time; by default one for each core this process may use.

    Raises:
        DamagedArtefactError: The graph or the tokenizer cannot be read.
    """

    def __init__(self, folder: Path, limits: EncodingLimits, threads: int | None = None) -> None:
        self._threads = threads or _cores()
        self._session = _session(folder / GRAPH)
        self._encoder = CommentEncoder(_tokenizer(folder / TOKENIZER), limits)

    def logits(self, texts: Sequence[str], questions: Sequence[str | None]) -> Floats:
        """Score comments: (comments, themes) log-odds, the highest over a comment's windows."""
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self._one, texts, questions)))

    def _one(self, text: str, question: str | None) -> Floats:
        windows = self._encoder.windows(text, question)
        scores: list[Floats] = [self._session.run(["logits"], pad([w]))[0][0] for w in windows]
        return np.asarray(np.max(scores, axis=0), dtype=np.float32)


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises several types of its own, none public
        raise DamagedArtefactError(f"{path}: not a graph that onnxruntime can run") from error


def _tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare Exception
        raise DamagedArtefactError(f"{path}: not a tokenizer that can be read") from error


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
