"""The models a process tags with, each loaded once and known by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadpoolctl import ThreadpoolController

from models import OperatingPoint, file_sha256, load
from service.errors import ConflictError, NotFoundError
from service.records import ArtefactStamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from models import Tagger

MANIFEST = "artefact.json"


class LoadedModels:
    """Taggers by the id of their artefact; may be used by several threads.

    Args:
        taggers: The taggers, in the order in which they are to be named.

    Raises:
        ConflictError: Two of them have the same id.
    """

    def __init__(self, taggers: Sequence[Tagger]) -> None:
        self._taggers = {tagger.manifest.id: tagger for tagger in taggers}
        if len(self._taggers) < len(taggers):
            named = ", ".join(tagger.manifest.id for tagger in taggers)
            raise ConflictError(f"no two models may have the same id, and these are {named}")
        self._stamps = {name: _stamp(tagger) for name, tagger in self._taggers.items()}

    @classmethod
    def load(cls, models: Sequence[str | Path], threads: int | None = None) -> LoadedModels:
        """Load models, and keep numpy to one thread in this process from now on.

        Args:
            models: Names of shipped models, or paths of artefact folders.
            threads: Encoder runs at a time, for each call; by default one for each core.

        Raises:
            UnknownModelError: A name is neither a shipped model nor a folder.
            ArtefactError: A folder is damaged, foreign, or of another format version.
            ConflictError: Two of them have the same id.
        """
        taggers = [load(model, threads) for model in models]
        # A tagger holds numpy to one thread while it reads. Were two to read at once, the first
        # to end would let go for both, and sums in another order differ in their last digit.
        ThreadpoolController().limit(limits=1, user_api="blas")
        return cls(taggers)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the models, in the order in which they were named."""
        return tuple(self._taggers)

    def get(self, model_id: str) -> Tagger:
        """Give a tagger.

        Raises:
            NotFoundError: No model of that id is loaded.
        """
        self._check(model_id)
        return self._taggers[model_id]

    def stamp(self, model_id: str) -> ArtefactStamp:
        """Say which artefact a model is, at the balanced operating point.

        Raises:
            NotFoundError: No model of that id is loaded.
        """
        self._check(model_id)
        return self._stamps[model_id]

    def stamps(self) -> tuple[ArtefactStamp, ...]:
        """Give the stamp of every model, in the order of ``ids``."""
        return tuple(self._stamps.values())

    def _check(self, model_id: str) -> None:
        if model_id not in self._taggers:
            raise NotFoundError(f"there is no model {model_id!r}, but {', '.join(self.ids)}")


def _stamp(tagger: Tagger) -> ArtefactStamp:
    return ArtefactStamp(
        id=tagger.manifest.id,
        version=tagger.manifest.version,
        sha256=file_sha256(tagger.file(MANIFEST)),
        codebook=tagger.codebook.id,
        codebook_version=tagger.codebook.version,
        operating_point=OperatingPoint.BALANCED,
    )
