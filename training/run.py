"""A recipe with its codebook and comments, read and handed to the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data import load_codebook, read_labelled, read_qdc, shipped_codebook
from training.errors import RecipeError
from training.pipeline import train
from training.recipe import load_recipe

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation import Evaluation
    from labelled_data import Codebook, LabelledComment
    from training.recipe import Recipe


def run_recipe(path: Path, output: Path, data: Path | None = None) -> Evaluation | None:
    """Train an artefact as a recipe file says.

    Args:
        path: The recipe.
        output: The artefact's folder, which must not exist yet.
        data: Labelled comments, in place of those the recipe names.

    Returns:
        The artefact's figures on the test comments, or None where none were kept.

    Raises:
        RecipeError: The recipe cannot be used, or nothing says where the comments are.
        DataError: The codebook or the comments cannot be read.
        TrainingError: See ``training.pipeline.train``.
    """
    recipe = load_recipe(path)
    source = data or (recipe.data.path and path.parent / recipe.data.path)
    if not source:
        raise RecipeError(f"{path}: names no data; say where it is with --data")
    book = _codebook(recipe, path.parent)
    unlabelled = [path.parent / file for file in recipe.distillation.unlabelled]
    return train(recipe, book, _comments(recipe, source, book), source, output, unlabelled)


def _codebook(recipe: Recipe, folder: Path) -> Codebook:
    if recipe.codebook.endswith((".yaml", ".yml")):
        return load_codebook(folder / recipe.codebook)
    return shipped_codebook(recipe.codebook)


def _comments(recipe: Recipe, source: Path, book: Codebook) -> list[LabelledComment]:
    return read_qdc(source) if recipe.data.format == "qdc" else read_labelled(source, book)
