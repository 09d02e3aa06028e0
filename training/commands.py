"""The command ``sayso train``."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command("train")
def train(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="What to do.")],
    output: Annotated[Path, typer.Option(help="Folder of the artefact; must not exist yet.")],
    data: Annotated[
        Path | None, typer.Option(help="Labelled comments, in place of the recipe's path.")
    ] = None,
) -> None:
    """Train a tagger; a stopped run goes on where it stopped when started again."""
    try:
        import torch  # noqa: F401 - only to say plainly that it is missing
    except ImportError as error:
        from training.errors import TrainingError

        raise TrainingError("training needs more packages: pip install 'sayso[train]'") from error
    from training.run import run_recipe

    evaluation = run_recipe(recipe, output, data)
    if evaluation is not None:
        overall = evaluation.overall
        typer.echo(
            f"On {evaluation.comments:,} test comments: micro-F1 {overall.micro.f1.value:.3f},"
            f" macro-F1 {overall.macro.f1.value:.3f}"
        )
    typer.echo(f"Written to {output}")
