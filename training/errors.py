"""Everything that can go wrong in training, as one tree.

``TrainingError``
    ``RecipeError``: the recipe file cannot be used.
    ``DataTooSmallError``: too few comments, or too few examples of any theme, to learn from.
    ``ForeignRunError``: the work folder belongs to another recipe, other codebooks or other data.
    ``ParityError``: the exported graph does not answer as the trained network does.
"""


class TrainingError(Exception):
    """Base of all errors of this layer; its message is one sentence for a person."""


class RecipeError(TrainingError):
    """The recipe file cannot be used."""


class DataTooSmallError(TrainingError):
    """Too few comments, or too few examples of any theme, to learn from."""


class ForeignRunError(TrainingError):
    """The work folder belongs to another recipe, other codebooks or other data."""


class ParityError(TrainingError):
    """The exported graph does not answer as the trained network does."""
