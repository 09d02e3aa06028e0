"""Fine-tuning with transformers' Trainer: batches by length, checkpoints, early stopping."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from datasets import Dataset
from safetensors import SafetensorError, safe_open
from sentence_transformers import SentenceTransformer
from sklearn.metrics import average_precision_score
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import (
    EarlyStoppingCallback,
    ProgressCallback,
    Trainer,
    TrainingArguments,
    set_seed,
)
from transformers.trainer import TRAINER_STATE_NAME
from transformers.utils import SAFE_WEIGHTS_NAME

from models.encoding import CommentEncoder, EncodingLimits, Window, pad
from training.apart import Apart
from training.base_model import base_folder
from training.byte_dropout import with_byte_dropout
from training.convolution import Convolution
from training.encoder_graph import refuse_other_kinds
from training.joined import contrasted, joined
from training.joint import shares
from training.mpnet import Mpnet
from training.narrowed import SAMPLE, narrow
from training.network import ThemeNetwork

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel, TrainerCallback, TrainerControl, TrainerState
    from transformers.trainer_utils import EvalPrediction

    from labelled_data import DistinctComments, Span
    from training.recipe import EncoderPart

    Floats = npt.NDArray[np.float32]

PREDICTION_BATCH = 32
RANKING = "average_precision"
CHECKPOINT = "checkpoint-"


@dataclass(frozen=True, slots=True)
class FineTuned:
    """A fine-tuned network with the tokenizer it reads through."""

    network: ThemeNetwork
    tokenizer: Tokenizer
    limits: EncodingLimits

    def scores(
        self, texts: Sequence[str], questions: Sequence[str | None], *, bfloat16: bool = False
    ) -> Floats:
        """Score comments.

        Args:
            texts: Comments.
            questions: What each one answers.
            bfloat16: Multiply in bfloat16 rather than float32: in less than half the time where
                the processor can, with log-odds that are off by about 0.01.

        Returns:
            (comments, themes, 3): log-odds of the theme, of praise and of blame, each the highest
            over a comment's windows.
        """
        if not texts:
            return np.zeros((0, len(self.network.bias), 3), dtype=np.float32)
        encoder = CommentEncoder(self.tokenizer, self.limits)
        windows = [encoder.windows(t, q) for t, q in zip(texts, questions, strict=True)]
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            scores = self._scores([window for group in windows for window in group])
        ends = np.cumsum([len(group) for group in windows])
        return np.stack([part.max(axis=0) for part in np.split(scores, ends[:-1])])

    def _scores(self, windows: list[Window]) -> Floats:
        order = np.argsort([len(window.ids) for window in windows], kind="stable")
        scores = np.zeros((len(windows), len(self.network.bias), 3), dtype=np.float32)
        self.network.eval()
        for start in range(0, len(order), PREDICTION_BATCH):
            rows = order[start : start + PREDICTION_BATCH]
            inputs = pad([windows[row] for row in rows])
            reading = self.network.read(
                **{name: torch.from_numpy(array) for name, array in inputs.items()}
            )
            scores[rows, :, 0] = reading.logits.float().numpy()
            scores[rows, :, 1:] = reading.polarity.float().numpy()
        return scores


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long one training lasts and where it keeps its checkpoints.

    Attributes:
        epochs: Passes over the data.
        seed: Seed of weights, order and dropout.
        folder: Holds the checkpoints, for the caller to remove. One left by a killed run makes the
            next one go on from the last epoch that was saved whole, or end at once after the last.
        name: Shown beside the progress bar.
    """

    epochs: int
    seed: int
    folder: Path
    name: str


def fine_tune(
    train: DistinctComments,
    settings: EncoderPart,
    schedule: Schedule,
    validation: DistinctComments | None = None,
    watched_by: Sequence[TrainerCallback] = (),
) -> FineTuned:
    """Fine-tune the base model on examples.

    Args:
        train: What to learn from.
        settings: The recipe's part on the encoder.
        schedule: Epochs, seed and checkpoint folder.
        validation: Comments of another fold; training stops early when they are no longer ranked
            better, and the best epoch is kept.
        watched_by: Who is told of each step.

    Returns:
        The network in evaluation mode.
    """
    set_seed(schedule.seed)
    torch.use_deterministic_algorithms(True)
    # else every new array is filled with NaN, a tenth of a step's time
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    model, tokenizer = _base(settings)
    limits = EncodingLimits(settings.question_tokens, settings.window_tokens)
    comments = CommentEncoder(tokenizer, limits)
    encoder = _instead(model, tokenizer, settings) or model
    if (settings.heads or settings.inner) and not isinstance(encoder, Convolution | Mpnet):
        some = _some_windows(train, comments, schedule.seed)
        narrow(encoder, some, settings.heads, settings.inner)
    prior = torch.tensor(shares(train.targets), dtype=torch.float32)
    network = ThemeNetwork(encoder, prior, settings)
    with_byte_dropout(network)
    learnt = train.and_also(joined(train, settings.joined, schedule.seed)).and_also(
        contrasted(train, settings.contrasted, schedule.seed)
    )
    trainer = _trainer(network, settings, schedule, comments, learnt, validation)
    for watcher in watched_by:
        trainer.add_callback(watcher)
    with _quickest_attention(model, settings):
        trainer.train(resume_from_checkpoint=_last_checkpoint(schedule.folder))
    return FineTuned(network.eval(), tokenizer, limits)


@contextmanager
def _quickest_attention(model: PreTrainedModel, settings: EncoderPart) -> Iterator[None]:
    """Let a model attend meanwhile by plain products, where it learns faster by them.

    In bfloat16 the gradients of PyTorch's fused attention take ten times as long as those of plain
    products, and a third of a step. What it learns is the same.
    """
    if not uses_bfloat16(settings):
        yield
        return
    usual = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        with sdpa_kernel(SDPBackend.MATH):  # for layers of PyTorch's own
            yield
    finally:
        model.set_attn_implementation(usual)


def _trainer(
    network: ThemeNetwork,
    settings: EncoderPart,
    schedule: Schedule,
    encoder: CommentEncoder,
    train: DistinctComments,
    validation: DistinctComments | None,
) -> Trainer:
    trainer = Trainer(
        model=network,
        args=_arguments(settings, schedule, validated=validation is not None),
        train_dataset=_dataset(train, encoder),
        eval_dataset=_dataset(validation, encoder) if validation else None,
        data_collator=_collate,
        compute_metrics=_ranking,
        optimizers=(optimiser(network, settings), None),
        callbacks=[EarlyStoppingCallback(settings.patience)] if validation else None,
    )
    trainer.remove_callback(ProgressCallback)
    trainer.add_callback(_Progress())
    return trainer


class _Progress(ProgressCallback):
    """Writes losses to stderr, beside its bar; the original writes them among the results."""

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: object,
    ) -> None:
        if self.training_bar is not None and logs:
            self.training_bar.write(str(logs), file=sys.stderr)


def _arguments(settings: EncoderPart, schedule: Schedule, validated: bool) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(schedule.folder),
        run_name=schedule.name,
        num_train_epochs=schedule.epochs,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=PREDICTION_BATCH,
        train_sampling_strategy="group_by_length",
        lr_scheduler_type="linear",
        warmup_steps=settings.warm_up,
        bf16=uses_bfloat16(settings),
        use_cpu=True,
        seed=schedule.seed,
        save_strategy="epoch",
        save_total_limit=1,
        eval_strategy="epoch" if validated else "no",
        load_best_model_at_end=validated,
        metric_for_best_model=RANKING,
        greater_is_better=True,
        logging_strategy="epoch",
        disable_tqdm=False,
        report_to="none",
        remove_unused_columns=False,
        label_names=["labels"],
        max_grad_norm=1.0,
    )


def uses_bfloat16(settings: EncoderPart) -> bool:
    """Tell whether training multiplies in bfloat16: faster where the processor can."""
    if settings.precision == "auto":
        return bool(torch.cpu._is_avx512_bf16_supported())
    return settings.precision == "bfloat16"


def optimiser(network: ThemeNetwork, settings: EncoderPart) -> torch.optim.AdamW:
    """Let layers learn the faster the later they come, and what is new at a rate of its own.

    What a base model's first layers know holds for any task (Howard and Ruder 2018, arXiv
    1801.06146): by ``layer_decay`` they change less.
    """
    layers = _layers(network)
    rates: dict[int, float] = {}
    for depth, layer in enumerate(reversed(layers)):
        rates |= {id(p): settings.layer_decay**depth for p in layer.parameters()}
    first = settings.layer_decay ** len(layers)
    groups: dict[float, list[torch.nn.Parameter]] = {}
    inner = {id(parameter) for parameter in network.encoder.parameters()}
    for each in (parameter for parameter in network.parameters() if parameter.requires_grad):
        own = settings.learning_rate * rates.get(id(each), first)
        rate = own if id(each) in inner else settings.head_learning_rate
        groups.setdefault(rate, []).append(each)
    given = [{"params": parameters, "lr": rate} for rate, parameters in groups.items()]
    return torch.optim.AdamW(given, weight_decay=settings.weight_decay, fused=True)


def _layers(network: ThemeNetwork) -> list[torch.nn.Module]:
    """Give the layers of its encoder, from the first; a convolution has none."""
    if isinstance(network.encoder, Convolution):
        return []
    if isinstance(network.encoder, Mpnet):
        return list(network.encoder.layers)
    model = network.encoder.model if isinstance(network.encoder, Apart) else network.encoder
    stack: torch.nn.ModuleList = model.encoder.layer  # type: ignore[assignment,union-attr]
    return list(stack)


def _some_windows(examples: DistinctComments, encoder: CommentEncoder, seed: int) -> list[Window]:
    drawn = np.random.default_rng(seed).permutation(len(examples))[:SAMPLE].tolist()
    return [encoder.windows(examples.texts[row], examples.questions[row])[0] for row in drawn]


def _dataset(examples: DistinctComments, encoder: CommentEncoder) -> Dataset:
    pairs = zip(examples.texts, examples.questions, strict=True)
    windows = [encoder.windows(text, question)[0] for text, question in pairs]
    told = [_told(window, *each) for window, each in zip(windows, _evidence(examples), strict=True)]
    return Dataset.from_dict(
        {
            "input_ids": [window.ids for window in windows],
            "head": [window.head for window in windows],
            "labels": examples.targets.astype(np.float32),
            "polarity": examples.polarity.reshape(len(examples), -1).astype(np.float32),
            "evidence": told,
        }
    )


def _evidence(examples: DistinctComments) -> Iterator[tuple[list[int], list[tuple[Span, ...]]]]:
    for told in examples.evidence:
        yield list(told.keys()), list(told.values())


def _told(window: Window, themes: list[int], spans: list[tuple[Span, ...]]) -> list[list[int]]:
    """Give for each theme its column and then the places of the tokens that carry it."""
    places = [
        [
            window.head + place
            for place, token in enumerate(window.spans)
            if any(span.start <= token.start and token.end <= span.end for span in each)
        ]
        for each in spans
    ]
    return [[theme, *tokens] for theme, tokens in zip(themes, places, strict=True) if tokens]


def _collate(rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    inputs = pad([Window(row["input_ids"], row["head"], ()) for row in rows])
    batch = {name: torch.from_numpy(array) for name, array in inputs.items()}
    batch["labels"] = torch.tensor([row["labels"] for row in rows])
    shape = (*batch["labels"].shape, 2)
    batch["polarity"] = torch.tensor([row["polarity"] for row in rows]).reshape(shape)
    evidence = torch.zeros((*batch["input_ids"].shape, shape[1]), dtype=torch.bool)
    for place, row in enumerate(rows):
        for theme, *tokens in row["evidence"]:
            evidence[place, tokens, theme] = True
    batch["evidence"] = evidence
    return batch


def _ranking(outcome: EvalPrediction) -> dict[str, float]:
    """Average precision over all known decisions pooled.

    The loss on unseen comments rises while the ranking still gets better, and calibration mends
    what the loss minds.
    """
    targets, scores = np.asarray(outcome.label_ids), np.asarray(outcome.predictions)
    known = ~np.isnan(targets)
    return {RANKING: float(average_precision_score(targets[known] >= 0.5, scores[known]))}


def _base(settings: EncoderPart) -> tuple[PreTrainedModel, Tokenizer]:
    # torch has a fast attention for processors, but not with dropout inside it
    changed: dict[str, object] = {"attention_probs_dropout_prob": 0.0}
    if settings.activation:
        changed["hidden_act"] = settings.activation
    place = base_folder(settings.base)
    transformer = SentenceTransformer(place, device="cpu", config_kwargs=changed)[0]
    model: PreTrainedModel = transformer.auto_model  # type: ignore[assignment]
    refuse_other_kinds(model)  # rather now than after an hour
    if settings.layers is not None:
        stack: torch.nn.ModuleList = model.encoder.layer  # type: ignore[assignment,union-attr]
        del stack[settings.layers :]
        model.config.num_hidden_layers = len(stack)
    tokenizer: Tokenizer = transformer.tokenizer.backend_tokenizer  # type: ignore[assignment,union-attr]
    return model, tokenizer


def base_words(settings: EncoderPart) -> tuple[Tokenizer, Floats]:
    """Give the tokenizer and the (vocabulary, h) embeddings of the base model."""
    model, tokenizer = _base(settings)
    words: torch.nn.Embedding = model.get_input_embeddings()  # type: ignore[assignment]
    return tokenizer, words.weight.detach().float().numpy()


def _instead(
    model: PreTrainedModel, tokenizer: Tokenizer, settings: EncoderPart
) -> Apart | Convolution | Mpnet | None:
    """Give what reads in the base model's place, if anything does."""
    if settings.mpnet is not None:
        return Mpnet(settings.mpnet, tokenizer)
    if settings.convolution is None:
        return Apart(model) if settings.apart else None
    words: torch.nn.Embedding = model.get_input_embeddings()  # type: ignore[assignment]
    return Convolution(words, settings.convolution, settings.dropout)


def _last_checkpoint(folder: Path) -> str | None:
    """Give the last checkpoint that was not still being saved when its run was killed."""
    whole = [place for place in folder.glob(f"{CHECKPOINT}*") if _is_whole(place)]
    steps = {int(place.name.removeprefix(CHECKPOINT)): str(place) for place in whole}
    return steps[max(steps)] if steps else None


def _is_whole(checkpoint: Path) -> bool:
    """Tell whether what is saved first and what is saved last can be read."""
    try:
        json.loads((checkpoint / TRAINER_STATE_NAME).read_text("utf-8"))
        with safe_open(checkpoint / SAFE_WEIGHTS_NAME, framework="pt"):
            return True
    except (OSError, ValueError, SafetensorError):
        return False
