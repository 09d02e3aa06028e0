"""Fine-tuning with transformers' Trainer: batches by length, checkpoints, early stopping."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformer
from sklearn.metrics import average_precision_score
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import EvalPrediction, get_last_checkpoint

from models.encoding import CommentEncoder, EncodingLimits, pad
from training.base_model import base_folder
from training.network import ThemeNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel

    from labelled_data import DistinctComments
    from training.recipe import EncoderPart

    Floats = npt.NDArray[np.float32]
    Window = tuple[list[int], list[int]]

PREDICTION_BATCH = 32
RANKING = "average_precision"


@dataclass(frozen=True, slots=True)
class FineTuned:
    """A fine-tuned network with the tokenizer it reads through."""

    network: ThemeNetwork
    tokenizer: Tokenizer
    limits: EncodingLimits

    def logits(self, texts: Sequence[str], questions: Sequence[str | None]) -> Floats:
        """Score comments in float32: (comments, themes), the highest over a comment's windows."""
        if not texts:
            return np.zeros((0, len(self.network.bias)), dtype=np.float32)
        encoder = CommentEncoder(self.tokenizer, self.limits)
        windows = [encoder.windows(t, q) for t, q in zip(texts, questions, strict=True)]
        flat = [window for group in windows for window in group]
        scores = self._scores(flat)
        ends = np.cumsum([len(group) for group in windows])
        return np.stack([part.max(axis=0) for part in np.split(scores, ends[:-1])])

    def _scores(self, windows: list[Window]) -> Floats:
        order = np.argsort([len(ids) for ids, _ in windows], kind="stable")
        scores = np.zeros((len(windows), len(self.network.bias)), dtype=np.float32)
        self.network.eval()
        with torch.no_grad():
            for start in range(0, len(order), PREDICTION_BATCH):
                rows = order[start : start + PREDICTION_BATCH]
                inputs = pad([windows[row] for row in rows])
                tensors = {name: torch.from_numpy(array) for name, array in inputs.items()}
                scores[rows] = self.network.read(**tensors)[0].numpy()
        return scores


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long one training lasts and where it keeps its checkpoints.

    Attributes:
        epochs: Passes over the data.
        seed: Seed of weights, order and dropout.
        folder: Holds the checkpoints; removed at the end. A folder left by a killed run makes
            the next one go on from the last whole epoch.
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
) -> FineTuned:
    """Fine-tune the base model on examples.

    Args:
        train: What to learn from.
        settings: The recipe's part on the encoder.
        schedule: Epochs, seed and checkpoint folder.
        validation: Comments of another fold; training stops early when they are no longer ranked
            better, and the best epoch is kept.

    Returns:
        The network in evaluation mode.
    """
    set_seed(schedule.seed)
    torch.use_deterministic_algorithms(True)
    model, tokenizer = _base(settings)
    prior = torch.tensor(train.targets.mean(axis=0), dtype=torch.float32)
    network = ThemeNetwork(model, prior, settings)
    limits = EncodingLimits(settings.question_tokens, settings.window_tokens)
    encoder = CommentEncoder(tokenizer, limits)
    trainer = _trainer(network, settings, schedule, encoder, train, validation)
    trainer.train(resume_from_checkpoint=_last_checkpoint(schedule.folder))
    shutil.rmtree(schedule.folder, ignore_errors=True)
    return FineTuned(network.eval(), tokenizer, limits)


def _trainer(
    network: ThemeNetwork,
    settings: EncoderPart,
    schedule: Schedule,
    encoder: CommentEncoder,
    train: DistinctComments,
    validation: DistinctComments | None,
) -> Trainer:
    return Trainer(
        model=network,
        args=_arguments(settings, schedule, validated=validation is not None),
        train_dataset=_dataset(train, encoder),
        eval_dataset=_dataset(validation, encoder) if validation else None,
        data_collator=_collate,
        compute_metrics=_ranking,
        optimizers=(_optimiser(network, settings), None),
        callbacks=[EarlyStoppingCallback(settings.patience)] if validation else None,
    )


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
        report_to="none",
        remove_unused_columns=False,
        label_names=["labels"],
    )


def uses_bfloat16(settings: EncoderPart) -> bool:
    """Tell whether training multiplies in bfloat16: faster where the processor can."""
    if settings.precision == "auto":
        return bool(torch.cpu._is_avx512_bf16_supported())
    return settings.precision == "bfloat16"


def _optimiser(network: ThemeNetwork, settings: EncoderPart) -> torch.optim.AdamW:
    inner = {id(parameter) for parameter in network.encoder.parameters()}
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if id(p) in inner], "lr": settings.learning_rate},
        {"params": [p for p in trained if id(p) not in inner], "lr": settings.head_learning_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=settings.weight_decay)


def _dataset(examples: DistinctComments, encoder: CommentEncoder) -> Dataset:
    pairs = zip(examples.texts, examples.questions, strict=True)
    windows = [encoder.windows(text, question)[0] for text, question in pairs]
    return Dataset.from_dict(
        {
            "input_ids": [ids for ids, _ in windows],
            "token_type_ids": [segments for _, segments in windows],
            "labels": examples.targets.astype(np.float32),
            "sentiments": ((3 - examples.sentiments) / 2).astype(np.float32),
        }
    )


def _collate(rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    inputs = pad([(row["input_ids"], row["token_type_ids"]) for row in rows])
    batch = {name: torch.from_numpy(array) for name, array in inputs.items()}
    batch["labels"] = torch.tensor([row["labels"] for row in rows])
    batch["sentiments"] = torch.tensor([row["sentiments"] for row in rows])
    return batch


def _ranking(outcome: EvalPrediction) -> dict[str, float]:
    """Average precision over all decisions pooled.

    The loss on unseen comments rises while the ranking still gets better, and calibration mends
    what the loss minds.
    """
    truth = np.asarray(outcome.label_ids) >= 0.5
    scores = np.asarray(outcome.predictions)
    return {RANKING: float(average_precision_score(truth, scores, average="micro"))}


def _base(settings: EncoderPart) -> tuple[PreTrainedModel, Tokenizer]:
    transformer = SentenceTransformer(base_folder(settings.base), device="cpu")[0]
    model: PreTrainedModel = transformer.auto_model  # type: ignore[assignment]
    tokenizer: Tokenizer = transformer.tokenizer.backend_tokenizer  # type: ignore[assignment,union-attr]
    return model, tokenizer


def _last_checkpoint(folder: Path) -> str | None:
    if not folder.is_dir():
        return None
    last: str | None = get_last_checkpoint(str(folder))  # type: ignore[no-untyped-call]
    return last
