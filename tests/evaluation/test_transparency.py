from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evaluation import Estimate, GroupFigures
from evaluation.transparency import Measured, render_transparency
from tests.evaluation.conftest import noisy_predictions
from tests.evaluation.strategies import QUICK

if TYPE_CHECKING:
    from models import Tagger

ANSWERS = noisy_predictions(noise=0.15)
SECTIONS = (
    "# Tier 1",
    "# Tier 2",
    "## 1. Owner and responsibility",
    "## 2. Description and rationale",
    "## 3. Deployment context",
    "## 4. Tool specification",
    "## 5. Risks, mitigations and impact assessments",
)


def group(name: str, comments: int, *, worse: bool = False) -> GroupFigures:
    figure = Estimate(value=0.61803, low=0.5, high=0.7)
    return GroupFigures(
        group=name,
        name=name,
        missing=False,
        comments=comments,
        true_themes=comments,
        predicted_themes=comments,
        recall=figure,
        read=figure,
        precision=figure,
        calibration_gap=figure,
        calibration_error=None,
        materially_worse=worse,
        elsewhere=0.8,
    )


@pytest.fixture(scope="module")
def measured(tiny_tagger: Tagger) -> Measured:
    from evaluation import evaluate

    figures = evaluate(ANSWERS, QUICK)
    return Measured(tiny_tagger.manifest, figures, {"told.csv": "ab" * 32}, "test", "balanced")


def test_a_draft_has_both_tiers_and_leaves_blank_what_only_the_organisation_knows(
    measured: Measured,
) -> None:
    draft = render_transparency(measured)
    places = [draft.index(f"\n{section}\n") for section in SECTIONS]
    assert places == sorted(places)
    for asked in ("Contact email", "Senior responsible owner", "Impact assessments"):
        after = draft.split(f"{asked}\n", 1)[1]
        assert after.lstrip().startswith("**To be filled in by your organisation:**")


def test_a_draft_has_the_figures_that_were_measured(measured: Measured) -> None:
    draft = render_transparency(measured)
    manifest, recall = measured.manifest, measured.figures.overall.micro.recall
    assert recall.value is not None
    told = next(line for line in draft.splitlines() if line.startswith("| Recall, over all"))
    assert f"{recall.value:.2f} ({recall.low:.2f} to {recall.high:.2f})" in told
    assert f"| Trained on | {manifest.training.comments} distinct comments |" in draft
    assert f"| told.csv | `{'ab' * 32}` |" in draft
    for each in measured.figures.by_theme:
        name = each.theme.title() if each.theme in manifest.codebook.theme_ids else each.theme
        assert f"| {name} | {each.support} |" in draft


def test_it_says_so_where_groups_were_not_measured_and_comments_may_have_been_learnt(
    measured: Measured,
) -> None:
    assert "**Not measured yet**" in render_transparency(measured)
    assert "make sure that the model did not learn" not in render_transparency(measured)
    assert "make sure that the model did not learn" in render_transparency(
        replace(measured, part="all")
    )


def test_small_groups_have_no_figures_and_those_that_are_served_worse_are_named(
    measured: Measured,
) -> None:
    groups = {"team": (group("large", 127, worse=True), group("small", 19))}
    figures = measured.figures.model_copy(update={"by_group": groups})
    draft = render_transparency(replace(measured, figures=figures))
    assert "| large | 120 | 0.62 (0.50 to 0.70) |" in draft
    assert "| small | 10 | not defined |" in draft
    assert "Measured: materially worse for large (team); counts" in draft
    assert "**Not measured yet**" not in draft
