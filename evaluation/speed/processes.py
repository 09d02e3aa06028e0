"""What a second process adds, beside what the computer gives a second one that only multiplies."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import ttest_1samp

from evaluation.speed.errors import ProcessError
from evaluation.speed.results import SecondProcess
from models.encoder import cores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.speed.comments import SpeedData
    from evaluation.speed.given import ProductGroup

TURNS = 4
"""Turns of a round."""
_TAGGING = "evaluation.speed.tagging_process"
_MULTIPLYING = "evaluation.speed.product_process"
_ONE_THREAD = {"TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}


def measure_processes(
    model: str, data: SpeedData, products: Sequence[ProductGroup], rounds: int, seconds: float
) -> SecondProcess:
    """Tag with one process and with two, and multiply with one and with two, by turns.

    The products are all of the encoder's, one after another: as in it, their weights are more than
    a core's own cache holds. What is compared differs by less than one turn from the next, so each
    round has several, and what they say together has an interval: Student's, of the logarithms.

    Args:
        model: Name or folder of the artefact.
        data: The test comments are tagged, over and over.
        products: What to multiply.
        rounds: How often, each time with `TURNS` turns.
        seconds: How long each turn has each of the four.
    """
    comments = json.dumps([data.test.texts, data.test.questions])
    graphs = [(group.whole, group.inner) for group in products]
    turns = [
        (
            rate_of(1, _TAGGING, (model,), comments, seconds),
            rate_of(2, _TAGGING, (model,), comments, seconds),
            products_a_second(graphs, 1, seconds),
            products_a_second(graphs, 2, seconds),
        )
        for _ in range(TURNS * rounds)
    ]
    one_tags, two_tag, one_product, two_products = np.array(turns).T
    tagging_grows, product_grows = two_tag / one_tags, two_products / one_product
    beside = np.log(tagging_grows / product_grows)
    low, high = ttest_1samp(beside, 0.0).confidence_interval(0.95)
    return SecondProcess(
        turns=len(turns),
        one_tags=float(np.median(one_tags)),
        two_tag=float(np.median(two_tag)),
        tagging_grows=float(np.median(tagging_grows)),
        product_grows=float(np.median(product_grows)),
        beside_product=float(np.exp(beside.mean())),
        beside_product_low=float(np.exp(low)),
        beside_product_high=float(np.exp(high)),
    )


def products_a_second(graphs: Sequence[tuple[bytes, int]], processes: int, seconds: float) -> float:
    """Count how often some processes together run graphs of products, one after another.

    Args:
        graphs: ONNX graphs that take ``given``, (tokens, inner) of unsigned 8 bits, and inner.
        processes: How many multiply at the same time, on one thread each.
        seconds: How long.

    Raises:
        ProcessError: One of them has ended.
    """
    told = json.dumps([(base64.b64encode(graph).decode("ascii"), inner) for graph, inner in graphs])
    return rate_of(processes, _MULTIPLYING, (), told, seconds)


def rate_of(
    processes: int, module: str, arguments: Sequence[str], told: str, seconds: float
) -> float:
    """Add up what some processes do in a second, at the same time and on a core each.

    Args:
        processes: How many.
        module: What they run; it keeps to `evaluation.speed.repeating`.
        arguments: Given to it.
        told: A line for its input.
        seconds: How long.

    Raises:
        ProcessError: One of them has ended.
    """
    usable = cores()
    with ExitStack() as stack:
        started = [
            stack.enter_context(_start(module, [str(usable[place % len(usable)]), *arguments]))
            for place in range(processes)
        ]
        for process in started:
            _tell(process, told)
        for process in started:
            _line(process)
        for process in started:
            _tell(process, str(seconds))
        return sum(float(_line(process)) for process in started)


def _start(module: str, arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - Sayso itself
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | _ONE_THREAD,
    )


def _tell(process: subprocess.Popen[str], line: str) -> None:
    if process.stdin:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise ProcessError("a process whose speed was to be measured has ended")
    return line.strip()
