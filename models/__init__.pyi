from .artefact import (
    Manifest,
    TrainingRecord,
    file_sha256,
    read_manifest,
    write_manifest,
)
from .decision import Decision
from .errors import (
    ArtefactError,
    DamagedArtefactError,
    ForeignArtefactError,
    ModelError,
    QuestionMismatchError,
    UnknownModelError,
)
from .predictions import Effort, OperatingPoint, Polarity, Prediction, Status, Tag
from .tagger import Tagger, load, shipped_models

__all__ = [
    "ArtefactError",
    "DamagedArtefactError",
    "Decision",
    "Effort",
    "ForeignArtefactError",
    "Manifest",
    "ModelError",
    "OperatingPoint",
    "Polarity",
    "Prediction",
    "QuestionMismatchError",
    "Status",
    "Tag",
    "Tagger",
    "TrainingRecord",
    "UnknownModelError",
    "file_sha256",
    "load",
    "read_manifest",
    "shipped_models",
    "write_manifest",
]
