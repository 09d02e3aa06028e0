"""A recipe with its codebooks and comments, read and handed to the pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from labelled_data import load_codebook, read_labelled, read_qdc, shipped_codebook
from labelled_data.tables import open_table
from training.corrections import corrected
from training.errors import RecipeError
from training.joint import gather
from training.pipeline import tasks_of, train
from training.recipe import load_recipe
from training.source import Source
from training.step_cost import step_costs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evaluation import Evaluation
    from labelled_data import Codebook, LabelledComment
    from training.recipe import CodebookPart, Recipe
    from training.step_cost import StepCost


def run_recipe(
    path: Path,
    output: Path,
    data: Sequence[str] = (),
    corrections: Sequence[str] = (),
) -> dict[str, Evaluation | None]:
    """Train the artefacts of a recipe file.

    Args:
        path: The recipe.
        output: The output folder, which must not exist yet.
        data: Labelled comments in place of those the recipe names, each as ``ID=FILE``, or as
            ``FILE`` where the recipe makes one artefact.
        corrections: Tables of comments that people read again, named likewise; what they say
            replaces what the data says of the same comment.

    Returns:
        Each artefact's figures on its test comments, or None where none were kept.

    Raises:
        RecipeError: The recipe cannot be used, nothing says where comments are, or an artefact
            is named that it does not make.
        DataError: A codebook or comments, labelled or not, cannot be read.
        TrainingError: See ``training.pipeline.train``.
    """
    recipe = load_recipe(path)
    sources = _sources(path, recipe, data, corrections)
    if recipe.method == "light":
        from training.light import train_light

        return {sources[0].part.id: train_light(recipe, sources[0], output)}
    unlabelled = [path.parent / file for file in recipe.distillation.unlabelled]
    for file in unlabelled:
        open_table(file).require("text")  # rather refused now than after the first models
    return train(recipe, sources, output, unlabelled)


def recipe_costs(
    path: Path, data: Sequence[str], steps: int, progress: Callable[[str], None]
) -> Iterator[StepCost]:
    """Measure what the steps of a recipe cost.

    Args:
        path: The recipe.
        data: As of ``run_recipe``.
        steps: Of each network.
        progress: Told of each network before it is measured.

    Raises:
        RecipeError: As of ``run_recipe``; or the recipe trains no network.
        DataError: As of ``run_recipe``.
    """
    recipe = load_recipe(path)
    if recipe.method == "light":
        raise RecipeError(f"{path}: trains no network whose steps could be measured")
    joint = gather(tasks_of(_sources(path, recipe, data, ())))
    return step_costs(joint.data, recipe, steps, progress)


def _sources(
    path: Path, recipe: Recipe, data: Sequence[str], corrections: Sequence[str]
) -> list[Source]:
    files, read_again = _by_artefact(data, recipe, path), _by_artefact(corrections, recipe, path)
    return [
        _source(path, part, files.get(part.id, ()), read_again.get(part.id, ()))
        for part in recipe.learn
    ]


def _by_artefact(named: Sequence[str], recipe: Recipe, path: Path) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    for each in named:
        artefact, file = _parted(each, [part.id for part in recipe.learn], path)
        files.setdefault(artefact, []).append(Path(file))
    return files


def _parted(named: str, ids: list[str], path: Path) -> tuple[str, str]:
    """Part ``ID=FILE``, or take ``FILE`` for the one artefact there is."""
    name, equals, file = named.partition("=") if "=" in named else (ids[0], "", named)
    if not equals and len(ids) > 1:
        raise RecipeError(f"{path}: makes {', '.join(ids)}; say which {named} is for, as ID=FILE")
    if name not in ids:
        raise RecipeError(f"{path}: makes no artefact {name!r}, only {', '.join(ids)}")
    if not file:
        raise RecipeError(f"{path}: no file is given for {name!r}; say it as ID=FILE")
    return name, file


def _source(
    recipe: Path, part: CodebookPart, given: Sequence[Path], corrections: Sequence[Path]
) -> Source:
    if len(given) > 1:
        raise RecipeError(f"{recipe}: more than one file of data is given for {part.id!r}")
    file = given[0] if given else part.data.path and recipe.parent / part.data.path
    if not file:
        raise RecipeError(f"{recipe}: names no data for {part.id!r}; say where it is with --data")
    book = _codebook(part, recipe.parent)
    comments = _qdc(recipe, file, book) if part.data.format == "qdc" else read_labelled(file, book)
    read_again = [comment for table in corrections for comment in read_labelled(table, book)]
    beside = [recipe.parent / each for each in part.data.further]
    return Source(
        part=part,
        codebook=book,
        comments=corrected(comments, read_again),
        files=(file, *corrections, *beside),
        further=[comment for table in beside for comment in read_labelled(table, book)],
    )


def _qdc(recipe: Path, file: Path, book: Codebook) -> list[LabelledComment]:
    """Read the published file, whose themes the codebook must have."""
    if not set(shipped_codebook("fft").theme_ids) <= set(book.theme_ids):
        raise RecipeError(
            f"{recipe}: data of the format 'qdc' has the themes of the codebook 'fft', not of"
            f" {book.id!r}"
        )
    return read_qdc(file)


def _codebook(part: CodebookPart, folder: Path) -> Codebook:
    if part.codebook.endswith((".yaml", ".yml")):
        return load_codebook(folder / part.codebook)
    return shipped_codebook(part.codebook)
