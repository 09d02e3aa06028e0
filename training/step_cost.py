"""What a step of training costs, beside nothing but the matrix products that it is made of.

The products of a step, forwards and backwards, are noted while it runs and then run again alone, on
tensors of the same shapes, layouts and types. What they take, another way to write the step would
take as well. Noting them takes time itself, so that their share is told too low.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import TrainerCallback

from training.fine_tune import Schedule, fine_tune
from training.out_of_fold import teacher_settings
from training.pipeline import student_settings
from training.quick import quick_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from torch._ops import OpOverload
    from transformers import TrainerControl, TrainerState, TrainingArguments

    from labelled_data import DistinctComments
    from training.recipe import EncoderPart, Recipe

ATEN = torch.ops.aten
PRODUCTS = (
    ATEN.mm,
    ATEN.addmm,
    ATEN.bmm,
    ATEN.baddbmm,
    ATEN.convolution,
    ATEN.convolution_backward,
)
WARM_UP = 2
"""Steps that are not measured, while memory is first laid hold of."""


@dataclass(frozen=True, slots=True)
class StepCost:
    """What the steps of one network cost.

    Attributes:
        network: Which of a recipe's.
        comments: Comments of a step.
        steps: How many were measured.
        milliseconds: Of a step, on average.
        products_milliseconds: Of its matrix products alone.
    """

    network: str
    comments: int
    steps: int
    milliseconds: float
    products_milliseconds: float

    @property
    def share(self) -> float:
        """Give the share of a step that its products alone would take."""
        return self.products_milliseconds / self.milliseconds


def step_costs(
    data: DistinctComments,
    recipe: Recipe,
    steps: int,
    progress: Callable[[str], None],
) -> Iterator[StepCost]:
    """Run some steps of each network of a recipe.

    Args:
        data: Comments to learn from; as many are drawn as the steps take.
        recipe: What is trained, and how.
        steps: Of each network.
        progress: Told of each network before it is measured.
    """
    networks = {"student": student_settings(recipe), "quick encoder": quick_settings(recipe)}
    if any(part.taught for part in recipe.learn):
        networks = {"teacher": teacher_settings(recipe), **networks}
    for name, settings in networks.items():
        progress(name)
        yield _cost(name, data, settings, steps)


def _cost(name: str, data: DistinctComments, settings: EncoderPart, steps: int) -> StepCost:
    drawn = np.random.default_rng(0).permutation(len(data))
    comments = data.take(np.resize(drawn, (WARM_UP + steps) * settings.batch))
    once = settings.model_copy(update={"joined": 0.0, "contrasted": 0.0})
    products = Products()
    watch = _Watch(products)
    with tempfile.TemporaryDirectory() as folder:
        fine_tune(comments, once, Schedule(1, 0, Path(folder), "steps"), watched_by=[watch])
    return StepCost(
        network=name,
        comments=settings.batch,
        steps=len(watch.seconds),
        milliseconds=1000 * float(np.mean(watch.seconds)),
        products_milliseconds=1000 * products.seconds() / steps,
    )


class _Tensor(NamedTuple):
    """A tensor without its numbers."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    type: torch.dtype

    def drawn(self) -> torch.Tensor:
        """Give one with some numbers."""
        return torch.empty_strided(self.shape, self.strides, dtype=self.type).normal_()


class _Product(NamedTuple):
    """One call of a product, without its numbers."""

    call: OpOverload
    given: tuple[object, ...]
    named: tuple[tuple[str, object], ...]


class Products(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes the matrix products of what runs within it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._noted: Counter[_Product] = Counter()

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        """Note a product, and do what was asked."""
        named = kwargs or {}
        if func.overloadpacket in PRODUCTS:
            given = tuple(_without_numbers(each) for each in args)
            kept = tuple((name, _without_numbers(each)) for name, each in named.items())
            self._noted[_Product(func, given, kept)] += 1
        return func(*args, **named)

    @property
    def noted(self) -> int:
        """How many were noted."""
        return self._noted.total()

    def seconds(self) -> float:
        """Run what was noted again, as often as it was, and tell how long that took."""
        total = 0.0
        for product, times in self._noted.items():
            given = [_with_numbers(each) for each in product.given]
            named = {name: _with_numbers(each) for name, each in product.named}
            product.call(*given, **named)
            since = time.perf_counter()
            for _ in range(times):
                product.call(*given, **named)
            total += time.perf_counter() - since
        return total


class _Watch(TrainerCallback):
    """Takes the time of each step after those that warm up, and has its products noted."""

    def __init__(self, products: Products) -> None:
        self.seconds: list[float] = []
        self._products = products
        self._since = 0.0

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        if state.global_step >= WARM_UP:
            self._products.__enter__()  # type: ignore[no-untyped-call]
            self._since = time.perf_counter()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        if state.global_step > WARM_UP:
            self.seconds.append(time.perf_counter() - self._since)
            self._products.__exit__(None, None, None)  # type: ignore[no-untyped-call]


def _without_numbers(given: object) -> object:
    if isinstance(given, torch.Tensor):
        return _Tensor(tuple(given.shape), given.stride(), given.dtype)
    return tuple(given) if isinstance(given, list) else given


def _with_numbers(noted: object) -> object:
    if isinstance(noted, _Tensor):
        return noted.drawn()
    return list(noted) if isinstance(noted, tuple) else noted
