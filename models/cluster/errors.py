"""What can go wrong on a cluster, as a branch of the tree in `models.errors`.

``ClusterError``
    ``MissingRayError``: Ray is not installed.
    ``OutputMismatchError``: the output folder holds what another run made of other things.
    ``PartitionError``: a file could not be tagged; those that could are finished and stay.
"""

from models.errors import ModelError


class ClusterError(ModelError):
    """Base of what can go wrong on a cluster; its message is one sentence for a person."""


class MissingRayError(ClusterError):
    """Ray, or what it brings with it, is not installed."""


class OutputMismatchError(ClusterError):
    """The output folder holds what another run made of other things."""


class PartitionError(ClusterError):
    """A file could not be tagged; those that could are finished and stay."""
