"""onnxruntime, kept from reporting home.

On its first import it opens a database in the user's folder and notes there what it is to report of
the machine and its use, unless the environment says no before. So it is imported from here alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["one_thread_session", "ort"]

SLOW = ["SkipLayerNormFusion"]
"""What onnxruntime calls optimisation and makes a graph slower: a norm of a sum in one step takes
several times as long as both in two."""


def one_thread_session(graph: Path | bytes) -> ort.InferenceSession:
    """Make a graph, a file or what stands in one, ready to run on the thread that asks for it.

    Raises:
        Exception: onnxruntime cannot run it; it raises several types of its own, none public.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    given = graph if isinstance(graph, bytes) else str(graph)
    return ort.InferenceSession(
        given, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW
    )
