"""A draft for the Algorithmic Transparency Recording Standard, with a model's own figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.errors import UnwritableReportError
from evaluation.fairness import publishable
from evaluation.group_figures import MATERIAL_DIFFERENCE
from evaluation.reports import environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evaluation.metrics import Evaluation
    from models.artefact import Manifest


@dataclass(frozen=True, slots=True)
class Measured:
    """A model, and what it was measured on.

    Attributes:
        manifest: The model's.
        figures: How well it did.
        data_sha256: SHA-256 of each file it was measured on, by name.
        part: "test" if these are comments that training left aside, else "all".
        operating_point: Which thresholds were used.
    """

    manifest: Manifest
    figures: Evaluation
    data_sha256: Mapping[str, str]
    part: str
    operating_point: str


def render_transparency(measured: Measured) -> str:
    """Render the draft as Markdown, in the standard's two tiers.

    It is meant to be published, so figures of groups are told as `evaluation.fairness` records
    them. What only the organisation knows is left for it to fill in.
    """
    figures = measured.figures
    groups = {name: tuple(map(publishable, each)) for name, each in figures.by_group.items()}
    template = environment().get_template("transparency.md")
    return template.render(
        manifest=measured.manifest,
        evaluation=figures,
        data=measured.data_sha256,
        part=measured.part,
        operating_point=measured.operating_point,
        by_group=groups,
        worse=[
            (characteristic, group.name)
            for characteristic, each in groups.items()
            for group in each
            if group.materially_worse
        ],
        material_difference=MATERIAL_DIFFERENCE,
        names={theme.id: theme.name for theme in measured.manifest.codebook.themes},
    )


def check_is_new(path: Path) -> None:
    """Refuse a place where a file stands: people fill the draft in, and would lose what they wrote.

    Raises:
        UnwritableReportError: There is such a file.
    """
    if path.exists():
        raise UnwritableReportError(
            f"{path} is there already, perhaps with what people filled in; give another name"
        )
