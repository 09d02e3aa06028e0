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
from models.artefact import (
    EMBEDDINGS,
    FORMAT_VERSION,
    GRAPH,
    MANIFEST,
    QUICK_GRAPH,
    QUICK_WEIGHTS,
    SHAREABLE,
    SHARED,
    TOKENIZER,
    WEIGHTS,
    artefact_file,
    file_sha256,
    hashes,
)

COMMENTS = ("waited 5 hours to be seen", "no parking but so kind")


@pytest.fixture
def copy(tiny_artefact: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_artefact, tmp_path / "copy"))


@pytest.fixture
def sharing(copy: Path) -> Path:
    """An artefact whose encoder and tokenizer stand in the folder beside it."""
    shared = copy.parent / SHARED
    shared.mkdir()
    for name in SHAREABLE:
        (copy / name).replace(shared / name)
    return copy


def _edit_manifest(folder: Path, **changes: object) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def test_a_manifest_survives_a_round_trip(copy: Path) -> None:
    manifest = read_manifest(copy)
    write_manifest(copy, manifest)
    assert read_manifest(copy) == manifest


def test_no_file_of_an_artefact_is_a_pickle(tiny_artefact: Path) -> None:
    names = {path.name for path in tiny_artefact.iterdir()}
    assert names == {*WEIGHTS, *QUICK_WEIGHTS, MANIFEST, "metrics.json", "README.md"}
    assert "head.safetensors" in names


@pytest.mark.parametrize("name", [*WEIGHTS, *QUICK_WEIGHTS, "metrics.json", "README.md"])
def test_a_changed_file_is_refused_by_name(copy: Path, name: str) -> None:
    with (copy / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(DamagedArtefactError, match=name):
        load(copy)


@pytest.mark.parametrize("name", [*WEIGHTS, *QUICK_WEIGHTS])
def test_a_missing_file_is_refused_by_name(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(DamagedArtefactError, match=name):
        load(copy)


def test_a_truncated_manifest_is_refused(copy: Path) -> None:
    path = copy / MANIFEST
    path.write_text(path.read_text("utf-8")[:200], "utf-8")
    with pytest.raises(DamagedArtefactError, match="not readable as JSON"):
        load(copy)


@pytest.mark.parametrize("version", [1, FORMAT_VERSION + 1, None])
def test_another_format_version_is_refused(copy: Path, version: int | None) -> None:
    _edit_manifest(copy, format_version=version)
    message = rf"artefact format {version}, this Sayso reads format {FORMAT_VERSION}"
    with pytest.raises(ForeignArtefactError, match=message):
        load(copy)


def test_a_manifest_of_something_else_is_refused(copy: Path) -> None:
    _edit_manifest(copy, format="other")
    with pytest.raises(ForeignArtefactError, match="not the manifest"):
        load(copy)


def test_an_unknown_setting_is_refused(copy: Path) -> None:
    _edit_manifest(copy, surprise=1)
    with pytest.raises(DamagedArtefactError, match="surprise"):
        load(copy)


@pytest.mark.parametrize("name", [*WEIGHTS, *QUICK_WEIGHTS])
def test_weights_without_a_hash_are_refused(copy: Path, name: str) -> None:
    files = json.loads((copy / MANIFEST).read_text("utf-8"))["files"]
    del files[name]
    _edit_manifest(copy, files=files)
    with pytest.raises(DamagedArtefactError, match=f"no hash is given for {name}"):
        load(copy)


def test_the_quick_encoder_may_be_missing_where_it_never_answers(copy: Path) -> None:
    files = json.loads((copy / MANIFEST).read_text("utf-8"))["files"]
    for name in QUICK_WEIGHTS:
        (copy / name).unlink()
        del files[name]
    _edit_manifest(copy, files=files, cascade=None)
    assert load(copy).tag(COMMENTS)[0].themes == ("waiting",)


@pytest.mark.parametrize("stage", ["ngrams", "quick"])
def test_a_reader_that_decides_on_other_themes_is_refused(copy: Path, stage: str) -> None:
    cascade = json.loads((copy / MANIFEST).read_text("utf-8"))["cascade"]
    decision = cascade[stage]["decision"]
    decision |= {name: decision[name][:2] for name in ("slopes", "intercepts")}
    decision["thresholds"] = {point: cuts[:2] for point, cuts in decision["thresholds"].items()}
    _edit_manifest(copy, cascade=cascade)
    with pytest.raises(DamagedArtefactError, match="differ in their number of themes"):
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


def test_an_encoder_in_the_shared_folder_answers_as_one_of_its_own(
    sharing: Path, tiny_artefact: Path
) -> None:
    assert not any((sharing / name).exists() for name in SHAREABLE)
    assert load(sharing).tag(COMMENTS) == load(tiny_artefact).tag(COMMENTS)


def test_shared_files_have_their_hash_in_the_manifest(sharing: Path) -> None:
    assert hashes(sharing) == read_manifest(sharing).files
    assert hashes(sharing)["encoder.onnx"] == file_sha256(sharing.parent / SHARED / "encoder.onnx")


@pytest.mark.parametrize("name", SHAREABLE)
def test_another_shared_file_than_it_was_trained_with_is_refused_by_its_hash(
    sharing: Path, name: str
) -> None:
    with (sharing.parent / SHARED / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(DamagedArtefactError, match=f"{SHARED}/{name}: changed since"):
        load(sharing)


@pytest.mark.parametrize("name", SHAREABLE)
def test_a_file_that_is_neither_its_own_nor_shared_is_told(sharing: Path, name: str) -> None:
    (sharing.parent / SHARED / name).unlink()
    with pytest.raises(DamagedArtefactError, match=f"{name}: missing"):
        load(sharing)


@pytest.mark.parametrize("name", ["head.safetensors", "ngrams.safetensors", "ngrams.json"])
def test_what_belongs_to_one_codebook_is_not_shared(sharing: Path, name: str) -> None:
    (sharing / name).replace(sharing.parent / SHARED / name)
    with pytest.raises(DamagedArtefactError, match=f"copy/{name}: missing"):
        load(sharing)


def test_its_own_file_goes_before_a_shared_one(copy: Path) -> None:
    shared = copy.parent / SHARED
    shared.mkdir()
    (shared / "encoder.onnx").write_bytes(b"of others")
    assert artefact_file(copy, "encoder.onnx") == copy / "encoder.onnx"
    assert load(copy).tag(COMMENTS)[0].themes == ("waiting",)


@pytest.mark.parametrize("path", [".", "../copy", "../copy/"])
def test_the_shared_folder_is_found_however_the_path_is_written(
    sharing: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(sharing)
    assert load(path).tag(COMMENTS)[0].themes == ("waiting",)


def test_the_shared_folder_is_no_model(
    sharing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.tagger.PRETRAINED", sharing.parent)
    assert shipped_models() == ("copy",)
    assert load("copy").tag(COMMENTS)[0].themes == ("waiting",)
    monkeypatch.chdir(tmp_path.parent)
    with pytest.raises(UnknownModelError, match=r"shared: neither a shipped model \(copy\)"):
        load(SHARED)


def test_a_head_of_something_else_is_refused_though_its_hash_is_right(copy: Path) -> None:
    (copy / "head.safetensors").write_bytes(b"of others")
    _edit_manifest(copy, files=hashes(copy))
    with pytest.raises(DamagedArtefactError, match=r"head\.safetensors: not a safetensors file"):
        load(copy)


@pytest.mark.parametrize("name", [TOKENIZER, GRAPH, QUICK_GRAPH, EMBEDDINGS])
def test_a_file_that_is_vouched_for_but_cannot_be_read_is_named(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"of others")
    _edit_manifest(copy, files=hashes(copy))
    with pytest.raises(DamagedArtefactError, match=name):
        load(copy)
