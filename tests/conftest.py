"""Fixtures that fit tiny real models, so that tests see behaviour rather than wiring."""

from __future__ import annotations

import os
import signal
import string
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import sayso
from labelled_data import Codebook, LabelledComment, Theme, normalise, write_labelled
from models import Tagger, load
from tests.command_line import CommandLine, Ended
from tests.made_once import made_once
from training import Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
# A busy machine is slow, not wrong: how long an example takes is for benchmarks to say.
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")

QUESTION = "What could we do better?"
PHRASES = {
    "waiting": (
        "waited {n} hours to be seen",
        "the queue was {n} hours long",
        "a wait of {n} hours is too long",
        "still waiting after {n} hours",
    ),
    "kindness": (
        "nurse number {n} was so kind",
        "all {n} of the staff were lovely and kind",
        "a kind smile from {n} people",
        "doctor {n} was caring and kind",
    ),
    "parking": (
        "the car park was full for {n} minutes",
        "parking cost me {n} pounds",
        "no parking within {n} miles",
        "could not park in row {n}",
    ),
}


@pytest.fixture(scope="session")
def tiny_codebook() -> Codebook:
    themes = tuple(
        Theme(id=theme, name=theme.title(), definition=f"Says something of {theme}.")
        for theme in PHRASES
    )
    return Codebook(id="tiny", name="Tiny", version="1.0", unit="one comment", themes=themes)


@pytest.fixture(scope="session")
def tiny_comments() -> list[LabelledComment]:
    """About two hundred comments of none, one or two of three themes."""
    single = [
        ((theme,), phrase.format(n=n))
        for theme, phrases in PHRASES.items()
        for phrase in phrases
        for n in range(2, 14)
    ]
    double = [
        (tuple(sorted((a[0][0], b[0][0]), key=list(PHRASES).index)), f"{a[1]} but {b[1]}")
        for a, b in zip(single[::3], single[50::2], strict=False)
        if a[0] != b[0]
    ]
    none = [((), f"nothing more to say than {n} words") for n in range(12)]
    return [
        LabelledComment(
            id=str(row),
            text=text,
            question=QUESTION,
            themes=themes,
            sentiment=1 if themes == ("kindness",) else 4,
            source_row=row,
        )
        for row, (themes, text) in enumerate([*single, *double, *none], start=2)
    ]


@pytest.fixture(scope="session")
def tiny_base(
    tmp_path_factory: pytest.TempPathFactory, tiny_comments: list[LabelledComment]
) -> Path:
    """A two-layer BERT of 32 dimensions with a vocabulary of the tiny comments, untrained."""
    texts = [comment.text for comment in tiny_comments]
    return made_once(tmp_path_factory, "base", lambda folder: _make_base(folder, texts))


def _make_base(folder: Path, texts: list[str]) -> None:
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    # written out, since a vocabulary that is trained differs from run to run
    words = sorted({word for text in [*texts, QUESTION] for word in normalise(text).split()})
    letters = string.ascii_lowercase + string.digits
    pieces = [*string.punctuation, *letters, *(f"##{letter}" for letter in letters)]
    tokens = dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *pieces, *words])
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n", "utf-8")
    tokenizer = BertTokenizer(vocab=str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=256,
    )
    BertModel(config).save_pretrained(folder)


@pytest.fixture(scope="session")
def tiny_mpnet(tmp_path_factory: pytest.TempPathFactory, tiny_base: Path) -> Path:
    """A two-layer MPNet of 32 dimensions, untrained, with the words of the tiny BERT but one."""
    return made_once(tmp_path_factory, "mpnet", lambda folder: _make_mpnet(folder, tiny_base))


def _make_mpnet(folder: Path, base: Path) -> None:
    import torch
    from transformers import MPNetConfig, MPNetModel, MPNetTokenizer

    words = [word for word in (base / "vocab.txt").read_text("utf-8").split() if word[0] != "["]
    names = ["<s>", "<pad>", "</s>", "<unk>", *sorted(words, reverse=True)[:-1], "<mask>"]
    (folder / "vocab.txt").write_text("\n".join(names) + "\n", "utf-8")
    MPNetTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = MPNetConfig(
        vocab_size=len(names),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=260,
    )
    MPNetModel(config).save_pretrained(folder)


@pytest.fixture(scope="session")
def tiny_recipe(tiny_base: Path) -> Recipe:
    """A recipe of seconds: two folds, a few epochs, float32 so that every machine agrees."""
    return Recipe.model_validate(
        {
            "id": "tiny",
            "version": "1.0.0",
            "codebook": "tiny",
            "data": {"format": "labelled", "test_share": 0.15},
            "folds": 2,
            "encoder": {
                "base": str(tiny_base),
                "joined": 0,
                "contrasted": 0,
                "epochs": 4,
                "learning_rate": 5e-3,
                "precision": "float32",
                "window_tokens": 40,
            },
            "distillation": {"epochs": 4, "learning_rate": 5e-3, "set_aside": 3},
            "quick": {"layers": 1, "epochs": 4, "learning_rate": 5e-3, "joined": 0},
        }
    )


@pytest.fixture(scope="session")
def tiny_artefact(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
) -> Path:
    """An artefact trained by the whole pipeline; who changes it changes a copy."""

    def make(folder: Path) -> None:
        from training.pipeline import train
        from training.source import Source

        # asked for here, so that who does not train does not wait for torch either
        recipe: Recipe = request.getfixturevalue("tiny_recipe")
        file = folder / "comments.csv"
        write_labelled(file, tiny_comments, tiny_codebook)
        source = Source(recipe.learn[0], tiny_codebook, tiny_comments, (file,))
        train(recipe, [source], folder / "tiny")

    return made_once(tmp_path_factory, "trained", make) / "tiny"


@pytest.fixture(scope="session")
def tiny_tagger(tiny_artefact: Path) -> Tagger:
    return load(tiny_artefact)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    """The ``sayso`` command, run in this process."""

    def run_command(*arguments: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["sayso", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            sayso.main()
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    before = signal.getsignal(signal.SIGTERM)
    yield run_command
    signal.signal(signal.SIGTERM, before)
