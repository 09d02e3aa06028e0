"""The artefact: a trained tagger as a folder of plain files, checked before it is used.

``artefact.json`` lists every other file with its SHA-256; loading verifies them all and refuses
a folder that is damaged, foreign, or of another format version. No file is a pickle.

Artefacts that were trained together have the same encoder and tokenizer. These may stand once, in a
folder ``shared`` beside theirs, in place of a copy in each; the hash tells that they are the right
ones.

``fairness.json`` is found out after training and is not listed: it vouches for itself.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from labelled_data import Codebook
from models.cascade import Cascade
from models.decision import Decision
from models.errors import DamagedArtefactError, ForeignArtefactError
from models.side_record import read_record

if TYPE_CHECKING:
    from typing import Self

MANIFEST = "artefact.json"
METRICS = "metrics.json"
CARD = "README.md"
FAIRNESS = "fairness.json"
"""Its errors by equality group, where these were recorded; see `models.side_record`."""
SHARED = "shared"
GRAPH = "encoder.onnx"
EMBEDDINGS = "embeddings.safetensors"
TOKENIZER = "tokenizer.json"
QUICK_GRAPH = "quick.onnx"
SHAREABLE = (GRAPH, EMBEDDINGS, TOKENIZER, QUICK_GRAPH)
HEAD = "head.safetensors"
QUICK_HEAD = "quick_head.safetensors"
SENTIMENT = "sentiment.safetensors"
QUICK_SENTIMENT = "quick_sentiment.safetensors"
WEIGHTS = (GRAPH, EMBEDDINGS, TOKENIZER, HEAD, "ngrams.safetensors", "ngrams.json")
QUICK_WEIGHTS = (QUICK_GRAPH, QUICK_HEAD)
FORMAT = "sayso-tagger"
FORMAT_VERSION = 4


class TrainingRecord(BaseModel):
    """Where an artefact comes from.

    Attributes:
        base_model: The pretrained encoder it was fine-tuned from.
        seed: Seed of every random choice.
        comments: Number of distinct comments it was trained on.
        further: How many of these stand in tables that are only learnt from, such as comments that
            were invented.
        data_sha256: Hash of each data file by name.
        libraries: Version of each library that shaped the weights.
        recipe: The recipe's settings, as text.
        test_share: Share of distinct texts that training kept for the test, 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_model: str
    seed: int
    comments: int
    further: int = 0
    data_sha256: dict[str, str]
    libraries: dict[str, str]
    recipe: str
    test_share: float


class Manifest(BaseModel):
    """What ``artefact.json`` holds.

    Attributes:
        id: Short name, such as ``fft``.
        version: Version of this artefact, stamped on all it predicts.
        created: Date of training, ISO 8601.
        codebook: The codebook it tags with, whole.
        question_tokens: Longest question the encoder reads, in tokens; the rest is cut.
        window_tokens: Longest piece of comment the encoder reads at once, in tokens.
        decision: Blend, calibration and thresholds of the last reader.
        cascade: When cheaper readers answer in its place; without it they never do.
        training: Where it comes from.
        files: SHA-256 of each other file, by name; of the shared ones too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["sayso-tagger"] = "sayso-tagger"
    format_version: Literal[4] = 4
    id: str
    version: str
    created: str
    codebook: Codebook
    question_tokens: int
    window_tokens: int
    decision: Decision
    cascade: Cascade | None = None
    training: TrainingRecord
    files: dict[str, str]

    @model_validator(mode="after")
    def _decides_on_the_codebook(self) -> Self:
        stages = (self.cascade.ngrams, self.cascade.quick) if self.cascade else ()
        for decision in (self.decision, *(stage.decision for stage in stages)):
            if len(decision.slopes) != len(self.codebook.theme_ids):
                raise ValueError("a decision and the codebook differ in their number of themes")
        return self

    @model_validator(mode="after")
    def _vouches_for_the_weights(self) -> Self:
        needed = WEIGHTS + (QUICK_WEIGHTS if self.cascade else ())
        missing = [name for name in needed if name not in self.files]
        if missing:
            raise ValueError(f"no hash is given for {', '.join(missing)}")
        return self


def file_sha256(path: Path) -> str:
    """Hash a file's content, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def artefact_file(folder: Path, name: str) -> Path:
    """Give the path of an artefact's file: in its folder, or else in the shared one beside it."""
    own = folder / name
    if name in SHAREABLE and not own.is_file():
        return folder.resolve().parent / SHARED / name
    return own


def hashes(folder: Path) -> dict[str, str]:
    """Hash every file that an artefact's manifest lists, by name."""
    own = {path.name for path in folder.iterdir() if path.name not in (MANIFEST, FAIRNESS)}
    shared = {name for name in SHAREABLE if artefact_file(folder, name).is_file()}
    return {name: file_sha256(artefact_file(folder, name)) for name in sorted(own | shared)}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``artefact.json``, last of an artefact's files."""
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", "utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read an artefact's manifest and check every file it lists, and the record of its fairness.

    Raises:
        ForeignArtefactError: The folder is not Sayso's, or of another format version.
        DamagedArtefactError: The manifest is unreadable, or a file is missing or changed.
    """
    manifest = _parse(folder)
    for name, expected in manifest.files.items():
        _check_file(folder, name, expected)
    read_record(folder / FAIRNESS, file_sha256(folder / MANIFEST))
    return manifest


def _parse(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        raise ForeignArtefactError(f"{folder}: not a Sayso artefact, it has no {MANIFEST}")
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise DamagedArtefactError(f"{path}: not readable as JSON") from error
    _check_format(path, content)
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the whole"
        reason = error.errors()[0]["msg"]
        raise DamagedArtefactError(f"{path}: {place} is not as it should be: {reason}") from error


def _check_format(path: Path, content: object) -> None:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ForeignArtefactError(f"{path}: not the manifest of a Sayso artefact")
    version = content.get("format_version")
    if version != FORMAT_VERSION:
        raise ForeignArtefactError(
            f"{path}: written in artefact format {version}, this Sayso reads format"
            f" {FORMAT_VERSION}"
        )


def _check_file(folder: Path, name: str, expected: str) -> None:
    path = artefact_file(folder, name)
    if Path(name).name != name:
        raise ForeignArtefactError(f"{folder / MANIFEST}: lists a file outside its folder")
    if not path.is_file():
        raise DamagedArtefactError(f"{path}: missing, though {MANIFEST} lists it")
    if file_sha256(path) != expected:
        raise DamagedArtefactError(f"{path}: changed since it was written, its hash does not match")
