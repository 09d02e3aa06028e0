"""The model card that goes with an artefact (Mitchell et al. 2019, arXiv 1810.03993)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from models.artefact import SENTIMENT

if TYPE_CHECKING:
    from evaluation import Evaluation
    from models import Manifest


def model_card(manifest: Manifest, evaluation: Evaluation | None) -> str:
    """Write the card as Markdown: what the model is for, its data, figures and limits."""
    templates = Environment(
        loader=PackageLoader("training"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, made of the project's own words
    )
    return templates.get_template("model_card.md").render(
        manifest=manifest, evaluation=evaluation, has_sentiment=SENTIMENT in manifest.files
    )
