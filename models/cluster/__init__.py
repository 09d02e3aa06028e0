"""Tagging a folder of files with Ray, on one computer or on many; each file is one partition."""

from models.cluster.errors import (
    ClusterError,
    MissingRayError,
    OutputMismatchError,
    PartitionError,
)
from models.cluster.run import TaggedFolder, tag_folder

__all__ = [
    "ClusterError",
    "MissingRayError",
    "OutputMismatchError",
    "PartitionError",
    "TaggedFolder",
    "tag_folder",
]
