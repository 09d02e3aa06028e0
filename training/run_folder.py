"""The work folder of a run: what is finished stays finished when a run is killed."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import numpy as np

from models import file_sha256
from training.errors import ForeignRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from pydantic import BaseModel

    from training.recipe import Recipe

    Floats = npt.NDArray[np.floating]

FINGERPRINT = "run.json"


class RunFolder:
    """Keeps the results of a run's finished steps; it holds numbers, never comments.

    Args:
        path: The folder, made if need be.
        recipe: The recipe that is being run.
        data: The files it learns from.
        books: The codebooks and crosswalks it reads them by.

    Raises:
        ForeignRunError: The folder was begun with another recipe, other codebooks or other data.
    """

    def __init__(
        self, path: Path, recipe: Recipe, data: Sequence[Path], books: Sequence[BaseModel]
    ) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        content = {
            "recipe": recipe.settings(),
            "data": [file_sha256(file) for file in data],
            "books": [book.model_dump(mode="json") for book in books],
        }
        text = json.dumps(content, sort_keys=True)
        _claim(path / FINGERPRINT, hashlib.sha256(text.encode()).hexdigest())

    def step(self, name: str, work: Callable[[], Floats]) -> Floats:
        """Give the array of a step: from the folder when it is finished, else by doing it."""
        file = self.path / f"{name}.npz"
        if not file.is_file():
            unfinished = self.path / f"{name}.part.npz"
            np.savez(unfinished, result=work())
            unfinished.replace(file)
        with np.load(file, allow_pickle=False) as arrays:
            result: Floats = arrays["result"]
        return result

    def checkpoints(self, name: str) -> Path:
        """Give the folder where one training keeps its checkpoints."""
        return self.path / f"{name}.checkpoints"

    def remove(self) -> None:
        """Delete the folder once the run's result stands."""
        shutil.rmtree(self.path)


def _claim(file: Path, fingerprint: str) -> None:
    if not file.is_file():
        file.write_text(fingerprint, "utf-8")
    elif file.read_text("utf-8") != fingerprint:
        raise ForeignRunError(
            f"{file.parent}: holds an unfinished run of another recipe, other codebooks or other"
            " data; delete it or choose another output folder"
        )
