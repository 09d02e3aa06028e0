"""Everything that can go wrong with a tagger, as one tree.

``ModelError``
    ``UnknownModelError``: no artefact of that name is shipped, and no folder of that path exists.
    ``ArtefactError``: the folder cannot be used as an artefact.
        ``DamagedArtefactError``: a file is missing, or its content is not what was written.
        ``ForeignArtefactError``: the folder is not Sayso's, or of another format version.
    ``QuestionMismatchError``: questions were given, but not one for each comment.
    ``TaggingProcessError``: a process that tagged has ended before its time.
    ``ClusterError``: see ``models.cluster.errors``.
"""


class ModelError(Exception):
    """Base of all errors of this layer; its message is one sentence for a person."""


class UnknownModelError(ModelError):
    """No artefact of that name is shipped, and no folder of that path exists."""


class ArtefactError(ModelError):
    """The folder cannot be used as an artefact."""


class DamagedArtefactError(ArtefactError):
    """A file of the artefact is missing, or its content is not what was written."""


class ForeignArtefactError(ArtefactError):
    """The folder is not a Sayso artefact, or is of a format this version does not read."""


class QuestionMismatchError(ModelError, ValueError):
    """Questions were given, but not one for each comment."""


class TaggingProcessError(ModelError):
    """A process that tagged has ended before its time."""
