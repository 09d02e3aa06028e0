"""Artefacts made of a trained one, where training another would take long."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np

from models import read_manifest, write_manifest
from models.artefact import hashes
from models.ngrams import NgramModel
from models.theme_head import ThemeHead

if TYPE_CHECKING:
    from pathlib import Path

    from labelled_data import Codebook


def with_test_share(artefact: Path, share: float, copy: Path) -> Path:
    """The same tagger, as if its training had left another share of the texts aside."""
    shutil.copytree(artefact, copy)
    manifest = read_manifest(copy)
    training = manifest.training.model_copy(update={"test_share": share})
    write_manifest(copy, manifest.model_copy(update={"training": training}))
    return copy


def with_codebook(artefact: Path, codebook: Codebook, copy: Path) -> Path:
    """The same encoder under another codebook, whose themes repeat its own by turns."""
    shutil.copytree(artefact, copy)
    manifest = read_manifest(copy)
    turns = np.arange(len(codebook.themes)) % len(manifest.codebook.themes)
    decision = manifest.decision
    update = {
        "codebook": codebook,
        "cascade": None,
        "decision": decision.model_copy(
            update={
                "slopes": tuple(np.take(decision.slopes, turns).tolist()),
                "intercepts": tuple(np.take(decision.intercepts, turns).tolist()),
                "thresholds": {
                    point: tuple(np.take(thresholds, turns).tolist())
                    for point, thresholds in decision.thresholds.items()
                },
            }
        ),
    }
    _repeat_weights(copy, turns.tolist())
    write_manifest(copy, manifest.model_copy(update=update | {"files": hashes(copy)}))
    return copy


def _repeat_weights(folder: Path, turns: list[int]) -> None:
    head, ngrams = ThemeHead.load(folder), NgramModel.load(folder)
    ThemeHead(
        attention=head.attention[:, turns],
        readout=head.readout[turns],
        bias=head.bias[turns],
        polarity_attention=head.polarity_attention,
        polarity=head.polarity,
        polarity_bias=head.polarity_bias,
    ).save(folder)
    weights, intercepts = ngrams.weights[:, turns], ngrams.intercepts[turns]
    NgramModel(ngrams.features, np.ascontiguousarray(weights), intercepts).save(folder)
