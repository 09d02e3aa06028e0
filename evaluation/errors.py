"""What can go wrong while measuring a tagger.

EvaluationError
├── InvalidPredictionsError   arrays that do not describe the same comments and themes
├── UnknownStatusError        a status the tagger cannot give
├── UnknownSystemError        a benchmark's peer is not among its systems
├── NothingToLearnError       a baseline was given no comments, or comments without words
├── NothingToMeasureError     a file has no comment, or no theme, to measure on
├── DifferentCodebooksError   two models to compare have not the same themes
├── UnwritableReportError     the files of a report cannot be written
└── NotFittedError            a baseline was asked for scores before it had learned
"""


class EvaluationError(Exception):
    """The root of every error this layer raises on purpose."""


class InvalidPredictionsError(EvaluationError):
    """The arrays do not describe the same comments and themes, or hold impossible values."""


class UnknownStatusError(EvaluationError):
    """A comment has a status that the tagger cannot give."""


class UnknownSystemError(EvaluationError):
    """The peer to compare with is not among the systems."""


class NothingToLearnError(EvaluationError):
    """There are no comments, or none with words, to learn from."""


class NothingToMeasureError(EvaluationError):
    """A file of labelled comments has no comment, or no theme, to measure on."""


class DifferentCodebooksError(EvaluationError):
    """Two models to compare have not the same themes."""


class UnwritableReportError(EvaluationError):
    """The files of a report cannot be written."""


class NotFittedError(EvaluationError):
    """Scores were asked of a baseline that has not learned yet."""
