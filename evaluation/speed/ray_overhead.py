"""What Ray costs on one computer."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from evaluation.speed.comments import drawn
from evaluation.speed.results import RayOverhead
from evaluation.speed.rows import QUESTION, TEXT
from evaluation.speed.timing import seconds_of
from models.tag_file import TagOptions, tag_file

if TYPE_CHECKING:
    from evaluation.speed.comments import SpeedData
    from models import Tagger

FILES = 4
OPTIONS = TagOptions(text_columns=(TEXT,), question_column=QUESTION)


def measure_ray(model: str, tagger: Tagger, data: SpeedData, rows: int) -> RayOverhead | None:
    """Tag a folder of files with Ray and without; None where Ray is not installed.

    Args:
        model: Name or folder of the artefact.
        tagger: The same, loaded.
        data: What to draw comments from.
        rows: Of each file.
    """
    if find_spec("ray") is None:
        return None
    with TemporaryDirectory() as made:
        folder = Path(made)
        single = _written(folder / "single", data, 1)
        several = _written(folder / "several", data, rows)
        local = seconds_of(lambda: _tag_here(tagger, several, folder / "local"))
        start = seconds_of(lambda: _tag_with_ray(model, single, folder / "single-tagged"))
        whole = seconds_of(lambda: _tag_with_ray(model, several, folder / "several-tagged"))
    comments = FILES * rows
    return RayOverhead(
        files=FILES,
        comments=comments,
        seconds_to_start=start,
        ray_comments_per_second=comments / (whole - start) if whole > start else None,
        local_comments_per_second=comments / local,
    )


def _written(folder: Path, data: SpeedData, rows: int) -> Path:
    folder.mkdir()
    comments = drawn(data.every, FILES * rows)
    for number in range(FILES):
        some = list(islice(comments, rows))
        frame = pl.DataFrame(some, schema=[TEXT, QUESTION], orient="row")
        frame.write_parquet(folder / f"{number}.parquet")
    return folder


def _tag_here(tagger: Tagger, source: Path, output: Path) -> None:
    output.mkdir()
    for file in sorted(source.iterdir()):
        tag_file(tagger, file, output / file.name, OPTIONS, lambda _: None)


def _tag_with_ray(model: str, source: Path, output: Path) -> None:
    from models.cluster import tag_folder

    tag_folder(model, source, output, OPTIONS)
