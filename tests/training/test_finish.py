from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluation import Evaluation
from models import file_sha256, load
from models.artefact import CARD, METRICS
from training.card import model_card
from training.finish import hashes_by_name

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, *names: str) -> list[Path]:
    """Files, each of which holds its own name."""
    files = [folder / name for name in names]
    for file, name in zip(files, names, strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, "utf-8")
    return files


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (("one.csv", "other.csv"), ("one.csv", "other.csv")),
        (("uec/data.csv", "ics/data.csv"), ("uec/data.csv", "ics/data.csv")),
        (("uec/data.csv", "ics/data.csv", "fft.csv"), ("uec/data.csv", "ics/data.csv", "fft.csv")),
        (("a/new/data.csv", "b/new/data.csv"), ("a/new/data.csv", "b/new/data.csv")),
        (("a/new/data.csv", "b/new/data.csv", "b/data.csv"),
         ("a/new/data.csv", "b/new/data.csv", "b/data.csv")),
    ],
)  # fmt: skip
def test_files_of_one_name_are_told_apart_by_as_few_folders_as_will_do(
    tmp_path: Path, files: tuple[str, ...], names: tuple[str, ...]
) -> None:
    paths = written(tmp_path, *files)
    expected = {name: file_sha256(path) for name, path in zip(names, paths, strict=True)}
    assert hashes_by_name(paths) == expected


def test_a_file_that_is_named_twice_stands_once(tmp_path: Path) -> None:
    (file,) = written(tmp_path, "data/one.csv")
    again = tmp_path / "data" / ".." / "data" / "one.csv"
    assert hashes_by_name([file, again]) == {"one.csv": file_sha256(file)}


@pytest.mark.parametrize("name", ["fft", "uec", "ics"])
def test_a_shipped_card_says_what_manifest_and_figures_do_and_nothing_by_hand(name: str) -> None:
    tagger = load(name)
    figures = Evaluation.model_validate_json(tagger.file(METRICS).read_text("utf-8"))
    assert tagger.file(CARD).read_text("utf-8") == model_card(tagger.manifest, figures)
    assert set(figures.by_effort) == {"fast"}


def test_no_files_have_no_hashes() -> None:
    assert hashes_by_name([]) == {}
