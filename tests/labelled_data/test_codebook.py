from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from labelled_data import (
    Codebook,
    CodebookError,
    load_codebook,
    shipped_codebook,
    shipped_codebooks,
)

if TYPE_CHECKING:
    from pathlib import Path

    from labelled_data import Theme

GOOD = """\
id: tea
name: Tea
version: "1.0"
unit: one comment
themes:
  - id: strength
    name: Strength
    definition: How strong the tea is.
  - id: milk
    name: Milk
    definition: Milk in it, or none.
    excludes: Biscuits.
"""


def written(folder: Path, content: str) -> Path:
    path = folder / "tea.yaml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_codebook_keeps_the_order_of_its_themes(tmp_path: Path) -> None:
    book = load_codebook(written(tmp_path, GOOD))
    assert book.theme_ids == ("strength", "milk")
    assert book.theme("milk").excludes == "Biscuits."


def test_theme_ids_are_put_into_codebook_order_each_once(tmp_path: Path) -> None:
    book = load_codebook(written(tmp_path, GOOD))
    assert book.in_order(["milk", "strength", "milk"]) == ("strength", "milk")


def test_a_theme_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    book = load_codebook(written(tmp_path, GOOD))
    with pytest.raises(CodebookError, match="'tea' has no theme 'sugar'"):
        book.theme("sugar")


def test_a_codebook_cannot_be_changed(tmp_path: Path) -> None:
    book = load_codebook(written(tmp_path, GOOD))
    with pytest.raises(ValidationError):
        book.version = "2.0"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: milk", "id: strength", "the theme id 'strength' stands 2 times"),
        ("id: milk", "id: Milk", r"themes\[1\].id"),
        ("id: milk", "id: 'no way'", r"themes\[1\].id"),
        ("name: Tea", "name: Tea\ncolour: brown", "colour: Extra inputs"),
        ("name: Tea", "name: Tea\nname: Coffee", "line 1: the key 'name' stands 2 times"),
        ("excludes: Biscuits.", "name: Cream", "line 9: the key 'name' stands 2 times"),
        ('version: "1.0"', "version: 1.0", "version: Input should be a valid string"),
        ("name: Milk\n", "title: Milk\n", r"themes\[1\].name: Field required"),
        ("definition: How strong the tea is.", "definition: ''", r"themes\[0\].definition"),
        ("id: tea", "id: [tea", "line 2"),
        ("id: tea", "id: !!python/object:os.system tea", "could not determine a constructor"),
    ],
)
def test_a_wrong_codebook_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(CodebookError, match=message) as caught:
        load_codebook(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_source_labels_are_unique(tmp_path: Path) -> None:
    twice = GOOD.replace("    name: ", "    source_label: Tea\n    name: ")
    with pytest.raises(CodebookError, match="the source label 'Tea' stands 2 times"):
        load_codebook(written(tmp_path, twice))


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "just words"])
def test_a_file_without_named_fields_is_no_codebook(tmp_path: Path, content: str) -> None:
    with pytest.raises(CodebookError, match="is not a codebook"):
        load_codebook(written(tmp_path, content))


def test_a_file_that_is_not_text_is_no_codebook(tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(CodebookError, match="is not UTF-8 text"):
        load_codebook(path)
    path.write_bytes(b"id: \x07")
    with pytest.raises(CodebookError, match="is not YAML text"):
        load_codebook(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="cannot be read"):
        load_codebook(tmp_path / "none.yaml")


def test_a_theme_may_have_examples(tmp_path: Path) -> None:
    examples = "    boundary_examples:\n      - text: Oat milk\n        note: counts as milk\n"
    milk = load_codebook(written(tmp_path, GOOD + examples)).theme("milk")
    (example,) = milk.boundary_examples
    assert (example.text, example.note) == ("Oat milk", "counts as milk")
    assert milk.included_examples == milk.excluded_examples == ()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("text: Oat milk", r"boundary_examples\[0\].note: Field required"),
        ("text: ''\n        note: none", r"boundary_examples\[0\].text"),
        ("text: Oat\n        note: milk\n        author: me", "author: Extra inputs"),
    ],
)
def test_a_wrong_example_is_refused_with_its_place(
    tmp_path: Path, fields: str, message: str
) -> None:
    path = written(tmp_path, f"{GOOD}    boundary_examples:\n      - {fields}\n")
    with pytest.raises(CodebookError, match=message):
        load_codebook(path)


def test_a_codebook_dumped_before_there_were_examples_is_still_read(tmp_path: Path) -> None:
    book = load_codebook(written(tmp_path, GOOD))
    dumped = book.model_dump(mode="json")
    for theme in dumped["themes"]:
        for kind in ("included_examples", "excluded_examples", "boundary_examples"):
            assert theme.pop(kind) == []
    assert Codebook.model_validate(dumped) == book


def test_every_shipped_codebook_loads_under_its_own_name() -> None:
    assert "fft" in shipped_codebooks()
    for name in shipped_codebooks():
        assert shipped_codebook(name).id == name


def test_an_unknown_codebook_is_told_with_those_there_are() -> None:
    with pytest.raises(CodebookError, match=r"no codebook 'xyz'.*fft"):
        shipped_codebook("xyz")


def test_the_fft_codebook_has_a_source_label_and_a_heading_for_each_of_its_themes() -> None:
    book = shipped_codebook("fft")
    assert len(book.themes) == 48
    assert all(theme.source_label and theme.group for theme in book.themes)
    assert book.themes[0].source_label == "Organisation & efficiency"
    assert book.themes[-1].source_label == "Positive experience & gratitude"


def test_definitions_of_the_fft_codebook_are_one_sentence_each() -> None:
    for theme in shipped_codebook("fft").themes:
        assert theme.definition.endswith(".")
        assert theme.definition.count(". ") == 0


UEC = """
    waiting waiting_updates pain dignity staff_attitude listening explanation information_sharing
    discharge medication treatment_quality safety environment food_drink staffing_pressure access
    travel_parking family_carers equality_needs mental_health financial_pressure general_experience
"""
ICS = """
    financial_pressure funding_flows acute_priority competing_priorities prevention
    wider_determinants relationships vcse power_influence governance leadership data_access
    analytical_capability workforce_capacity community_engagement equity_gaps national_levers
    delivery_measurement
"""
with_examples = pytest.mark.parametrize("codebook_id", ["uec", "ics"])


@pytest.mark.parametrize(("codebook_id", "ids", "count"), [("uec", UEC, 22), ("ics", ICS, 18)])
def test_the_themes_of_a_codebook_of_our_own_stay(codebook_id: str, ids: str, count: int) -> None:
    book = shipped_codebook(codebook_id)
    assert book.theme_ids == tuple(ids.split())
    assert len(book.themes) == count
    assert book.version == "1.0"


@with_examples
def test_every_theme_has_examples_of_each_kind(codebook_id: str) -> None:
    for theme in shipped_codebook(codebook_id).themes:
        assert 2 <= len(theme.included_examples) <= 3, theme.id
        assert 1 <= len(theme.excluded_examples) <= 2, theme.id
        assert 1 <= len(theme.boundary_examples) <= 2, theme.id


@with_examples
def test_no_example_stands_twice(codebook_id: str) -> None:
    texts = [text for theme in shipped_codebook(codebook_id).themes for text in _examples(theme)]
    assert [text for text, times in Counter(texts).items() if times > 1] == []


@with_examples
def test_an_excluded_example_says_where_it_goes_instead(codebook_id: str) -> None:
    book = shipped_codebook(codebook_id)
    for theme in book.themes:
        for example in theme.excluded_examples:
            goes_to = example.note.split(",")[0]
            assert goes_to == "no theme" or goes_to in set(book.theme_ids) - {theme.id}, example


@with_examples
def test_what_a_theme_includes_and_excludes_points_to_themes_there_are(codebook_id: str) -> None:
    book = shipped_codebook(codebook_id)
    for theme in book.themes:
        named = re.findall(r"\(([^)]*)\)", f"{theme.includes} {theme.excludes}")
        assert set(named) <= set(book.theme_ids), theme.id


def _examples(theme: Theme) -> list[str]:
    kinds = (theme.included_examples, theme.excluded_examples, theme.boundary_examples)
    return [example.text.casefold() for kind in kinds for example in kind]
