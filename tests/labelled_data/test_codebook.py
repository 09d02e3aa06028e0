from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from labelled_data import CodebookError, load_codebook, shipped_codebook, shipped_codebooks

if TYPE_CHECKING:
    from pathlib import Path

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
