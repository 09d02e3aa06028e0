import json
import shutil
from pathlib import Path

import pytest

from models import (
    DamagedArtefactError,
    ForeignArtefactError,
    UnknownModelError,
    load,
    read_manifest,
    shipped_models,
    write_manifest,
)
from models.artefact import MANIFEST, WEIGHTS


@pytest.fixture
def copy(tiny_artefact: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_artefact, tmp_path / "copy"))


def _edit_manifest(folder: Path, **changes: object) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def test_a_manifest_survives_a_round_trip(copy: Path) -> None:
    manifest = read_manifest(copy)
    write_manifest(copy, manifest)
    assert read_manifest(copy) == manifest


def test_no_file_of_an_artefact_is_a_pickle(tiny_artefact: Path) -> None:
    names = {path.name for path in tiny_artefact.iterdir()}
    assert names == {*WEIGHTS, MANIFEST, "metrics.json", "README.md"}


@pytest.mark.parametrize("name", [*WEIGHTS, "metrics.json", "README.md"])
def test_a_changed_file_is_refused_by_name(copy: Path, name: str) -> None:
    with (copy / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(DamagedArtefactError, match=name):
        load(copy)


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_missing_file_is_refused_by_name(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(DamagedArtefactError, match=name):
        load(copy)


def test_a_truncated_manifest_is_refused(copy: Path) -> None:
    path = copy / MANIFEST
    path.write_text(path.read_text("utf-8")[:200], "utf-8")
    with pytest.raises(DamagedArtefactError, match="not readable as JSON"):
        load(copy)


def test_another_format_version_is_refused(copy: Path) -> None:
    _edit_manifest(copy, format_version=2)
    with pytest.raises(ForeignArtefactError, match="artefact format 2"):
        load(copy)


def test_a_manifest_of_something_else_is_refused(copy: Path) -> None:
    _edit_manifest(copy, format="other")
    with pytest.raises(ForeignArtefactError, match="not the manifest"):
        load(copy)


def test_an_unknown_setting_is_refused(copy: Path) -> None:
    _edit_manifest(copy, surprise=1)
    with pytest.raises(DamagedArtefactError, match="surprise"):
        load(copy)


def test_weights_without_a_hash_are_refused(copy: Path) -> None:
    files = json.loads((copy / MANIFEST).read_text("utf-8"))["files"]
    del files["encoder.onnx"]
    _edit_manifest(copy, files=files)
    with pytest.raises(DamagedArtefactError, match=r"encoder\.onnx"):
        load(copy)


def test_a_file_outside_the_folder_is_refused(copy: Path) -> None:
    files = json.loads((copy / MANIFEST).read_text("utf-8"))["files"]
    _edit_manifest(copy, files=files | {"../elsewhere": "0" * 64})
    with pytest.raises(ForeignArtefactError, match="outside its folder"):
        load(copy)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ForeignArtefactError, match=MANIFEST):
        load(tmp_path)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownModelError, match="fft"):
        load("no-such-model")


@pytest.mark.parametrize("name", shipped_models())
def test_shipped_models_load_and_carry_the_shipped_codebook(name: str) -> None:
    from labelled_data import shipped_codebook

    assert load(name).codebook == shipped_codebook(name)


def test_fft_is_shipped() -> None:
    assert "fft" in shipped_models()
