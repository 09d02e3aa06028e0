"""A process that does nothing but multiply whole numbers, on one core."""

from __future__ import annotations

import base64
import sys
from itertools import repeat as endlessly

import numpy as np

from evaluation.speed.encoder_share import bound
from evaluation.speed.repeating import keep_to, repeat, told
from models.encoder import BUDGET
from models.onnx_runtime import one_thread_session


def main(core: str, inner: str) -> None:
    """Multiply what stands in the graph on the input."""
    keep_to(core)
    session = one_thread_session(base64.b64decode(told()))
    given = np.random.default_rng(0).integers(0, 256, (BUDGET, int(inner)), np.uint8)
    multiply = bound(session, {"given": given})

    def once() -> int:
        multiply()
        return 1

    repeat(endlessly(once))


if __name__ == "__main__":
    main(*sys.argv[1:])
