"""What can go wrong while measuring speed, as a branch of the tree in `evaluation.errors`.

``ProcessError``: a process that was to be measured has failed.
"""

from evaluation.errors import EvaluationError


class ProcessError(EvaluationError):
    """A process that was to be measured has failed; it has said why on its standard error."""
