from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score
from transformers import BertModel

from labelled_data import DistinctComments, LabelledComment, Span, distinct
from models.encoding import CommentEncoder, pad
from training.errors import TrainingError
from training.fine_tune import FineTuned, Schedule, fine_tune
from training.joined import contrasted
from training.joint import with_sentiment

if TYPE_CHECKING:
    import numpy.typing as npt

    from training import Recipe
    from training.recipe import EncoderPart

    Floats = npt.NDArray[np.float32]

THEMES = ("waiting", "kindness", "parking")


@pytest.fixture(scope="module")
def data(tiny_comments: list[LabelledComment]) -> DistinctComments:
    return with_sentiment(distinct(tiny_comments, THEMES))


@pytest.fixture(scope="module")
def settings(tiny_recipe: Recipe) -> EncoderPart:
    return tiny_recipe.encoder


def _trained(
    data: DistinctComments,
    settings: EncoderPart,
    folder: Path,
    epochs: int = 2,
    validation: DistinctComments | None = None,
) -> FineTuned:
    return fine_tune(data, settings, Schedule(epochs, 0, folder, "test"), validation)


def test_a_base_that_could_not_be_exported_is_refused_before_it_is_trained(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    base = Path(shutil.copytree(settings.base, tmp_path / "base"))
    config = json.loads((base / "config.json").read_text("utf-8"))
    (base / "config.json").write_text(json.dumps(config | {"hidden_act": "silu"}), "utf-8")
    work = tmp_path / "work"
    with pytest.raises(TrainingError, match="silu"):
        _trained(data, settings.model_copy(update={"base": str(base)}), work)
    assert not work.exists()


@dataclass(frozen=True)
class Stopped:
    """A training that was stopped after its last epoch.

    Attributes:
        data: What it learnt from.
        settings: How.
        folder: Its checkpoints.
        scores: What it makes of some of the comments.
    """

    data: DistinctComments
    settings: EncoderPart
    folder: Path
    scores: Floats

    def again(self, folder: Path) -> Floats:
        """The scores of the same training, started again on other checkpoints."""
        return _scores(_trained(self.data, self.settings, folder), self.data)


@pytest.fixture(scope="module")
def stopped(
    data: DistinctComments, settings: EncoderPart, tmp_path_factory: pytest.TempPathFactory
) -> Stopped:
    folder = tmp_path_factory.mktemp("stopped") / "checkpoints"
    scores = _scores(_trained(data, settings, folder), data)
    return Stopped(data, settings, folder, scores)


def _scores(tuned: FineTuned, data: DistinctComments) -> Floats:
    return tuned.scores(data.texts[:20], [None] * 20)


def _attention(tuned: FineTuned, shown: DistinctComments) -> float:
    """Mean share of a theme's reading that comes from the words that people showed for it."""
    encoder, found = CommentEncoder(tuned.tokenizer, tuned.limits), []
    for text, question, told in zip(shown.texts, shown.questions, shown.evidence, strict=True):
        (window,) = encoder.windows(text, question)
        inputs = {name: torch.from_numpy(array) for name, array in pad([window]).items()}
        with torch.no_grad():
            attention = tuned.network.read(**inputs).attention[0]
        for theme, (span,) in told.items():
            inside = [
                window.head + place
                for place, token in enumerate(window.spans)
                if span.start <= token.start and token.end <= span.end
            ]
            found.append(float(attention[inside, theme].sum()))
    return float(np.mean(found))


def test_a_training_that_was_stopped_after_its_last_epoch_ends_at_once_and_the_same(
    stopped: Stopped,
) -> None:
    kept = {path: path.stat().st_mtime_ns for path in stopped.folder.rglob("*.safetensors")}
    again = stopped.again(stopped.folder)
    assert kept
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    assert np.array_equal(again, stopped.scores)


def test_an_encoder_is_narrowed_before_it_learns(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    tuned = _trained(data, settings.model_copy(update={"inner": 9}), tmp_path, epochs=1)
    weights = tuned.network.state_dict().items()
    assert {len(each) for name, each in weights if name.endswith("intermediate.dense.bias")} == {9}
    assert np.isfinite(_scores(tuned, data)).all()


def test_a_theme_that_is_unknown_throughout_is_not_learnt(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    targets = data.targets.copy()
    targets[:, 1] = np.nan
    tuned = _trained(data.with_targets(targets), settings, tmp_path)
    learnt = tuned.network.readout.abs().sum(dim=1) > 0
    assert learnt.tolist() == [True, False, True]


def test_unknown_targets_do_not_keep_a_theme_from_being_learnt(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    targets = data.targets.copy()
    targets[::2] = np.nan
    seen, unseen = data.with_targets(targets), np.arange(0, len(data), 2)
    tuned = _trained(seen, settings, tmp_path, epochs=10)
    scores = tuned.scores(data.texts, data.questions)[unseen, :, 0]
    ranked = average_precision_score(data.labels[unseen], scores, average="micro")
    assert ranked > 1.5 * data.labels.mean()


def test_the_network_looks_where_people_showed_a_theme(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    evidence = tuple(
        _halves(text, np.flatnonzero(labels).tolist()) if " but " in text else {}
        for text, labels in zip(data.texts, data.labels, strict=True)
    )
    shown = replace(data, evidence=evidence)
    both = shown.take(np.flatnonzero([bool(told) for told in evidence]))
    looks = {
        weight: _attention(
            _trained(
                shown,
                settings.model_copy(update={"evidence_weight": weight}),
                tmp_path / str(weight),
                epochs=6,
            ),
            both,
        )
        for weight in (0.0, 5.0)
    }
    assert looks[5.0] > 0.75 > looks[0.0] + 0.2


def _halves(text: str, themes: list[int]) -> dict[int, tuple[Span, ...]]:
    """The two halves of a tiny comment about two themes, which stand in codebook order."""
    middle = text.index(" but ")
    spans = (Span(0, middle), Span(middle + 5, len(text)))
    return {theme: (span,) for theme, span in zip(themes, spans, strict=True)}


def test_contrasted_comments_are_learnt_beside_the_others(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    steps = {}
    for share in (0.0, 1.0):
        contrasting = settings.model_copy(update={"contrasted": share})
        _trained(data, contrasting, tmp_path / str(share), epochs=1)
        (steps[share],) = _steps(tmp_path / str(share))
    assert steps[0.0] == ceil(len(data) / settings.batch)
    more = len(data) + len(contrasted(data, 1, seed=0))
    assert steps[1.0] == ceil(more / settings.batch) > steps[0.0]


def _steps(folder: Path) -> list[int]:
    """The steps after which a checkpoint was saved, in their order."""
    return sorted(int(path.name.split("-")[1]) for path in folder.glob("checkpoint-*"))


UNFINISHED = pytest.mark.parametrize(
    ("file", "left"),
    [
        ("trainer_state.json", None),
        ("trainer_state.json", 0.5),
        ("model.safetensors", None),
        ("model.safetensors", 0.5),
        ("model.safetensors", 0),
    ],
)
"""A file of a checkpoint and the share of it that was saved before the run was killed."""


@UNFINISHED
def test_a_training_that_was_killed_while_saving_goes_on_from_what_was_saved_before(
    stopped: Stopped, tmp_path: Path, file: str, left: float | None
) -> None:
    shutil.copytree(stopped.folder, tmp_path / "again")
    (step,) = _steps(tmp_path / "again")
    unfinished = tmp_path / "again" / f"checkpoint-{2 * step}"
    shutil.copytree(tmp_path / "again" / f"checkpoint-{step}", unfinished)
    _cut(unfinished / file, left)
    assert np.array_equal(stopped.again(tmp_path / "again"), stopped.scores)
    assert _steps(tmp_path / "again") == [step, 2 * step]


@UNFINISHED
def test_a_training_that_was_killed_while_saving_first_begins_anew(
    stopped: Stopped, tmp_path: Path, file: str, left: float | None
) -> None:
    shutil.copytree(stopped.folder, tmp_path / "again")
    (step,) = _steps(tmp_path / "again")
    _cut(tmp_path / "again" / f"checkpoint-{step}" / file, left)
    assert np.array_equal(stopped.again(tmp_path / "again"), stopped.scores)
    assert _steps(tmp_path / "again") == [step]


def test_results_are_all_that_training_leaves_on_standard_output(
    data: DistinctComments,
    settings: EncoderPart,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    held, seen = data.take(np.arange(0, 40)), data.take(np.arange(40, len(data)))
    _trained(seen, settings, tmp_path, validation=held)
    output, progress = capfd.readouterr()
    assert output == ""
    assert "'loss'" in progress
    assert "eval_average_precision" in progress


def test_no_dropout_stands_in_the_way_of_the_fast_attention(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    encoder = _trained(data, settings, tmp_path, epochs=1).network.encoder
    rates = {
        name.endswith("attention.self.dropout"): module.p
        for name, module in encoder.named_modules()
        if isinstance(module, torch.nn.Dropout)
    }
    assert rates == {True: 0.0, False: 0.1}


def test_a_training_in_bfloat16_scores_alike_in_bfloat16_and_float32_by_the_usual_attention(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    short = settings.model_copy(update={"precision": "bfloat16"})
    tuned = _trained(data, short, tmp_path, epochs=1)
    exact = tuned.scores(data.texts, data.questions)
    rough = tuned.scores(data.texts, data.questions, bfloat16=True)
    assert not np.array_equal(rough, exact)
    assert rough == pytest.approx(exact, abs=0.1)
    encoder = tuned.network.encoder
    assert isinstance(encoder, BertModel)
    assert encoder.config._attn_implementation == "sdpa"


def _cut(file: Path, left: float | None) -> None:
    """Leave a share of a file, or nothing at all."""
    if left is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[: int(left * file.stat().st_size)])


def test_training_stops_when_unseen_comments_are_no_longer_ranked_better(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    hasty = settings.model_copy(update={"patience": 1, "learning_rate": 1e-9,
                                        "head_learning_rate": 1e-9})  # fmt: skip
    held, seen = data.take(np.arange(0, 40)), data.take(np.arange(40, len(data)))
    _trained(seen, hasty, tmp_path, epochs=50, validation=held)
    assert _steps(tmp_path)[-1] < 50 * len(seen) // settings.batch / 2
