from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score

from labelled_data import DistinctComments, LabelledComment, Span, distinct
from models.encoding import CommentEncoder, pad
from training.fine_tune import FineTuned, Schedule, fine_tune
from training.joint import with_sentiment

if TYPE_CHECKING:
    from pathlib import Path

    from training import Recipe
    from training.recipe import EncoderPart

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
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    texts = data.texts[:20]
    first = _trained(data, settings, tmp_path / "kept").scores(texts, [None] * 20)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").rglob("*.safetensors")}
    again = _trained(data, settings, tmp_path / "kept").scores(texts, [None] * 20)
    assert kept
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    assert np.array_equal(again, first)


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


def test_training_stops_when_unseen_comments_are_no_longer_ranked_better(
    data: DistinctComments, settings: EncoderPart, tmp_path: Path
) -> None:
    hasty = settings.model_copy(update={"patience": 1, "learning_rate": 1e-9,
                                        "head_learning_rate": 1e-9})  # fmt: skip
    held, seen = data.take(np.arange(0, 40)), data.take(np.arange(40, len(data)))
    _trained(seen, hasty, tmp_path, epochs=50, validation=held)
    last = max(int(path.name.split("-")[1]) for path in tmp_path.glob("checkpoint-*"))
    assert last < 50 * len(seen) // settings.batch / 2
