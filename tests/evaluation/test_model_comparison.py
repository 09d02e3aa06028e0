from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evaluation import DifferentCodebooksError, NothingToMeasureError
from evaluation.labelled import LabelledFile, evaluate_model
from evaluation.model_comparison import common_themes, compare_models
from labelled_data import Theme, split_of, write_labelled
from models import load
from tests.evaluation.artefacts import with_codebook, with_test_share
from tests.evaluation.fakes import codebook

if TYPE_CHECKING:
    from pathlib import Path

    from labelled_data import Codebook, LabelledComment
    from models import Tagger


@pytest.fixture
def labelled(
    tmp_path: Path, tiny_comments: list[LabelledComment], tiny_codebook: Codebook
) -> LabelledFile:
    path = tmp_path / "labelled.csv"
    write_labelled(path, tiny_comments, tiny_codebook)
    return LabelledFile(path, "labelled")


@pytest.fixture(scope="module")
def reworded(tiny_codebook: Codebook) -> Codebook:
    """The next version of the codebook: one theme less, one new, in another order."""
    waiting, kindness, _ = tiny_codebook.themes
    food = Theme(id="food", name="Food", definition="Says something of food.")
    return tiny_codebook.model_copy(update={"version": "2.0", "themes": (food, kindness, waiting)})


def test_themes_of_equal_codebooks_are_all_common() -> None:
    one, other = codebook("a", "b"), codebook("b", "a", id="other")
    assert common_themes(one, other) == (("a", "b"), ())


def test_versions_of_one_codebook_share_what_both_have() -> None:
    new, old = codebook("b", "a", "c", version="2.0"), codebook("a", "b", "d")
    assert common_themes(new, old) == (("b", "a"), ("c", "d"))


@pytest.mark.parametrize("old_id", ["fake", "other"])
def test_codebooks_with_other_themes_are_refused_by_name(old_id: str) -> None:
    new, old = codebook("a", "b"), codebook("c", id=old_id)
    with pytest.raises(DifferentCodebooksError, match=f"'fake' has a, b; only '{old_id}' has c"):
        common_themes(new, old)


def test_other_codebooks_that_share_some_themes_are_refused() -> None:
    new, old = codebook("a", "b"), codebook("a", id="other")
    with pytest.raises(
        DifferentCodebooksError, match=r"^the models' codebooks differ: only 'fake' has b$"
    ):
        common_themes(new, old)


def test_a_model_changes_nothing_against_itself(
    labelled: LabelledFile, tiny_tagger: Tagger
) -> None:
    comparison = compare_models(tiny_tagger, tiny_tagger, labelled)
    evaluation = evaluate_model(tiny_tagger, labelled)
    assert comparison.old == comparison.new
    assert (comparison.new.id, comparison.new.codebook) == ("tiny", "tiny")
    assert comparison.left_out == ()
    assert comparison.comments == evaluation.comments
    assert comparison.changed_comments == 0
    assert comparison.overall.micro_f1.new == evaluation.overall.micro.f1.value
    assert [each.f1.difference.value for each in comparison.by_theme] == [0, 0, 0]


@pytest.mark.parametrize("shares", [(0.4, 0.15), (0.15, 0.4)])
def test_only_comments_that_both_left_aside_in_training_count(
    labelled: LabelledFile,
    tiny_artefact: Path,
    tiny_comments: list[LabelledComment],
    tmp_path: Path,
    shares: tuple[float, float],
) -> None:
    new, old = (
        load(with_test_share(tiny_artefact, share, tmp_path / str(share))) for share in shares
    )
    aside = {
        each.text
        for each in tiny_comments
        if all(split_of(each.text, test_share=share) == "test" for share in shares)
    }
    assert compare_models(new, old, labelled).comments == len(aside)


def test_versions_of_a_codebook_are_compared_on_the_themes_of_both(
    labelled: LabelledFile,
    tiny_artefact: Path,
    tiny_tagger: Tagger,
    reworded: Codebook,
    tmp_path: Path,
) -> None:
    new = load(with_codebook(tiny_artefact, reworded, tmp_path / "new"))
    everything = replace(labelled, part="all")
    comparison = compare_models(new, tiny_tagger, everything)
    assert comparison.left_out == ("food", "parking")
    assert (comparison.old.codebook_version, comparison.new.codebook_version) == ("1.0", "2.0")
    kindness, waiting = comparison.by_theme
    assert (kindness.theme, waiting.theme) == ("kindness", "waiting")
    alone = {each.theme: each.f1.value for each in evaluate_model(tiny_tagger, everything).by_theme}
    assert (kindness.f1.old, waiting.f1.old) == (alone["kindness"], alone["waiting"])
    # the artefact's own themes stand in turn under the names of the new codebook
    assert kindness.f1.difference.value == 0
    assert (waiting.f1.new or 0) < (waiting.f1.old or 0)


def test_a_common_theme_needs_enough_examples(labelled: LabelledFile, tiny_tagger: Tagger) -> None:
    with pytest.raises(NothingToMeasureError, match="no theme has 1000 examples"):
        compare_models(tiny_tagger, tiny_tagger, replace(labelled, minimum_support=1000))
