"""A process that does nothing but multiply whole numbers, on one core."""

from __future__ import annotations

import base64
import json
import sys
from itertools import repeat as endlessly

import numpy as np

from evaluation.speed.encoder_share import bound
from evaluation.speed.repeating import keep_to, repeat, told
from models.encoder import BUDGET
from models.onnx_runtime import one_thread_session


def main(core: str) -> None:
    """Multiply what stands in the graphs on the input, one after another.

    The input is a JSON list of [graph in base64, columns of what it multiplies].
    """
    keep_to(core)
    luck = np.random.default_rng(0)
    products = [
        bound(
            one_thread_session(base64.b64decode(graph)),
            {"given": luck.integers(0, 256, (BUDGET, inner), np.uint8)},
        )
        for graph, inner in json.loads(told())
    ]

    def once() -> int:
        for multiply in products:
            multiply()
        return 1

    repeat(endlessly(once))


if __name__ == "__main__":
    main(*sys.argv[1:])
