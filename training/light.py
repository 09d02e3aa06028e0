"""Light training: a head of its own for a codebook, on the encoder of a shipped model.

The shipped encoder has learnt how people write of care; a few dozen examples a theme are enough to
say where to look in what it makes of a comment. The codebook's own definitions and examples are
learnt from too.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models import load
from models.artefact import EMBEDDINGS, GRAPH, TOKENIZER
from training.dataset import in_english, learnable
from training.decide import OutOfFold, decide
from training.errors import TrainingError
from training.finish import Finished, finish, training_record
from training.fit_head import fit_head
from training.fit_ngrams import fit_ngrams
from training.out_of_fold import folds

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from evaluation import Evaluation
    from labelled_data import Codebook, DistinctComments
    from models import Tagger
    from models.theme_head import ThemeHead
    from training.recipe import Recipe
    from training.source import Source

    Floats = npt.NDArray[np.floating]
    Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Labelled comments and the codebook's own words, as an encoder's states.

    Attributes:
        data: n comments.
        sample: How many of them, from the first, are a sample of what people say; the rest show
            nothing of how to decide.
        states: For each comment, (tokens, h).
        words: For each definition or example of the codebook, (tokens, h).
        meant: (definitions and examples, themes) what each one is about.
    """

    data: DistinctComments
    sample: int
    states: list[Floats]
    words: list[Floats]
    meant: Floats

    def head(self, rows: Rows, base: ThemeHead, recipe: Recipe) -> ThemeHead:
        """Fit a head to some of the comments and to the codebook's words."""
        states = [self.states[row] for row in rows] + self.words
        targets = np.concatenate([self.data.targets[rows], self.meant])
        return fit_head(states, targets, base, recipe.light, recipe.seed)


def train_light(recipe: Recipe, source: Source, out: Path) -> Evaluation | None:
    """Train an artefact for a codebook of one's own, in about a minute.

    Args:
        recipe: A recipe with the method ``light``.
        source: What its codebook is learnt from.
        out: The artefact's folder, which must not exist yet; it appears whole or not at all.

    Returns:
        The figures on the test comments, ``None`` where none were kept.

    Raises:
        TrainingError: The output exists, or the data is too small.
        UnknownModelError: No model is shipped under the name the recipe gives.
    """
    if out.exists():
        raise TrainingError(f"{out}: exists already; choose another output folder")
    themes = source.codebook.theme_ids
    sample = learnable(source.separated()[0], themes)
    data = sample.and_also(in_english(source.learnt_only(), themes))
    base = load(recipe.light.encoder_of)
    lesson = _gather(data, len(sample), source.codebook, base, recipe)
    draft = out.parent / f".{out.name}.training"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        figures = _write(draft, lesson, base, recipe, source)
        draft.replace(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return figures


def _write(
    draft: Path, lesson: _Lesson, base: Tagger, recipe: Recipe, source: Source
) -> Evaluation | None:
    everything = np.arange(len(lesson.data))
    scored = _out_of_fold(lesson, base, recipe)
    lesson.head(everything, base.head, recipe).save(draft)
    fit_ngrams(lesson.data, recipe.ngrams, recipe.seed).save(draft)
    for name in (GRAPH, EMBEDDINGS, TOKENIZER):
        shutil.copyfile(base.file(name), draft / name)
    name = f"{base.manifest.id} {base.manifest.version}"
    comments = len(lesson.data), len(lesson.data) - lesson.sample
    record = training_record(recipe, source, comments, name, source.files)
    done = Finished(decide(scored, recipe.decision), base.limits, record)
    return finish(draft, recipe, source, done)


def _gather(
    data: DistinctComments, sample: int, codebook: Codebook, base: Tagger, recipe: Recipe
) -> _Lesson:
    words = [
        (text, column)
        for column, theme in enumerate(codebook.themes if recipe.light.definitions else ())
        for text in (theme.definition, *(example.text for example in theme.included_examples))
    ]
    return _Lesson(
        data=data,
        sample=sample,
        states=base.states(data.texts, data.questions),
        words=base.states([text for text, _ in words], [None] * len(words)),
        meant=np.eye(len(codebook.themes))[[column for _, column in words]],
    )


def _out_of_fold(lesson: _Lesson, base: Tagger, recipe: Recipe) -> OutOfFold:
    """Score each comment of the sample by a head and n-grams that have not seen it."""
    data = lesson.data
    encoder, ngrams = np.zeros(data.targets.shape), np.zeros(data.targets.shape)
    polarity = np.zeros(data.polarity.shape)
    for fold in folds(data, recipe):
        head = lesson.head(fold.seen, base.head, recipe)
        for row in fold.held:
            reading = head.read(lesson.states[row])
            encoder[row], polarity[row] = reading.logits, reading.polarity
        held = data.take(fold.held)
        counted = fit_ngrams(data.take(fold.seen), recipe.ngrams, recipe.seed)
        ngrams[fold.held] = counted.logits(held.texts, held.questions)
    scored = encoder, ngrams, data.targets, polarity, data.polarity
    return OutOfFold(*(array[: lesson.sample] for array in scored))
