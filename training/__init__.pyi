from .errors import (
    DataTooSmallError,
    ForeignRunError,
    ParityError,
    RecipeError,
    TrainingError,
)
from .recipe import Recipe, load_recipe

__all__ = [
    "DataTooSmallError",
    "ForeignRunError",
    "ParityError",
    "Recipe",
    "RecipeError",
    "TrainingError",
    "load_recipe",
]
