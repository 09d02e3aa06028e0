"""Sayso tags survey comments with themes, offline and on an ordinary computer.

>>> import sayso
>>> tagger = sayso.load("fft")
>>> [prediction.themes for prediction in tagger.tag(["Waited hours but staff were lovely"])]
>>> client = sayso.Client("http://127.0.0.1:8000", key)

The ``sayso`` command mounts each layer's own commands.
"""

from __future__ import annotations

import io
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

    import typer

    from models import Tagger
    from service.client import Client

__all__ = ["Client", "load", "main"]

BAD_INPUT = 2


def load(model: str | Path = "fft", threads: int | None = None) -> Tagger:
    """Load a shipped model by name, or any artefact by its folder.

    Args:
        model: ``fft``, or the path of an artefact's folder.
        threads: Encoder runs at a time; by default one for each core.

    Raises:
        models.UnknownModelError: Neither a shipped model nor a folder has that name.
        models.ArtefactError: The folder is damaged, foreign, or of another format version.
    """
    import models

    return models.load(model, threads)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute may be anything
    """Give `Client`, which is imported when it is first asked for."""
    if name == "Client":
        from service.client import Client

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def command() -> typer.Typer:
    """Build the ``sayso`` command out of the layers' own."""
    import typer

    import evaluation.commands
    import labelled_data.commands
    import models.commands
    import service.commands
    import training.commands

    app = typer.Typer(
        help="Tags survey comments with themes, offline and on an ordinary computer.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    for layer in (models.commands, training.commands, evaluation.commands, service.commands):
        app.add_typer(layer.app)
    app.add_typer(labelled_data.commands.app, name="data")
    return app


def main() -> None:
    """Run the ``sayso`` command; bad input ends it with status 2 and one sentence."""
    signal.signal(signal.SIGTERM, _stop)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a sign the terminal lacks is no reason to fail
    try:
        command()()
    except Exception as error:
        if not _is_bad_input(error):
            raise
        sys.stderr.write(f"{error}\n")
        sys.exit(BAD_INPUT)


def _is_bad_input(error: Exception) -> bool:
    """Tell errors that a layer raises for a person to read from defects."""
    from evaluation.errors import EvaluationError
    from labelled_data.errors import DataError
    from models.errors import ModelError
    from service.errors import ServiceError
    from training.errors import TrainingError

    layers = DataError | ModelError | TrainingError | EvaluationError | ServiceError
    return isinstance(error, layers)


def _stop(signum: int, frame: Any) -> NoReturn:  # noqa: ANN401 - the signature signal asks for
    """End as an exception does, so that half-written files are removed on the way out."""
    sys.exit(128 + signum)


if __name__ == "__main__":
    main()
