"""Measuring speed, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from evaluation.speed.comments import SpeedData
from evaluation.speed.encoder_share import measure_encoder
from evaluation.speed.length import measure_length
from evaluation.speed.processes import measure_processes
from evaluation.speed.ray_overhead import measure_ray
from evaluation.speed.results import PARTS, Part, Speed
from evaluation.speed.rows import measure_rows
from evaluation.speed.systems import measure_systems
from models import load
from models.encoder import cores
from models.long_lived import keep_for_good

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evaluation.labelled import LabelledFile
    from evaluation.speed.given import GivenGraphs
    from models import Tagger

    Progress = Callable[[Part], None]


@dataclass(frozen=True, slots=True)
class SpeedSettings:
    """What to measure, and for how long.

    Attributes:
        parts: What to measure.
        rounds: Rounds of each part that goes by turns.
        rows: Most rows of a file.
        ray_rows: Rows of each file that Ray tags.
        seconds: How long processes tag or multiply at a time.
    """

    parts: tuple[Part, ...] = PARTS
    rounds: int = 3
    rows: int = 100_000
    ray_rows: int = 1_000
    seconds: float = 5.0


def measure_speed(
    model: str,
    labelled: LabelledFile,
    given: Callable[[Tagger], GivenGraphs],
    settings: SpeedSettings,
    progress: Progress,
) -> Speed:
    """Measure what tagging costs.

    Args:
        model: Name or folder of the artefact.
        labelled: Labelled comments; those kept from training are tagged.
        given: Makes the comparators that take torch or onnx.
        settings: What to measure.
        progress: Told of each part before it is measured.

    Raises:
        NothingToMeasureError: A part of the file has no comment, or no theme enough examples.
        ProcessError: A process that was measured has failed.
        DataError: The file cannot be read, or its labels are not of the model's codebook.
    """
    tagger = load(model)
    keep_for_good()
    data, graphs = SpeedData.of(labelled, tagger), given(tagger)
    rounds = settings.rounds
    measures: Mapping[Part, Callable[[], Any]] = {
        "systems": partial(measure_systems, tagger, data, graphs.float32, rounds),
        "encoder": partial(measure_encoder, tagger, data, graphs.products, rounds),
        "length": partial(measure_length, tagger, rounds),
        "rows": partial(measure_rows, model, data, settings.rows),
        "ray": partial(measure_ray, model, tagger, data, settings.ray_rows),
        "processes": partial(
            measure_processes, model, data, graphs.products, rounds, settings.seconds
        ),
    }
    found: dict[str, Any] = {}
    for part in settings.parts:
        progress(part)
        found[part] = measures[part]()
    manifest = tagger.manifest
    return Speed(
        model=manifest.id,
        version=manifest.version,
        cores=len(cores()),
        parts=settings.parts,
        **found,
    )
